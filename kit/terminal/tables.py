"""Tables in a terminal, where a Chinese character takes two columns."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """The columns that a terminal needs for `text`."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Header, rule and rows, each column as wide as its widest cell."""
    widths = [max(width(line[i]) for line in [header, *rows]) for i in range(len(header))]
    lines = [_line(header, widths), "  ".join("─" * w for w in widths)]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (w - width(cell)) for cell, w in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
