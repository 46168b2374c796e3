"""What office staff see of letters."""

from contract.letters.admin import notices, panels

__all__ = ["notices", "panels"]
