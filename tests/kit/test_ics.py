"""A calendar as RFC 5545 writes it."""

from datetime import date, datetime, timedelta, timezone

import pytest

from kit.ics import Entry, calendar, escaped, folded

AT = datetime(2025, 9, 30, 8, 0, tzinfo=timezone(timedelta(hours=8)))


def test_an_entry_is_a_whole_day_the_same_in_every_zone() -> None:
    text = calendar("时钟", [Entry("a@x", date(2025, 12, 31), "到期")], AT).decode()
    assert "DTSTART;VALUE=DATE:20251231\r\nDTEND;VALUE=DATE:20260101\r\n" in text
    assert "DTSTAMP:20250930T000000Z\r\n" in text and "TZID" not in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 1


@pytest.mark.parametrize("text", ["a" * 75, "a" * 76, "SUMMARY:" + "缺岗限期补足" * 20, "a" * 74 + "期", "", "😀" * 40])
def test_a_long_line_is_folded_at_75_octets_and_no_character_is_cut(text: str) -> None:
    pieces = list(folded(text))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text
    assert (len(pieces) > 1) == (len(text.encode()) > 75)


def test_marks_of_the_format_are_escaped() -> None:
    assert escaped("a;b,c\\d\r\ne\nf") == "a\\;b\\,c\\\\d\\ne\\nf"
