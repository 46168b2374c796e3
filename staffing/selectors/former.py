"""Until when a person's numbers were needed."""

from datetime import date

from django.db.models import Exists, OuterRef

from contract.choices import UNDECIDED
from contract.models import Alert
from staffing.models import Assignment, Operator
from staffing.rules.former import Service, blocked_since


def numbers_blocked_since(operator: Operator, today: date) -> date | None:
    """As `rules.former.blocked_since` says (one query)."""
    waiting = Alert.objects.filter(contract=OuterRef("contract"), status__in=UNDECIDED)
    rows = Assignment.objects.filter(operator=operator).select_related("contract").annotate(waits=Exists(waiting))
    return blocked_since((Service(row.ends_on, row.contract.last_day, row.waits) for row in rows), today)
