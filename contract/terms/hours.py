"""Hours of a day as minutes: "08:30-12:00, 14:00-17:30"; with a number to each band: "08:00-20:00=6, 20:00-08:00=2"."""

import itertools
import re

DAY_MINUTES = 24 * 60
Hours = tuple[tuple[int, int], ...]
Bands = tuple[tuple[int, int, int], ...]
_PART = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-4]):([0-5]\d)(?:\s*=\s*(\d{1,4}))?")


def read_hours(text: str) -> Hours:
    """The stretches of one day, in order; what runs past midnight goes on at its beginning. ValueError where unread."""
    parts = _read(text, numbered=False)
    return tuple((start, end) for start, end, _number in parts)


def read_bands(text: str) -> Bands:
    """The same with a number to each stretch."""
    return tuple(_read(text, numbered=True))


def written(value: Hours | Bands) -> str:
    """What the readers read back."""
    return ", ".join(
        f"{_clock(start)}-{_clock(end)}" + "".join(f"={number}" for number in rest) for start, end, *rest in value
    )


def _read(text: str, *, numbered: bool) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for part in re.split(r"[,;，；、]", text):
        match = _PART.fullmatch(part.strip())
        if match is None or bool(match[5]) != numbered:
            raise ValueError(part)
        start, end, number = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]), int(match[5] or 0)
        if max(start, end) > DAY_MINUTES or start in (end, DAY_MINUTES):
            raise ValueError(part)
        if start < end:
            found.append((start, end, number))
        else:
            found += [(start, DAY_MINUTES, number), *([(0, end, number)] if end else [])]
    found.sort()
    if any(one[1] > other[0] for one, other in itertools.pairwise(found)):
        raise ValueError(text)
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
