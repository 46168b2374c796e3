"""What the home page says of the door: many refusals at once."""

from datetime import timedelta
from typing import Any

from contract.choices import AccessKind
from contract.dashboard import Board, register_banner
from contract.history.models import AccessEntry

ALARM_STANDS = timedelta(days=1)


@register_banner("burst")
def burst(board: Board) -> Any:
    """The newest alarm of the last day, for who may read the access log (one query)."""
    if not board.request.user.has_perm("contract.view_accessentry"):
        return None
    since = board.now - ALARM_STANDS
    return AccessEntry.objects.filter(kind=AccessKind.BURST, at__gt=since).order_by("-pk").first()
