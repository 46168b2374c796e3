"""Gaps derived from one person's days."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from staffing.rules.presence import Away, Presence, Span
from staffing.rules.vacancies import Stint, Vacancy, _Walk, filled_on, vacancies
from tests.staffing.helpers import LETTERS

FIRST = date(2024, 11, 1)
LAST = date(2025, 9, 30)


def day(number: int) -> date:
    """The nth day of the person's first month, counted from 1."""
    return FIRST + timedelta(days=number - 1)


def presence(letters: str, leaves: tuple[tuple[int, int], ...] = ()) -> Presence:
    return Presence(
        leaves={1: [Away(1, Span(day(a), day(b)), "personal") for a, b in leaves]},
        reported={(1, day(number)): LETTERS[letter] for number, letter in enumerate(letters, 1) if letter != "."},
    )


def stint(first: int = 1, last: int | None = None, reason: str = "", **extra: object) -> Stint:
    return Stint(
        assignment_id=extra.pop("pk", 1),  # type: ignore[arg-type]
        operator_id=1,
        starts_on=day(first),
        ends_on=day(last) if last else None,
        end_reason=reason,
        **extra,  # type: ignore[arg-type]
    )


def derive(
    letters: str = "", *stints: Stint, leaves: tuple[tuple[int, int], ...] = (), last_day: date = LAST
) -> list[Vacancy]:
    return vacancies(stints or [stint()], presence(letters, leaves), last_day)


def test_somebody_on_duty_every_day_leaves_no_gap() -> None:
    assert derive("DDDDRRDDD") == []


def test_a_day_without_a_report_alone_is_no_gap() -> None:
    assert derive("DD...") == []


def test_one_day_of_sickness_is_a_gap_that_closes_itself() -> None:
    [gap] = derive("DDSD")
    assert (gap.cause, gap.event_on, gap.opened_on) == ("sickness", day(3), day(3))
    assert gap.returned_on == day(4)
    assert gap.maybe_closed_on is None
    assert gap.proven == [(day(3), day(3))]


def test_the_cause_is_what_was_reported_first() -> None:
    assert [derive(letters)[0].cause for letters in ("L", "S", "A", "SL", "AS")] == [
        "leave",
        "sickness",
        "absence",
        "sickness",
        "absence",
    ]


def test_days_away_in_a_row_are_one_gap_whatever_the_kind() -> None:
    [gap] = derive("DSLAD")
    assert (gap.opened_on, gap.returned_on) == (day(2), day(5))


def test_a_leave_stands_for_its_unreported_days() -> None:
    [gap] = derive("DD...D", leaves=((3, 5),))
    assert (gap.cause, gap.opened_on, gap.returned_on) == ("leave", day(3), day(6))
    assert gap.maybe_closed_on is None


def test_rest_days_inside_a_leave_do_not_split_it() -> None:
    [gap] = derive("DDLLRRLLD", leaves=((3, 8),))
    assert (gap.opened_on, gap.returned_on) == (day(3), day(9))


def test_a_report_of_duty_inside_a_leave_is_a_return() -> None:
    first, second = derive("DDLDLD", leaves=((3, 5),))
    assert (first.opened_on, first.returned_on) == (day(3), day(4))
    assert (second.opened_on, second.returned_on) == (day(5), day(6))


def test_rota_rest_days_between_sick_days_prove_neither_return_nor_absence() -> None:
    [gap] = derive("DSSRRSSD")
    assert (gap.opened_on, gap.returned_on) == (day(2), day(8))
    assert gap.maybe_closed_on == day(4)
    assert gap.proven == [(day(2), day(3)), (day(6), day(7))]


def test_duty_right_after_rest_days_means_back_on_the_first_of_them() -> None:
    [gap] = derive("DSSRRD")
    assert gap.returned_on == day(4)


def test_days_without_a_report_bridge_an_absence() -> None:
    [gap] = derive("DS...SD")
    assert (gap.opened_on, gap.returned_on) == (day(2), day(7))
    assert gap.maybe_closed_on == day(3)
    assert gap.proven == [(day(2), day(2)), (day(6), day(6))]


def test_a_return_after_unreported_days_is_proved_only_on_the_day_of_duty() -> None:
    [gap] = derive("DS..RD")
    assert gap.returned_on == day(5)
    assert gap.maybe_closed_on == day(3)


def test_rest_days_before_an_unreported_one_may_be_the_return() -> None:
    [gap] = derive("DSR.")
    assert gap.returned_on is None
    assert gap.maybe_closed_on == day(3)


def test_a_resignation_opens_a_gap_on_the_day_after_the_last_one_in_post() -> None:
    [gap] = derive("", stint(last=20, reason="resignation"))
    assert (gap.cause, gap.event_on, gap.opened_on) == ("resignation", day(20), day(21))
    assert gap.departed_on == day(20)
    assert gap.proven == [(day(20), None)]


def test_an_end_on_the_contracts_last_day_opens_none() -> None:
    assert derive("", stint(last=20, reason="resignation"), last_day=day(20)) == []
    assert derive("", stint(last=20, reason="term_end"), last_day=day(20)) == []


def test_an_end_one_day_before_the_contracts_last_day_opens_one() -> None:
    [gap] = derive("", stint(last=19, reason="resignation"), last_day=day(20))
    assert gap.opened_on == day(20)


def test_a_reduction_opens_none() -> None:
    assert derive("", stint(last=20, reason="reduction")) == []


def test_the_end_of_a_term_before_the_term_ends_is_a_departure() -> None:
    [gap] = derive("", stint(last=20, reason="term_end"))
    assert gap.cause == "other"


