"""Erlang C against published tables."""

import pytest

from hotline.rules.demand import Demand, seats_needed, waits, within


@pytest.mark.parametrize(
    ("seats", "wait"),
    # Ten erlangs: the table of Erlang C as printed in textbooks of queueing (four decimals).
    [(11, 0.6821), (12, 0.4494), (13, 0.2853), (14, 0.1741), (15, 0.1020)],
)
def test_the_probability_of_waiting_is_that_of_the_table(seats: int, wait: float) -> None:
    assert waits(seats, 10) == pytest.approx(wait, abs=0.00006)


def test_the_usual_example_needs_fourteen_seats() -> None:
    """100 calls in half an hour of 180 s each, 80 % within 20 s: 14 seats give 88.8 %, 13 only 79.6 %."""
    demand = Demand(100, 180)
    assert demand.erlangs == 10
    assert seats_needed(demand, 0.8, 20) == 14
    assert within(14, demand, 20) == pytest.approx(0.888, abs=0.0005)
    assert within(13, demand, 20) < 0.8


def test_no_calls_need_no_seat_and_too_few_seats_answer_nobody_in_time() -> None:
    assert seats_needed(Demand(0, 180), 0.8, 20) == 0
    assert within(10, Demand(100, 180), 20) == 0
    assert waits(10, 10) == 1


def test_one_seat_is_the_queue_with_one_server() -> None:
    assert waits(1, 0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("share", [1, 1.5, -0.1])
def test_a_share_that_no_number_of_seats_gives_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        seats_needed(Demand(100, 180), share, 20)
