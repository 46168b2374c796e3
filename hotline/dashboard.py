"""What the home page says of the service: the month that runs and the one before it, by their findings."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contract.admin.display import state
from contract.choices import Outcome
from contract.dashboard import Board, register_section
from contract.models import Assessment
from hotline.rules.level import CHECK, LABEL

WORST_FIRST = (Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.PENDING, Outcome.EXCUSED, Outcome.MET)


@register_section("hotline.service", template="admin/dashboard/service.html", order=15, reads="hotline.view_serviceday")
def service(board: Board) -> Mapping[int, Any]:
    """The newest finding of each indicator, the worst first (one query)."""
    rows = Assessment.objects.filter(
        contract_id__in=board.ids, check_id=CHECK, subject_label=LABEL, is_current=True, is_withdrawn=False
    )
    newest: dict[int, dict[int, Assessment]] = {pk: {} for pk in board.ids}
    for row in rows.order_by("period_start", "pk"):
        newest[row.contract_id][row.subject_pk] = row
    return {
        pk: {
            "rows": [
                {
                    "title": row.subject_name,
                    "rate": row.measured,
                    "target": row.required,
                    "month": f"{row.period_start or date.min:%Y-%m}",
                    "state": state(Outcome(row.outcome), Outcome(row.outcome).label),
                    "needed": row.figures.get("needed"),
                }
                for row in sorted(found.values(), key=lambda one: WORST_FIRST.index(Outcome(one.outcome)))
            ]
        }
        for pk, found in newest.items()
        if found
    }
