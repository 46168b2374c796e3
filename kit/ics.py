"""A calendar to subscribe to (RFC 5545): whole days, the same day in every time zone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
OCTETS = 75  # of a line without its end (3.1)


@dataclass(frozen=True)
class Entry:
    """A day, what is said of it, and where more is told. `uid` stays the same as long as the thing does."""

    uid: str
    day: date
    summary: str
    url: str = ""
    description: str = ""


def calendar(name: str, entries: Iterable[Entry], at: datetime) -> bytes:
    """The calendar as it is sent. `at`: when it was made, an aware instant."""
    return "".join(f"{line}\r\n" for content in _lines(name, entries, at) for line in folded(content)).encode()


def folded(content: str) -> Iterator[str]:
    """A line in pieces of 75 octets at most, each after the first begun by a space; no character is cut."""
    piece, size = "", 0
    for character in content:
        width = len(character.encode())
        if size + width > OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + width
    yield piece


def escaped(text: str) -> str:
    """TEXT (3.3.11): backslash, semicolon, comma and ends of lines."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def _lines(name: str, entries: Iterable[Entry], at: datetime) -> Iterator[str]:
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hotline-12345//contract//ZH", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{escaped(name)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT12H"
    for entry in entries:
        yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{stamp}")
        yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"  # the day after, which is not in it
        yield from ("TRANSP:TRANSPARENT", f"SUMMARY:{escaped(entry.summary)}")
        if entry.description:
            yield f"DESCRIPTION:{escaped(entry.description)}"
        if entry.url:
            yield f"URL:{entry.url}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"
