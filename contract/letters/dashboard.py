"""What the home page says of letters and messages: what has not arrived."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from contract.dashboard import ROWS_SHOWN, Board, register_section
from contract.delivery.choices import MessageState
from contract.delivery.models import OutboxMessage
from contract.letters.selectors import unacknowledged


@register_section("contract.letters", template="admin/dashboard/letters.html", order=65, reads="contract.view_notice")
def letters(board: Board) -> Mapping[int, Any]:
    """Letters that nobody has acknowledged, and messages that were given up (two queries)."""
    found: dict[int, dict[str, Any]] = {pk: {"rows": [], "total": 0, "failed": 0} for pk in board.ids}
    for row in unacknowledged(board.ids):
        data = found[row.contract_id]
        data["total"] += 1
        if len(data["rows"]) < ROWS_SHOWN:
            data["rows"].append(row)
    failed = OutboxMessage.objects.filter(contract_id__in=board.ids, state=MessageState.FAILED).values_list(
        "contract_id", flat=True
    )
    for pk, number in Counter(failed).items():
        found[pk]["failed"] = number
    return found
