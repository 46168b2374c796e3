"""What the home page says of letters and messages: what has not arrived."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from contract.choices_delivery import MessageState
from contract.dashboard import ROWS_SHOWN, Board, register_section
from contract.models import Notice, OutboxMessage


@register_section("contract.letters", template="admin/dashboard/letters.html", order=65)
def letters(board: Board) -> Mapping[int, Any]:
    """Letters that nobody has acknowledged, and messages that were given up (two queries)."""
    found: dict[int, dict[str, Any]] = {
        pk: {"rows": [], "total": 0, "failed": 0} for pk in board.ids
    }
    rows = Notice.objects.filter(
        contract_id__in=board.ids, arrival__isnull=True, corrected_by__isnull=True
    ).defer("facts")
    for row in rows.order_by("issued_on", "pk"):
        data = found[row.contract_id]
        data["total"] += 1
        if len(data["rows"]) < ROWS_SHOWN:
            data["rows"].append(row)
    failed = OutboxMessage.objects.filter(
        contract_id__in=board.ids, state=MessageState.FAILED
    ).values_list("contract_id", flat=True)
    for pk, number in Counter(failed).items():
        found[pk]["failed"] = number
    return found