def test_an_absence_that_runs_into_a_departure_is_one_gap_from_its_first_day() -> None:
    [gap] = derive("DSSSS", stint(last=5, reason="resignation"))
    assert (gap.cause, gap.event_on, gap.opened_on) == ("sickness", day(2), day(2))
    assert gap.departed_on == day(5)
    assert gap.proven == [(day(2), None)]


def test_an_unproven_absence_before_a_departure_keeps_both_events() -> None:
    [gap] = derive("DS...", stint(last=5, reason="resignation"))
    assert gap.event_on == day(2)
    assert gap.proven == [(day(2), day(2)), (day(5), None)]
    assert gap.maybe_closed_on == day(3)


def test_rest_days_before_a_departure_keep_both_events_too() -> None:
    [gap] = derive("DSRR", stint(last=4, reason="resignation"))
    assert gap.proven == [(day(2), day(2)), (day(4), None)]
    assert gap.maybe_closed_on == day(3)


def test_rest_days_at_the_end_of_the_contract_may_be_the_return() -> None:
    [gap] = derive("DSRR", last_day=day(4))
    assert (gap.returned_on, gap.maybe_closed_on) == (None, day(3))


def test_an_absence_that_runs_into_a_reduction_lapses() -> None:
    [gap] = derive("DSSSS", stint(last=5, reason="reduction"))
    assert gap.lapsed_on == day(6)
    assert gap.returned_on is None


def test_a_change_of_post_from_one_day_to_the_next_is_no_gap() -> None:
    assert derive("", stint(last=10, reason="transfer"), stint(11, pk=2)) == []


def test_an_absence_goes_on_over_a_change_of_post() -> None:
    letters = "." * 8 + "SSSSD"
    [gap] = derive(letters, stint(last=10, reason="transfer"), stint(11, pk=2))
    assert (gap.opened_on, gap.returned_on) == (day(9), day(13))
    assert gap.assignment_id == 1


def test_somebody_who_comes_back_later_closes_their_own_gap() -> None:
    [gap] = derive("", stint(last=10, reason="resignation"), stint(20, pk=2))
    assert (gap.opened_on, gap.returned_on) == (day(11), day(20))


def test_somebody_who_comes_back_to_fill_anothers_gap_leaves_their_own_open() -> None:
    [gap] = derive("", stint(last=10, reason="transfer"), stint(11, pk=2, fills=77))
    assert (gap.opened_on, gap.returned_on) == (day(11), None)


def test_a_backfill_that_leaves_opens_a_gap_of_its_own() -> None:
    [gap] = derive("", stint(last=10, reason="resignation", fills=77))
    assert gap.opened_on == day(11)


def test_a_backfill_that_ends_once_the_other_is_back_opens_none() -> None:
    ended = stint(last=10, reason="backfill_ended", fills=77, relieved_on=day(11))
    assert derive("", ended) == []


def test_a_backfill_that_ends_a_day_too_early_is_a_gap_until_the_other_is_back() -> None:
    ended = stint(last=10, reason="backfill_ended", fills=77, relieved_on=day(12))
    [gap] = derive("", ended)
    assert (gap.opened_on, gap.returned_on) == (day(11), day(12))


def test_a_backfill_that_ends_while_the_other_is_away_opens_one() -> None:
    [gap] = derive("", stint(last=10, reason="backfill_ended", fills=77))
    assert (gap.cause, gap.returned_on) == ("backfill_ended", None)


def test_a_backfill_may_begin_before_the_gap_opens() -> None:
    assert filled_on(day(10), day(8), None) == day(10)
    assert filled_on(day(10), day(12), None) == day(12)
    assert filled_on(day(10), day(8), day(9)) is None


def test_nothing_is_derived_beyond_the_contracts_last_day() -> None:
    [gap] = derive("DDDDSSSS", last_day=day(5))
    assert gap.proven == [(day(5), day(5))]


@given(st.text(alphabet="DRSLA.", max_size=40), st.integers(1, 40) | st.none())
def test_gaps_are_ordered_apart_and_cover_every_day_out(letters: str, last: int | None) -> None:
    found = derive(letters, stint(last=last, reason="resignation" if last else ""))
    for one, other in pairwise(found):
        assert one.returned_on is not None
        assert one.returned_on <= other.opened_on
    for gap in found:
        assert gap.event_on <= gap.opened_on
        assert gap.returned_on is None or gap.returned_on > gap.opened_on
        assert gap.proven
    out = [day(n) for n, letter in enumerate(letters[: last or 40], 1) if letter in "SLA"]
    for missing in out:
        covering = [gap for gap in found if any(a <= missing and (b is None or missing <= b) for a, b in gap.proven)]
        assert len(covering) == 1


SPANS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair))), max_size=3)


@given(
    st.text(alphabet="DRSLA.", max_size=60),
    SPANS,
    SPANS,
    st.integers(1, 60),
    st.sampled_from(["resignation", "transfer"]),
)
def test_going_from_absence_to_absence_finds_what_going_day_by_day_finds(
    letters: str, leaves: list[tuple[int, int]], stints: list[tuple[int, int]], last: int, reason: str
) -> None:
    class DayByDay(_Walk):
        def live(self, stint: Stint) -> None:
            for each in Span(stint.starts_on, min(stint.ends_on or self.last_day, self.last_day)).days():
                self.spend(stint, each)

    known, found = presence(letters, tuple(leaves)), []
    rows = sorted((stint(a, b, reason, pk=a) for a, b in stints), key=lambda row: row.starts_on) or [stint()]
    for kind in (_Walk, DayByDay):
        walk = kind(known, day(last))
        for row in rows:
            if row.starts_on > day(last):
                break
            walk.enter(row)
            walk.live(row)
            walk.leave(row, None)
        walk.finish()
        found.append(walk.found)
    assert found[0] == found[1]
