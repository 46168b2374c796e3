"""The contracted number of operators: shortages, and what a departure excuses."""

from datetime import date, timedelta

from contract.choices import Outcome
from contract.findings import Finding
from law.calendar import DEFAULT
from staffing.rules.facts import GapFact
from staffing.rules.headcount import headcount
from staffing.rules.presence import DayCount
from tests.staffing.helpers import FIRST, LAST, counts, facts, span

ONE = timedelta(days=1)
LEFT = date(2024, 12, 1)
DUE = date(2024, 12, 16)


def left(last: date = LEFT, **fields: object) -> GapFact:
    return GapFact(
        pk=1,
        name="张三",
        cause="resignation",
        event_on=last,
        opened_on=last + ONE,
        departed_on=last,
        proven=((last, None),),
        **fields,
    )  # type: ignore[arg-type]


def short(first: date, last: date, by: int = 1) -> dict[date, DayCount]:
    return counts(FIRST, LAST) | {day: DayCount(in_place=45 - by) for day in span(first, last)}


def judge(days: dict[date, DayCount], *gaps: GapFact, as_of: date = LAST, **contract: object) -> list[Finding]:
    return list(headcount(facts(**contract), days, gaps, as_of, DEFAULT))  # type: ignore[arg-type]


def test_a_full_team_gives_one_met_finding() -> None:
    [finding] = judge(counts(FIRST, LAST))
    assert (finding.outcome, finding.measured, finding.required) == (Outcome.MET, "45", "45")
    assert finding.period is None


def test_a_surplus_is_met() -> None:
    [finding] = judge(counts(FIRST, LAST, assigned=46))
    assert (finding.outcome, finding.measured) == (Outcome.MET, "46")


def test_a_post_that_was_never_filled_is_not_met_from_the_first_day() -> None:
    shortage, standing = judge(counts(FIRST, LAST, assigned=44), as_of=FIRST)
    assert (shortage.outcome, shortage.measured) == (Outcome.NOT_MET, "44")
    assert shortage.period == (FIRST, FIRST)
    assert standing.outcome == Outcome.PENDING


def test_after_a_departure_it_is_at_risk_until_the_last_day() -> None:
    days = short(LEFT + ONE, LAST)
    shortage, _standing = judge(days, left(), as_of=DUE)
    assert shortage.outcome == Outcome.AT_RISK


def test_after_the_last_day_it_is_not_met() -> None:
    days = short(LEFT + ONE, LAST)
    shortage, _standing = judge(days, left(), as_of=DUE + ONE)
    assert shortage.outcome == Outcome.NOT_MET
    assert shortage.figures["first_uncovered_on"] == DUE + ONE


def test_a_shortage_made_good_in_time_is_met() -> None:
    days = short(LEFT + ONE, DUE)
    shortage, standing = judge(days, left(backfilled_on=DUE + ONE))
    assert (shortage.outcome, standing.outcome) == (Outcome.MET, Outcome.MET)
    assert shortage.period == (LEFT + ONE, DUE)


def test_one_departure_covers_one_missing_post() -> None:
    days = short(LEFT + ONE, LAST, by=2)
    shortage, _standing = judge(days, left(), as_of=DUE)
    assert (shortage.outcome, shortage.figures["most_missing"]) == (Outcome.NOT_MET, 2)


def test_an_absence_covers_no_missing_post() -> None:
    away = GapFact(pk=2, name="李四", cause="sickness", event_on=LEFT, opened_on=LEFT, proven=((LEFT, None),))
    shortage, _standing = judge(short(LEFT + ONE, LAST), away, as_of=LEFT + ONE)
    assert shortage.outcome == Outcome.NOT_MET


def test_an_absence_covers_only_once_the_person_has_left() -> None:
    sick_from = LEFT - 5 * ONE
    fact = GapFact(
        pk=2,
        name="李四",
        cause="sickness",
        event_on=sick_from,
        opened_on=sick_from,
        departed_on=LEFT,
        proven=((sick_from, None),),
    )
    early, _standing = judge(short(LEFT - ONE, LEFT - ONE), fact, as_of=LEFT - ONE)
    assert early.outcome == Outcome.NOT_MET
    later, _standing = judge(short(LEFT + ONE, LAST), fact, as_of=LEFT + ONE)
    assert later.outcome == Outcome.AT_RISK


def test_a_filled_gap_covers_no_longer() -> None:
    days = short(LEFT + ONE, LAST)
    shortage, _standing = judge(days, left(backfilled_on=LEFT + 5 * ONE), as_of=DUE)
    assert shortage.figures["first_uncovered_on"] == LEFT + 5 * ONE


def test_a_higher_headcount_is_owed_from_the_day_it_takes_effect() -> None:
    raised = date(2025, 3, 1)
    [*_, standing] = judge(counts(FIRST, LAST), as_of=raised - ONE, later_terms=[("headcount", raised, 50)])
    assert standing.outcome == Outcome.MET
    shortage, _standing = judge(counts(FIRST, LAST), as_of=raised, later_terms=[("headcount", raised, 50)])
    assert (shortage.measured, shortage.required) == ("45", "50")
    assert shortage.period == (raised, raised)


def test_two_shortages_are_two_findings_with_keys_of_their_own() -> None:
    days = short(LEFT + ONE, LEFT + ONE) | {LEFT + 5 * ONE: DayCount(in_place=40)}
    found = judge(days)
    assert len({finding.key for finding in found}) == len(found) == 3


def test_a_shortage_keeps_its_key_while_it_grows() -> None:
    days = short(LEFT + ONE, LAST)
    one, two = (judge(days, left(), as_of=LEFT + n * ONE)[0] for n in (1, 40))
    assert one.key == two.key


def test_nothing_is_owed_after_the_contract() -> None:
    found = judge(counts(FIRST, LAST), as_of=LAST + 30 * ONE)
    assert [finding.outcome for finding in found] == [Outcome.MET]


def test_an_unpublished_calendar_leaves_the_days_after_the_nominal_one_undetermined() -> None:
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    gone = date(2026, 12, 20)
    days = counts(first, gone) | counts(gone + ONE, last, assigned=44)
    outcomes = [
        judge(days, left(gone), as_of=as_of, starts_on=first, ends_on=last)[0].outcome
        for as_of in (date(2027, 1, 4), date(2027, 1, 5))
    ]
    assert outcomes == [Outcome.AT_RISK, Outcome.UNDETERMINED]


def test_nothing_is_pending_after_the_last_day() -> None:
    days = short(LAST - ONE, LAST)
    fact = left(LAST - ONE - ONE)
    assert [f.outcome for f in judge(days, fact, as_of=LAST)][-1] == Outcome.PENDING
    assert [f.outcome for f in judge(days, fact, as_of=LAST + ONE)] == [Outcome.MET, Outcome.MET]
