"""What the home page says of the backups, to the administrators of the system."""

from contract.dashboard import Board, register_banner
from contract.keeping.backups import LastBackup, last_backup


@register_banner("backup")
def backup(board: Board) -> LastBackup | None:
    """The last backup; for the administrators of the system, whose work it is."""
    return last_backup() if board.request.user.has_perm("contract.view_backup") else None
