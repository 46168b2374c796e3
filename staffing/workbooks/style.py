"""The look of staffing's workbooks is that of all workbooks."""

from kit.workbooks.style import BOLD, BORDER, CENTRE, CLOSED, HEAD, OPEN, WEEKEND, WHITE, Faults, head

__all__ = ["BOLD", "BORDER", "CENTRE", "CLOSED", "HEAD", "OPEN", "WEEKEND", "WHITE", "Faults", "head"]
