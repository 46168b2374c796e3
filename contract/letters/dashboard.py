"""What the home page says of letters and messages: what has not arrived."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from contract.dashboard import ROWS_SHOWN, Board, register_number, register_section
from contract.delivery.choices import MessageState
from contract.delivery.models import OutboxMessage
from contract.letters.selectors import unacknowledged

FAILED = OutboxMessage.objects.filter(contract=OuterRef("pk"), state=MessageState.FAILED).order_by()
register_number("messages_failed", Subquery(FAILED.values("contract").annotate(n=Count("pk")).values("n")))


@register_section("contract.letters", template="admin/dashboard/letters.html", order=65, reads="contract.view_notice")
def letters(board: Board) -> Mapping[int, Any]:
    """Letters that nobody has acknowledged, and messages that were given up (one query)."""
    found: dict[int, dict[str, Any]] = {
        contract.pk: {"rows": [], "total": 0, "failed": contract.messages_failed or 0}  # type: ignore[attr-defined]
        for contract in board.contracts
    }
    for row in unacknowledged(board.ids):
        data = found[row.contract_id]
        data["total"] += 1
        if len(data["rows"]) < ROWS_SHOWN:
            data["rows"].append(row)
    return found
