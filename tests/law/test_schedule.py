"""The State Council's notice, read from its text, against the libraries that know the same years."""

from datetime import date, timedelta

import pytest

from law.calendar import DEFAULT, Calendar, DayKind, OverlayDay
from law.schedule import read_notice
from tests.law.notices import INVENTED_2027, NOTICES


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366) if (date(year, 1, 1) + timedelta(n)).year == year]


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_a_notice_says_what_the_libraries_say_of_its_year(year: int) -> None:
    """Two sources that know nothing of each other agree on every day (Civil Code 203; 国务院令第795号)."""
    schedule = read_notice(NOTICES[year])
    assert (schedule.year, schedule.problems) == (year, ())
    overlay = {one.day: OverlayDay(one.is_rest_day, one.is_statutory) for one in schedule.days}
    told = Calendar(overlay, [year])
    of_year = [day for day in days_of(year) if day in overlay or day.weekday() >= 5]
    assert [day for day in of_year if told.kind(day) is not DEFAULT.kind(day)] == []
    named = {row.day for row in DEFAULT.special_days(year)}
    assert named <= set(overlay)


def test_a_span_over_the_turn_of_the_year_keeps_both_years() -> None:
    first = read_notice(NOTICES[2023]).days[0]
    assert (first.day, first.name, first.is_rest_day, first.is_statutory) == (date(2022, 12, 31), "元旦", True, False)


def test_what_is_neither_a_day_off_nor_a_working_day_is_shown_and_not_read() -> None:
    schedule = read_notice(NOTICES[2024])
    assert [text[:6] for text in schedule.not_read] == ["鼓励各单位结"]
    assert date(2024, 2, 9) not in {one.day for one in schedule.days}


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("2月5日（农历除夕、周五）", "2月5日（农历除夕、周四）", "weekday"),
        ("放假调休，共7天。2月20日", "放假调休，共8天。2月20日", "count"),
        ("9月15日（周三）放假1天", "9月31日（周三）放假1天", "no_such_day"),
        ("五、端午节：6月9日（周三）放假1天，不调休。\n", "", "holiday_missing"),
        ("5月8日（周六）上班", "5月5日（周三）上班", "twice"),
        ("国办发明电〔2026〕99号", "", "no_number"),
        ("关于2027年部分节假日", "关于部分节假日", "no_year"),
    ],
)
def test_a_notice_that_contradicts_itself_is_not_taken(right: str, wrong: str, code: str) -> None:
    assert read_notice(INVENTED_2027).problems == ()
    assert right in INVENTED_2027
    assert code in {problem.code for problem in read_notice(INVENTED_2027.replace(right, wrong)).problems}


def test_any_other_text_is_no_notice() -> None:
    for text in ("", "放假", "关于2027年部分节假日安排的通知 国办发明电〔2026〕99号", "１月" * 50_000):
        assert read_notice(text).problems


def test_the_days_of_both_sources_are_told_apart() -> None:
    own = Calendar({date(2026, 1, 2): OverlayDay(False), date(2027, 1, 4): OverlayDay(True)})
    assert {row.day: (row.is_own, row.contradicts) for row in own.special_days(2026)}[date(2026, 1, 2)] == (True, True)
    assert [(row.day, row.kind, row.built_in) for row in own.special_days(2027)] == [
        (date(2027, 1, 4), DayKind.REST_DAY, None)
    ]
