"""The change log, case files and the past in the browser."""

from contract.history.admin import case_file, changes, known_then

__all__ = ["case_file", "changes", "known_then"]
