"""What the home page says of the change log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from contract.dashboard import Board, register_banner
from contract.history.models import ChangeCheck
from contract.history.services import last_full


@dataclass(frozen=True)
class LogCheck:
    """What the last comparison of the tables with the change log found; None: there was none.

    `full` is the last one of everything; it is the one that has to be made in time.
    """

    result: ChangeCheck | None
    full: ChangeCheck | None
    is_stale: bool


def log_check(now: datetime) -> LogCheck:
    """Whether the change log was compared lately, and agreed (two queries at most)."""
    result = ChangeCheck.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    full = result if result is None or result.is_full else last_full()
    limit = now - timedelta(days=settings.CHANGE_LOG_CHECK_STALE_AFTER_DAYS)
    stale = full is None or full.finished_at is None or full.finished_at < limit
    return LogCheck(result, full, stale)


@register_banner("log")
def log(board: Board) -> LogCheck | None:
    """For who may read the log."""
    may_read = board.request.user.has_perm("contract.view_changeentry")
    return log_check(board.now) if may_read else None
