"""Deadlines forward, notices backward, ages, Beijing days and the cutting of a term."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from law.calendar import DEFAULT, Calendar, CalendarNotPublished, OverlayDay
from law.periods import (
    Deadline,
    Roll,
    age_on,
    beijing_day,
    contract_quarters,
    deadline_after,
    last_day_of_term,
    month_windows,
    notice_before,
    standing,
    working_days_after,
)

WIDE = Roll.WEEKENDS_AND_HOLIDAYS
NARROW = Roll.STATUTORY_HOLIDAYS_ONLY


def day(text: str) -> date:
    return date.fromisoformat(text)


def after(event: str, days: int, roll: Roll = WIDE, calendar: Calendar = DEFAULT) -> Deadline:
    return deadline_after(day(event), days=days, roll=roll, calendar=calendar)


# --- deadlines forward ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "days", "nominal", "legal", "because"),
    [
        ("2024-12-01", 15, "2024-12-16", "2024-12-16", "a Monday like any other"),
        ("2024-09-30", 3, "2024-10-03", "2024-10-08", "National Day 2024"),
        ("2024-10-01", 3, "2024-10-04", "2024-10-08", "a moved day off inside the block"),
        ("2024-10-04", 3, "2024-10-07", "2024-10-08", "the last day of the block"),
        ("2024-10-05", 3, "2024-10-08", "2024-10-08", "the first working day after it"),
        ("2024-11-01", 15, "2024-11-16", "2024-11-18", "an ordinary Saturday"),
        ("2024-10-31", 15, "2024-11-15", "2024-11-15", "the Friday before it"),
        ("2024-12-17", 15, "2025-01-01", "2025-01-02", "New Year, one day only"),
        ("2024-12-16", 15, "2024-12-31", "2024-12-31", "resigned, last day in post 12-16"),
        ("2025-01-24", 15, "2025-02-08", "2025-02-08", "a make-up Saturday does not roll"),
        ("2025-01-25", 15, "2025-02-09", "2025-02-10", "the plain Sunday after it does"),
        ("2025-04-01", 3, "2025-04-04", "2025-04-07", "Tomb-Sweeping Day"),
        ("2025-04-16", 15, "2025-05-01", "2025-05-06", "Labour Day block"),
        ("2025-05-16", 15, "2025-05-31", "2025-06-03", "Dragon Boat on a Saturday"),
        ("2025-09-16", 15, "2025-10-01", "2025-10-09", "National Day and Mid-Autumn"),
        ("2025-09-13", 15, "2025-09-28", "2025-09-28", "a make-up Sunday"),
        ("2025-09-26", 15, "2025-10-11", "2025-10-11", "a make-up Saturday"),
        ("2026-01-29", 3, "2026-02-01", "2026-02-02", "an ordinary Sunday"),
        ("2026-02-01", 15, "2026-02-16", "2026-02-24", "Spring Festival 2026"),
        ("2026-02-13", 15, "2026-02-28", "2026-02-28", "a make-up Saturday"),
        ("2026-09-17", 3, "2026-09-20", "2026-09-20", "a make-up Sunday"),
        ("2025-03-08", 3, "2025-03-11", "2025-03-11", "a demand that arrived on a Saturday"),
        ("2024-11-05", 15, "2024-11-20", "2024-11-20", "a leave of one day"),
        ("2025-06-30", 30, "2025-07-30", "2025-07-30", "payment to an SME, 30 days"),
        ("2025-06-30", 60, "2025-08-29", "2025-08-29", "payment to an SME, the cap of 60"),
        ("2024-12-31", 30, "2025-01-30", "2025-02-05", "payment due in Spring Festival"),
        ("2024-02-14", 15, "2024-02-29", "2024-02-29", "a leap day"),
    ],
)
def test_a_period_of_days_ends(event: str, days: int, nominal: str, legal: str, because: str) -> None:
    found = after(event, days=days)
    assert (found.nominal, found.legal) == (day(nominal), day(legal)), because
    assert found.reasons == (() if nominal == legal else ("rolled_rest_day",))
    assert found.last_day == day(legal)
    assert found.calendar_published


@pytest.mark.parametrize(
    ("event", "days", "legal", "because"),
    [
        ("2024-11-01", 15, "2024-11-16", "a Saturday stays"),
        ("2025-01-25", 15, "2025-02-09", "a Sunday stays"),
        ("2024-12-17", 15, "2025-01-02", "New Year rolls"),
        ("2025-04-16", 15, "2025-05-03", "Labour Day rolls past the holidays proper only"),
        ("2026-04-03", 3, "2026-04-06", "a day in lieu of a holiday stays"),
    ],
)
def test_the_narrow_reading_rolls_off_statutory_holidays_only(event: str, days: int, legal: str, because: str) -> None:
    assert after(event, days=days, roll=NARROW).legal == day(legal), because


def test_the_narrow_reading_names_its_own_reason() -> None:
    assert after("2024-12-17", days=15, roll=NARROW).reasons == ("rolled_statutory_holiday",)


def test_without_a_roll_the_nominal_day_is_the_legal_one_in_any_year() -> None:
    found = after("2030-12-25", days=7, roll=Roll.NEVER)
    assert found == Deadline(day("2031-01-01"), day("2031-01-01"))


@pytest.mark.parametrize("roll", [WIDE, NARROW])
def test_an_unpublished_calendar_leaves_the_legal_day_open(roll: Roll) -> None:
    found = after("2026-12-20", days=15, roll=roll)
    assert found == Deadline(day("2027-01-04"), None, ("calendar_not_published:2027",))
    assert not found.calendar_published
    assert found.last_day == day("2027-01-04")


def test_the_last_published_day_still_decides() -> None:
    assert after("2026-12-16", days=15).legal == day("2026-12-31")


def test_a_roll_into_an_unpublished_year_leaves_the_legal_day_open() -> None:
    calendar = Calendar({day("2026-12-31"): OverlayDay(True)})
    found = after("2026-12-16", days=15, calendar=calendar)
    assert (found.legal, found.reasons) == (None, ("calendar_not_published:2027",))


def test_the_offices_table_settles_a_year_that_the_libraries_lack() -> None:
    calendar = Calendar({day("2027-01-04"): OverlayDay(False)})
    assert after("2026-12-20", days=15, calendar=calendar).legal == day("2027-01-04")


def test_a_roll_may_be_given_by_its_stored_value() -> None:
    assert Roll("weekends_and_holidays") is WIDE
    assert str(NARROW) == "statutory_holidays_only"


@pytest.mark.parametrize(
    ("event", "length", "end"),
    [
        ("2025-01-31", {"months": 1}, "2025-02-28"),
        ("2024-01-31", {"months": 1}, "2024-02-29"),
        ("2025-01-28", {"months": 1}, "2025-02-28"),
        ("2025-03-31", {"months": 1}, "2025-04-30"),
        ("2025-02-28", {"months": 1}, "2025-03-28"),  # the corresponding day, not the month's end
        ("2024-02-29", {"months": 12}, "2025-02-28"),
        ("2024-02-29", {"years": 1}, "2025-02-28"),
        ("2024-02-29", {"years": 4}, "2028-02-29"),
        ("2025-08-31", {"months": 6}, "2026-02-28"),
        ("2024-12-31", {"months": 9}, "2025-09-30"),
        ("2025-03-10", {"years": 1}, "2026-03-10"),  # one year to rescind, never suspended
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_months_last(
    event: str, length: dict[str, int], end: str
) -> None:
    found = deadline_after(day(event), roll=Roll.NEVER, calendar=DEFAULT, **length)
    assert found.nominal == day(end)


@pytest.mark.parametrize("length", [{}, {"days": 0}, {"days": -1}, {"months": -1, "days": 40}])
def test_a_period_without_length_is_refused(length: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        deadline_after(day("2025-01-01"), roll=WIDE, calendar=DEFAULT, **length)
    with pytest.raises(ValueError, match="positive"):
        notice_before(day("2025-01-01"), calendar=DEFAULT, **length)


def test_an_instant_is_refused_where_a_day_is_wanted() -> None:
    with pytest.raises(TypeError):
        deadline_after(datetime(2025, 1, 1, tzinfo=UTC), days=1, roll=WIDE, calendar=DEFAULT)


known_days = st.dates(day("2020-01-01"), day("2026-09-01"))
some_days = st.integers(1, 100)


@given(known_days, some_days)
def test_a_roll_never_moves_earlier_and_never_ends_on_a_rest_day(event: date, days: int) -> None:
    found = deadline_after(event, days=days, roll=WIDE, calendar=DEFAULT)
    assert found.legal is not None
    assert found.nominal == event + timedelta(days=days) <= found.legal
    assert not DEFAULT.is_rest_day(found.legal)
    assert (found.legal == found.nominal) == (not DEFAULT.is_rest_day(found.nominal))


@given(known_days, some_days)
def test_the_narrow_reading_is_never_later_than_the_wide_one(event: date, days: int) -> None:
    narrow = deadline_after(event, days=days, roll=NARROW, calendar=DEFAULT)
    wide = deadline_after(event, days=days, roll=WIDE, calendar=DEFAULT)
    assert narrow.nominal <= narrow.last_day <= wide.last_day


@given(st.dates(day("1950-01-01"), day("2080-01-01")), st.integers(1, 60))
def test_months_are_counted_from_the_anchor(event: date, months: int) -> None:
    found = deadline_after(event, months=months, roll=Roll.NEVER, calendar=DEFAULT)
    assert found.nominal == event + relativedelta(months=months)


# --- working days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "count", "end"),
    [
        ("2024-09-29", 2, "2024-10-08"),  # publication: 09-30, then the holiday
        ("2025-09-26", 10, "2025-10-16"),  # 09-28 and 10-11 are worked
        ("2025-01-24", 10, "2025-02-13"),  # 01-26 and 02-08 are worked
        ("2025-03-14", 1, "2025-03-17"),
        ("2025-03-15", 1, "2025-03-17"),
    ],
)
def test_working_days_include_make_up_weekends(event: str, count: int, end: str) -> None:
    assert working_days_after(day(event), count, DEFAULT) == day(end)


def test_working_days_stop_where_the_calendar_stops() -> None:
    with pytest.raises(CalendarNotPublished):
        working_days_after(day("2026-12-30"), 2, DEFAULT)


@pytest.mark.parametrize("count", [0, -1])
def test_no_working_days_are_refused(count: int) -> None:
    with pytest.raises(ValueError):
        working_days_after(day("2025-01-02"), count, DEFAULT)


# --- notices backward -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effective", "length", "arguable", "clear", "safe"),
    [
        ("2025-04-01", {"days": 7}, "2025-03-25", "2025-03-24", "2025-03-24"),
        ("2024-10-08", {"days": 7}, "2024-10-01", "2024-09-30", "2024-09-30"),
        ("2024-10-16", {"days": 7}, "2024-10-09", "2024-10-08", "2024-10-08"),
        ("2024-10-15", {"days": 7}, "2024-10-08", "2024-10-07", "2024-09-30"),
        ("2025-02-17", {"days": 7}, "2025-02-10", "2025-02-09", "2025-02-08"),  # a make-up day
        ("2025-10-01", {"months": 1}, "2025-09-01", "2025-08-31", "2025-08-29"),
        ("2025-03-31", {"months": 1}, "2025-02-28", "2025-02-27", "2025-02-27"),
        ("2024-03-31", {"months": 1}, "2024-02-29", "2024-02-28", "2024-02-28"),
    ],
)
def test_a_notice_counts_back_and_its_advised_day_moves_earlier(
    effective: str, length: dict[str, int], arguable: str, clear: str, safe: str
) -> None:
    found = notice_before(day(effective), calendar=DEFAULT, **length)
    assert found.latest_arguable == day(arguable)
    assert found.latest_clear == day(clear)
    assert found.latest_safe == day(safe)


def test_a_notice_in_an_unpublished_year_has_no_advised_day() -> None:
    found = notice_before(day("2027-03-01"), days=7, calendar=DEFAULT)
    assert (found.latest_clear, found.latest_safe) == (day("2027-02-21"), None)


@given(known_days, some_days)
def test_the_advised_day_never_moves_later_and_is_a_working_day(effective: date, days: int) -> None:
    found = notice_before(effective, days=days, calendar=DEFAULT)
    assert found.latest_safe is not None
    assert found.latest_safe <= found.latest_clear < found.latest_arguable < effective
    assert not DEFAULT.is_rest_day(found.latest_safe)


# --- standing -------------------------------------------------------------------------------------

ROLLED = Deadline(day("2024-11-16"), day("2024-11-18"), ("rolled_rest_day",))
OPEN = Deadline(day("2027-01-04"), None, ("calendar_not_published:2027",))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-11-15", "pending"),
        ("2024-11-16", "pending"),
        ("2024-11-17", "at_risk"),
        ("2024-11-18", "at_risk"),
        ("2024-11-19", "not_met"),
    ],
)
def test_it_stays_pending_on_the_nominal_day_and_breaks_after_the_legal_one(as_of: str, expected: str) -> None:
    assert standing(ROLLED, day(as_of), None) == expected


@pytest.mark.parametrize(
    ("done_on", "expected"),
    [("2024-11-01", "met"), ("2024-11-16", "met"), ("2024-11-18", "met"), ("2024-11-19", "not_met")],
)
def test_the_last_day_itself_is_in_time(done_on: str, expected: str) -> None:
    assert standing(ROLLED, day("2024-12-01"), day(done_on)) == expected


def test_what_is_done_tomorrow_is_not_done_today() -> None:
    assert standing(ROLLED, day("2024-11-17"), day("2024-11-18")) == "at_risk"
    assert standing(ROLLED, day("2024-11-18"), day("2024-11-18")) == "met"
    assert standing(ROLLED, day("2024-11-10"), day("2024-11-30")) == "pending"


@pytest.mark.parametrize(
    ("as_of", "done_on", "expected"),
    [
        ("2027-01-04", None, "pending"),
        ("2027-01-05", None, "undetermined"),
        ("2027-02-01", "2027-01-04", "met"),
        ("2027-02-01", "2027-01-05", "undetermined"),
        ("2027-01-18", None, "undetermined"),
        ("2027-01-19", None, "not_met"),  # 15 days after the nominal day: practically certain
        ("2027-02-01", "2027-01-18", "undetermined"),
        ("2027-02-01", "2027-01-19", "not_met"),
    ],
)
def test_it_is_undetermined_only_past_the_nominal_day_of_an_unpublished_calendar(
    as_of: str, done_on: str | None, expected: str
) -> None:
    """Civil Code 203: whether it rolls is open for as long as a roll could matter."""
    assert standing(OPEN, day(as_of), day(done_on) if done_on else None) == expected


# --- ages, instants, spans ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1989-12-01", "2024-12-01", 35),
        ("1988-12-02", "2024-12-01", 35),  # the day before the 36th birthday
        ("1988-12-01", "2024-12-01", 36),  # the birthday itself
        ("1988-02-29", "2024-02-28", 35),
        ("1988-02-29", "2024-02-29", 36),
        ("1988-02-29", "2023-02-27", 34),
        ("1988-02-29", "2023-02-28", 35),  # the month's last day of a common year
        ("2009-01-02", "2025-01-01", 15),
        ("2009-01-01", "2025-01-01", 16),
        ("2025-01-01", "2025-01-01", 0),
    ],
)
def test_an_age_is_counted_in_full_years(born: str, on: str, age: int) -> None:
    assert age_on(day(born), day(on)) == age


def test_an_age_before_birth_is_refused() -> None:
    with pytest.raises(ValueError):
        age_on(day("2025-01-02"), day("2025-01-01"))


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2025, 3, 7, 15, 59, 59, tzinfo=UTC), "2025-03-07"),
        (datetime(2025, 3, 7, 16, 0, tzinfo=UTC), "2025-03-08"),
        (datetime(2025, 3, 8, 0, 1, tzinfo=timezone(timedelta(hours=8))), "2025-03-08"),
        (datetime(2025, 3, 7, 11, 0, tzinfo=timezone(timedelta(hours=-5))), "2025-03-08"),
    ],
)
def test_midnight_in_beijing_divides_the_days(instant: datetime, expected: str) -> None:
    assert beijing_day(instant) == day(expected)


def test_the_hosts_time_zone_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    instant = datetime(2025, 3, 7, 16, 0, tzinfo=UTC)
    for zone in ("UTC", "America/New_York", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert beijing_day(instant) == day("2025-03-08")
    monkeypatch.undo()
    time.tzset()


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        beijing_day(datetime(2025, 3, 8))


def test_the_contract_year_has_four_quarters() -> None:
    quarters = contract_quarters(day("2024-10-01"), day("2025-09-30"))
    assert [(last - first).days + 1 for first, last in quarters] == [92, 90, 91, 92]
    assert quarters[0] == (day("2024-10-01"), day("2024-12-31"))
    assert quarters[-1] == (day("2025-07-01"), day("2025-09-30"))


def test_quarters_are_anchored_on_the_first_day_and_clipped_to_the_last() -> None:
    assert contract_quarters(day("2024-11-30"), day("2025-06-10")) == [
        (day("2024-11-30"), day("2025-02-28")),
        (day("2025-03-01"), day("2025-05-29")),
        (day("2025-05-30"), day("2025-06-10")),
    ]


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-28"),
        ("2024-02-28", 12, "2025-02-27"),
        ("2024-03-01", 12, "2025-02-28"),
        ("2025-01-31", 3, "2025-04-30"),
        ("2025-01-31", 6, "2025-07-30"),
        ("2024-10-01", 12, "2025-09-30"),
    ],
)
def test_a_term_ends_on_the_day_before_the_corresponding_one_or_on_the_months_last(
    start: str, months: int, last: str
) -> None:
    assert last_day_of_term(day(start), months=months) == day(last)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2024-02-29", "2025-02-28", 4),
        ("2024-02-29", "2025-03-01", 5),
        ("2025-01-31", "2026-01-30", 4),
        ("2024-10-01", "2025-09-30", 4),
    ],
)
def test_a_year_has_four_quarters_and_no_stub(start: str, end: str, count: int) -> None:
    """Civil Code 202: without a corresponding day a month ends on its last day."""
    assert len(contract_quarters(day(start), day(end))) == count


def test_periods_may_have_another_length() -> None:
    halves = contract_quarters(day("2025-01-01"), day("2025-12-31"), months=6)
    assert halves == [(day("2025-01-01"), day("2025-06-30")), (day("2025-07-01"), day("2025-12-31"))]


def test_months_are_clipped_to_the_span() -> None:
    assert month_windows(day("2024-12-17"), day("2025-02-03")) == [
        (day("2024-12-17"), day("2024-12-31")),
        (day("2025-01-01"), day("2025-01-31")),
        (day("2025-02-01"), day("2025-02-03")),
    ]
    assert month_windows(day("2024-12-17"), day("2024-12-17")) == [(day("2024-12-17"), day("2024-12-17"))]


@pytest.mark.parametrize("cut", [month_windows, contract_quarters])
def test_a_span_that_ends_before_it_starts_is_refused(cut: object) -> None:
    assert callable(cut)
    with pytest.raises(ValueError, match="before it starts"):
        cut(day("2025-01-02"), day("2025-01-01"))


def test_a_period_of_no_months_is_refused() -> None:
    with pytest.raises(ValueError):
        contract_quarters(day("2025-01-01"), day("2025-12-31"), months=0)


@given(known_days, st.integers(0, 1500), st.integers(1, 12))
def test_windows_cover_every_day_of_a_span_once(start: date, length: int, months: int) -> None:
    end = start + timedelta(days=length)
    for windows in (month_windows(start, end), contract_quarters(start, end, months)):
        assert (windows[0][0], windows[-1][1]) == (start, end)
        assert all(first <= last for first, last in windows)
        gaps = [following[0] - previous[1] for previous, following in pairwise(windows)]
        assert all(gap == timedelta(days=1) for gap in gaps)
