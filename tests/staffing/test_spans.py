"""How hours of a shift are written and read, and when two of a person's shifts overlap."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffing.rules.spans import DAY_MINUTES, Span, instants, overlapping, parse, span_of

DAY = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("08:00-20:00", 480, 1200),
        ("8:00–20:00", 480, 1200),
        ("8\uff1a00 至 20\uff1a00", 480, 1200),
        ("20:00-08:00", 1200, 1920),
        ("20:00-24:00", 1200, 1440),
        ("20:00-00:00", 1200, 1440),
        ("00:00-24:00", 0, 1440),
        ("09:00-09:00", 540, 1980),
        ("23:59-00:01", 1439, 1441),
    ],
)
def test_an_end_at_or_before_the_beginning_lies_on_the_next_day(text: str, start: int, end: int) -> None:
    assert parse(text) == Span(start, end)


@pytest.mark.parametrize(
    "text", ["", "休", "8-20", "08:00", "24:00-08:00", "24:30-08:00", "08:60-09:00", "08:00-24:01"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (1440, 1500), (0, 1441)])
def test_a_shift_begins_on_its_day_and_lasts_a_day_at_most(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Span(start, end)


def test_a_night_shift_crosses_midnight_and_the_month_in_beijing_time() -> None:
    assert instants(DAY, parse("20:00-08:00")) == (
        datetime(2025, 3, 31, 12, tzinfo=UTC),
        datetime(2025, 4, 1, 0, tzinfo=UTC),
    )


spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, DAY_MINUTES - 1), st.integers(1, DAY_MINUTES)
)


@given(spans)
def test_what_is_written_is_read_back(span: Span) -> None:
    assert parse(str(span)) == span
    assert span_of(DAY, *instants(DAY, span), span.kind) == span


@given(spans, spans, st.integers(0, 2))
def test_two_shifts_overlap_where_they_share_a_minute(one: Span, two: Span, later: int) -> None:
    other = date.fromordinal(DAY.toordinal() + later)
    days: dict[date, list[Span]] = {DAY: [one]}
    days.setdefault(other, []).append(two)
    shared = set(range(one.start, one.end)) & {minute + later * DAY_MINUTES for minute in range(two.start, two.end)}
    assert bool(overlapping(days)) == bool(shared)
