"""Where the rota of a week is short or long, and what one empty post costs."""

from datetime import date, timedelta
from typing import Any

import pytest

from hotline.rules.ahead import DayAhead, HalfHour, half_hour, like, week
from hotline.rules.demand import Demand, waits, within
from hotline.rules.facts import DayFacts, ServiceFacts

MONDAY = date(2024, 12, 2)
ONE, SEVEN = timedelta(days=1), timedelta(days=7)


def told(calls: int, talked: int = 180) -> DayFacts:
    halves = {"offered": [calls] * 48, "answered": [calls] * 48}
    figures: dict[str, int | None] = {
        "offered": 48 * calls,
        "answered": 48 * calls,
        "talking_seconds": 48 * calls * talked,
    }
    return DayFacts(figures, MONDAY, halves)


def planned_week(facts: ServiceFacts, seats: dict[date, list[int]], **fields: Any) -> list[DayAhead]:
    values = {"before": MONDAY, "share": 0.8, "answer_seconds": 20}
    return week(facts, [MONDAY + n * ONE for n in range(7)], seats, **values | fields)


class TestExpected:
    def test_a_day_is_like_the_last_four_of_its_weekday(self) -> None:
        facts = ServiceFacts(days={MONDAY - n * SEVEN: told(100) for n in range(1, 7)})
        assert like(facts, MONDAY, MONDAY) == tuple(MONDAY - n * SEVEN for n in (1, 2, 3, 4))

    def test_days_without_half_hours_are_left_out(self) -> None:
        days = {MONDAY - n * SEVEN: told(100) for n in range(1, 7)}
        days[MONDAY - SEVEN] = DayFacts({"offered": 5}, MONDAY)
        assert like(ServiceFacts(days=days), MONDAY, MONDAY)[0] == MONDAY - 2 * SEVEN

    def test_of_the_week_itself_nothing_is_known_yet(self) -> None:
        facts = ServiceFacts(days={MONDAY: told(100), MONDAY - SEVEN: told(10)})
        assert like(facts, MONDAY + SEVEN, MONDAY) == (MONDAY - SEVEN,)

    def test_the_mean_of_the_calls_is_expected(self) -> None:
        days = {MONDAY - SEVEN: told(80), MONDAY - 2 * SEVEN: told(120)}
        monday, *_others = planned_week(ServiceFacts(days=days), {MONDAY: [14] * 48})
        assert {(one.calls, one.needed, one.short, one.spare) for one in monday.halves} == {(100, 14, 0, 0)}

    def test_a_day_without_a_rota_or_without_earlier_figures_says_nothing(self) -> None:
        monday, tuesday, *_ = planned_week(ServiceFacts(days={MONDAY - SEVEN: told(100)}), {MONDAY + ONE: [14] * 48})
        assert (monday.halves, tuesday.halves) == ((), ())


class TestShortAndLong:
    def test_one_seat_less_is_short_and_one_more_is_spare(self) -> None:
        demand = Demand(100, 180)  # fourteen seats by the usual example
        assert [(half_hour(demand, n, 0.8, 20).short, half_hour(demand, n, 0.8, 20).spare) for n in (13, 14, 15)] == [
            (1, 0),
            (0, 0),
            (0, 1),
        ]

    def test_stretches_are_told_from_and_to_with_the_most_that_is_lacking(self) -> None:
        halves = tuple(HalfHour(1, needed, 2, 0, 0) for needed in (2, 3, 5, 2, 2, 3))
        assert DayAhead(MONDAY, (), halves).stretches() == [(1, 3, 3), (5, 6, 1)]


class TestEmptyPost:
    def test_a_seat_less_answers_fewer_in_time_and_all_of_them_still(self) -> None:
        """100 calls of 180 s: 88.8 % within 20 s at 14 seats, 79.6 % at 13."""
        found = half_hour(Demand(100, 180), 14, 0.8, 20)
        assert found.late == pytest.approx(88.8 - 79.6, abs=0.1)
        assert found.lost == 0

    def test_where_the_seats_do_not_carry_the_load_each_one_loses_what_it_would_have_answered(self) -> None:
        found = half_hour(Demand(100, 180), 9, 0.8, 20)  # ten erlangs: nine seats answer ninety
        assert (found.late, found.lost) == (pytest.approx(10), pytest.approx(10))

    def test_at_the_edge_the_seat_that_carried_the_load_costs_both(self) -> None:
        found = half_hour(Demand(100, 180), 11, 0.8, 20)  # ten seats carry ten erlangs in no time
        assert found.late == pytest.approx(100 * within(11, Demand(100, 180), 20))
        assert found.lost == 0

    def test_without_a_seat_none_can_be_empty(self) -> None:
        found = half_hour(Demand(100, 180), 0, 0.8, 20)
        assert (found.short, found.late, found.lost) == (14, 0, 0)


@pytest.mark.parametrize(
    ("seats", "erlangs", "wait"),
    # The table of Erlang C in textbooks of queueing, four decimals, beside that of ten erlangs.
    [(2, 1, 0.3333), (3, 1, 0.0909), (3, 2, 0.4444), (4, 2, 0.1739), (6, 5, 0.5875), (8, 5, 0.1673), (24, 20, 0.2981)],
)
def test_the_probability_of_waiting_at_other_loads(seats: int, erlangs: float, wait: float) -> None:
    assert waits(seats, erlangs) == pytest.approx(wait, abs=0.00006)
