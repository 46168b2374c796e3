"""When the service of a contract was accepted last: its papers are kept from then on."""

from datetime import date

from django.db.models import Max

from billing.models import Acceptance
from contract.keeping.retention import register_end
from contract.models import Contract


@register_end
def last_acceptance(contract: Contract) -> date | None:
    """The day of the last acceptance that was not withdrawn (one query)."""
    rows = Acceptance.objects.filter(instalment__contract=contract, withdrawn_at=None)
    found: date | None = rows.aggregate(last=Max("accepted_on"))["last"]
    return found
