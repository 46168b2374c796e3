"""Days off, make-up working days, statutory holidays, and years that nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from law.calendar import DEFAULT, Calendar, CalendarNotPublished, DayKind, OverlayDay, missing_holidays


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(first: str, last: str) -> list[date]:
    start, length = day(first), (day(last) - day(first)).days + 1
    return [start + timedelta(days=offset) for offset in range(length)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-10-01", DayKind.STATUTORY_HOLIDAY),
        ("2024-10-04", DayKind.REST_DAY),  # moved here by the notice
        ("2024-10-07", DayKind.REST_DAY),
        ("2024-10-08", DayKind.WORKDAY),
        ("2024-09-29", DayKind.MAKEUP_WORKDAY),
        ("2024-10-12", DayKind.MAKEUP_WORKDAY),
        ("2024-11-16", DayKind.REST_DAY),  # a Saturday like any other
        ("2025-01-28", DayKind.STATUTORY_HOLIDAY),  # New Year's Eve, a holiday since 2025
        ("2025-02-08", DayKind.MAKEUP_WORKDAY),
        ("2025-02-09", DayKind.REST_DAY),
        ("2025-05-02", DayKind.STATUTORY_HOLIDAY),  # the second of May, a holiday since 2025
        ("2024-05-02", DayKind.REST_DAY),  # … and only a day off before
        ("2024-02-09", DayKind.WORKDAY),  # New Year's Eve was no holiday in 2024
        ("2025-10-06", DayKind.STATUTORY_HOLIDAY),  # Mid-Autumn inside the National Day block
        ("2026-04-05", DayKind.STATUTORY_HOLIDAY),
        ("2026-04-06", DayKind.REST_DAY),  # in lieu of a holiday on a Sunday: 200 %, not 300 %
        ("2026-09-20", DayKind.MAKEUP_WORKDAY),
    ],
)
def test_each_day_is_of_one_kind(text: str, kind: DayKind) -> None:
    assert DEFAULT.kind(day(text)) is kind
    assert DEFAULT.is_rest_day(day(text)) == (kind in {DayKind.REST_DAY, DayKind.STATUTORY_HOLIDAY})
    assert DEFAULT.is_statutory_holiday(day(text)) == (kind is DayKind.STATUTORY_HOLIDAY)


FIRST_YEAR = (
    "2024-10-01 2024-10-02 2024-10-03 2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 "
    "2025-04-04 2025-05-01 2025-05-02 2025-05-31"
)
SECOND_YEAR = (
    "2025-10-01 2025-10-02 2025-10-03 2025-10-06 2026-01-01 2026-02-16 2026-02-17 2026-02-18 "
    "2026-02-19 2026-04-05 2026-05-01 2026-05-02 2026-06-19 2026-09-25"
)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("2024-10-01", "2025-09-30", FIRST_YEAR), ("2025-10-01", "2026-09-30", SECOND_YEAR)],
    ids=["first contract year: 12 days", "second contract year: 14 days"],
)
def test_the_holidays_paid_at_300_percent_in_a_contract_year(first: str, last: str, expected: str) -> None:
    found = [one for one in span(first, last) if DEFAULT.is_statutory_holiday(one)]
    assert found == [day(text) for text in expected.split()]


@pytest.mark.parametrize(("year", "count"), [(2021, 11), (2022, 11), (2023, 11), (2024, 11), (2025, 13), (2026, 13)])
def test_a_year_has_eleven_statutory_days_until_2024_and_thirteen_since(year: int, count: int) -> None:
    year_days = span(f"{year}-01-01", f"{year}-12-31")
    assert sum(DEFAULT.is_statutory_holiday(one) for one in year_days) == count


def test_a_once_only_extension_is_a_rest_day_but_not_statutory() -> None:
    assert DEFAULT.is_rest_day(day("2020-02-01"))
    assert not DEFAULT.is_statutory_holiday(day("2020-02-01"))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_statutory_holiday_is_a_rest_day(year: int) -> None:
    for one in span(f"{year}-01-01", f"{year}-12-31"):
        assert DEFAULT.is_rest_day(one) or not DEFAULT.is_statutory_holiday(one)


@pytest.mark.parametrize("question", ["is_rest_day", "is_statutory_holiday", "kind", "next_working_day"])
@pytest.mark.parametrize("text", ["2027-01-01", "2027-03-03", "2003-12-31"])
def test_a_year_that_nobody_published_is_never_guessed(question: str, text: str) -> None:
    with pytest.raises(CalendarNotPublished) as error:
        getattr(DEFAULT, question)(day(text))
    assert error.value.year == day(text).year


def test_it_says_which_years_are_published() -> None:
    assert DEFAULT.published(2024) and DEFAULT.published(2026)
    assert not DEFAULT.published(2027)
    assert Calendar(published_years={2027}).published(2027)


def test_a_working_day_is_its_own_next_and_previous_working_day() -> None:
    makeup_sunday = day("2024-09-29")
    assert DEFAULT.next_working_day(makeup_sunday) == makeup_sunday
    assert DEFAULT.previous_working_day(makeup_sunday) == makeup_sunday


def test_it_crosses_a_whole_holiday_block_in_both_directions() -> None:
    assert DEFAULT.next_working_day(day("2025-10-03")) == day("2025-10-09")
    assert DEFAULT.previous_working_day(day("2025-10-03")) == day("2025-09-30")


def test_the_offices_table_wins_day_by_day() -> None:
    extra, worked = day("2025-03-12"), day("2025-03-15")
    calendar = Calendar({extra: OverlayDay(True), worked: OverlayDay(False)})
    assert calendar.kind(extra) is DayKind.REST_DAY
    assert calendar.kind(worked) is DayKind.MAKEUP_WORKDAY
    assert calendar.kind(day("2025-03-13")) is DayKind.WORKDAY
    assert calendar.kind(day("2025-03-16")) is DayKind.REST_DAY


def test_the_offices_table_may_add_a_statutory_day_or_take_one_away() -> None:
    added, taken = day("2025-09-03"), day("2025-05-02")
    calendar = Calendar({added: OverlayDay(True, True), taken: OverlayDay(True, False)})
    assert calendar.is_statutory_holiday(added)
    assert calendar.kind(taken) is DayKind.REST_DAY


def test_one_day_in_the_table_does_not_publish_its_year() -> None:
    known = day("2027-01-04")
    calendar = Calendar({known: OverlayDay(False)})
    assert not calendar.is_rest_day(known)
    assert not calendar.published(2027)
    with pytest.raises(CalendarNotPublished):
        calendar.is_rest_day(day("2027-01-05"))


def test_a_year_that_the_table_holds_completely_follows_weekdays_and_the_measures() -> None:
    moved_off, made_up = day("2027-10-04"), day("2027-10-09")
    calendar = Calendar({moved_off: OverlayDay(True), made_up: OverlayDay(False)}, published_years={2027})
    assert calendar.kind(moved_off) is DayKind.REST_DAY
    assert calendar.kind(made_up) is DayKind.MAKEUP_WORKDAY
    assert calendar.kind(day("2027-10-01")) is DayKind.STATUTORY_HOLIDAY
    assert calendar.kind(day("2027-10-08")) is DayKind.WORKDAY
    assert calendar.kind(day("2027-10-10")) is DayKind.REST_DAY


def test_a_statutory_working_day_is_refused() -> None:
    with pytest.raises(ValueError):
        OverlayDay(is_rest_day=False, is_statutory=True)


def test_a_year_is_complete_only_with_every_holiday_that_the_law_names() -> None:
    """Civil Code 203 rolls by a schedule that is complete; one row is none."""
    everything = {one: OverlayDay(True, True) for one in missing_holidays({}, 2027)}
    assert len(everything) == 13 and missing_holidays(everything, 2027) == []
    del everything[day("2027-10-01")]
    assert missing_holidays(everything, 2027) == [day("2027-10-01")]
    assert len(missing_holidays({day("2027-01-01"): OverlayDay(True, True)}, 2027)) == 12
    assert day("2027-01-01") in missing_holidays({day("2027-01-01"): OverlayDay(False)}, 2027)
