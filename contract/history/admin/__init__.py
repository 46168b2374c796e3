"""The change log, case files and the past in the browser."""

from contract.history.admin import accesses, case_file, changes, known_then

__all__ = ["accesses", "case_file", "changes", "known_then"]
