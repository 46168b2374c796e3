"""Article 7: somebody on duty at every minute, and which minutes are not."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.choices import Outcome
from contract.findings import Finding
from staffing.choices import AttendanceStatus, LeaveKind, ShiftKind
from staffing.rules.coverage import DutyFact, coverage
from staffing.rules.duty import ShiftFact, count_duty
from staffing.rules.presence import Away, Presence
from staffing.rules.presence import Span as Days
from staffing.rules.spans import DAY_MINUTES, Span, parse
from tests.staffing.helpers import facts, span

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)
ONE = timedelta(days=1)
ON, REST, SICK = AttendanceStatus.ON_DUTY, AttendanceStatus.REST, AttendanceStatus.SICK
ALWAYS = ["00:00-08:00", "08:00-20:00", "20:00-24:00"]

Rota = dict[date, list[tuple[int, str]]]


def month(*changes: tuple[date, list[tuple[int, str]]], last: date = LAST) -> Rota:
    """A rota that covers every minute of March with three people, but for the days named."""
    rota = {day: list(enumerate(ALWAYS, start=1)) for day in span(FIRST, last)}
    return rota | dict(changes)


def judge(
    rota: Rota,
    as_of: date = LAST + ONE,
    *,
    said: dict[tuple[int, date], str | None] | None = None,
    leaves: Iterable[tuple[int, date, date]] = (),
    kind: str = ShiftKind.DUTY,
    **contract: Any,
) -> list[Finding]:
    """The findings for a rota; who has a shift was reported on duty unless `said` otherwise."""
    shifts = [ShiftFact(who, day, parse(text, kind)) for day, each in rota.items() for who, text in each]
    reported: dict[tuple[int, date], str | None] = {(s.operator_id, s.day): ON for s in shifts}
    reported |= said or {}
    people = {who for who, _day in reported} | {who for who, _first, _last in leaves}
    presence = Presence(
        leaves={who: [Away(who, Days(first, last), LeaveKind.SICK)] for who, first, last in leaves},
        reported={key: status for key, status in reported.items() if status},
    )
    terms = {"starts_on": FIRST, "ends_on": date(2025, 5, 31)} | contract
    on = facts(**terms)
    counts = count_duty(
        shifts, {who: [Days(on.starts_on, on.ends_on)] for who in people}, presence, on.starts_on, on.ends_on
    )
    days = {day: DutyFact(c.planned, c.loose, c.steps) for day, c in counts.items()}
    return list(coverage(on, days, as_of))


def march(*args: Any, **more: Any) -> Finding:
    return judge(*args, **more)[0]


def test_a_month_covered_to_the_minute_is_met_on_the_day_after_it() -> None:
    rota = month(last=date(2025, 4, 10))
    assert march(rota, LAST).outcome == Outcome.PENDING
    finding = march(rota, LAST + ONE)
    assert finding.outcome == Outcome.MET
    assert (finding.measured, finding.required) == ("0 min", "0 min")


def test_half_an_hour_is_named_to_the_minute_with_its_day() -> None:
    gap = (date(2025, 3, 12), [(1, "00:00-08:00"), (2, "08:30-20:00"), (3, "20:00-24:00")])
    finding = march(month(gap))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.measured == "30 min"
    assert finding.figures["uncovered"] == ["2025-03-12 08:00–08:30"]
    assert [e.text for e in finding.evidence] == ["2025-03-12 08:00–08:30"]


@pytest.mark.parametrize(("begins", "outcome"), [("08:00", Outcome.MET), ("08:01", Outcome.NOT_MET)])
def test_a_single_minute_decides(begins: str, outcome: Outcome) -> None:
    gap = (date(2025, 3, 12), [(1, "00:00-08:00"), (2, f"{begins}-20:00"), (3, "20:00-24:00")])
    assert march(month(gap)).outcome == outcome


def test_a_night_shift_covers_the_morning_after_it() -> None:
    night = (date(2025, 3, 12), [(1, "00:00-08:00"), (2, "08:00-20:00"), (3, "20:00-08:00")])
    after = (date(2025, 3, 13), [(2, "08:00-20:00"), (3, "20:00-24:00")])
    assert march(month(night, after)).outcome == Outcome.MET


def test_a_night_shift_of_the_last_day_covers_the_first_morning_of_the_next_month() -> None:
    night = (LAST, [(1, "00:00-08:00"), (2, "08:00-20:00"), (3, "20:00-08:00")])
    first = (date(2025, 4, 1), [(2, "08:00-20:00"), (3, "20:00-24:00")])
    rota = month(night, first, last=date(2025, 4, 30))
    assert [f.outcome for f in judge(rota, date(2025, 5, 1))[:2]] == [Outcome.MET, Outcome.MET]
    rota[LAST] = month()[LAST]
    assert [f.outcome for f in judge(rota, date(2025, 5, 1))[:2]] == [Outcome.MET, Outcome.NOT_MET]


def test_a_gap_across_midnight_is_one_gap() -> None:
    one = (date(2025, 3, 12), [(1, "00:00-08:00"), (2, "08:00-23:00")])
    two = (date(2025, 3, 13), [(1, "06:00-24:00")])
    finding = march(month(one, two))
    assert finding.figures["uncovered"] == ["2025-03-12 23:00–2025-03-13 06:00"]
    assert finding.figures["uncovered_minutes"] == 7 * 60


def test_a_gap_across_the_end_of_a_month_is_told_in_both() -> None:
    one = (LAST, [(1, "00:00-23:00")])
    two = (date(2025, 4, 1), [(1, "06:00-24:00")])
    texts = [f.figures["uncovered"] for f in judge(month(one, two, last=date(2025, 4, 30)), date(2025, 5, 1))]
    assert texts[:2] == [["2025-03-31 23:00–24:00"], ["2025-04-01 00:00–06:00"]]


@pytest.mark.parametrize("status", [SICK, REST, AttendanceStatus.ABSENT, AttendanceStatus.LEAVE])
def test_who_was_reported_away_or_resting_does_not_cover(status: str) -> None:
    finding = march(month(), said={(2, date(2025, 3, 12)): status})
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["uncovered"] == ["2025-03-12 08:00–20:00"]


def test_who_is_on_leave_does_not_cover() -> None:
    away = date(2025, 3, 12)
    finding = march(month(), said={(2, away): None}, leaves=[(2, away, away)])
    assert finding.figures["uncovered"] == ["2025-03-12 08:00–20:00"]


def test_somebody_else_covers_instead() -> None:
    day = date(2025, 3, 12)
    rota = month((day, [*enumerate(ALWAYS, start=1), (4, "08:00-20:00")]))
    assert march(rota, said={(2, day): SICK}).outcome == Outcome.MET


def test_other_work_is_no_duty_at_the_hotline() -> None:
    assert march(month(), kind=ShiftKind.OFFICE).outcome == Outcome.UNDETERMINED


def test_nothing_planned_and_nothing_reported_is_undetermined_never_a_pass() -> None:
    finding = march({})
    assert finding.outcome == Outcome.UNDETERMINED
    assert finding.measured == f"0–{31 * DAY_MINUTES - 3 * DAY_MINUTES} min"


@pytest.mark.parametrize(("days", "outcome"), [(3, Outcome.PENDING), (4, Outcome.UNDETERMINED)])
def test_a_planned_person_of_whom_nothing_is_reported_is_unproven_after_the_time_for_it(
    days: int, outcome: Outcome
) -> None:
    day = date(2025, 3, 12)
    rota = month(last=date(2025, 4, 10))
    finding = march(rota, day + days * ONE, said={(2, day): None})
    assert finding.outcome == outcome
    if outcome == Outcome.UNDETERMINED:
        assert finding.figures["unproven"] == ["2025-03-12 08:00–20:00"]
        assert finding.measured == "0–720 min"


def test_who_was_on_duty_at_hours_that_nobody_told_may_have_covered() -> None:
    day = date(2025, 3, 12)
    gap = (day, [(1, "00:00-08:00"), (3, "20:00-24:00")])
    assert march(month(gap)).outcome == Outcome.NOT_MET
    assert march(month(gap), said={(9, day): ON}).outcome == Outcome.UNDETERMINED
    # By night until the next morning, but not the day before.
    assert march(month(gap), said={(9, day - ONE): ON}).outcome == Outcome.UNDETERMINED
    assert march(month(gap), said={(9, day + ONE): ON}).outcome == Outcome.NOT_MET


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (date(2025, 3, 16), Outcome.PENDING),  # four days ahead
        (date(2025, 3, 17), Outcome.AT_RISK),  # three
        (date(2025, 3, 20), Outcome.AT_RISK),  # the day itself is not over
        (date(2025, 3, 21), Outcome.NOT_MET),
    ],
)
def test_a_hole_in_the_coming_days_is_at_risk_and_a_gap_once_its_day_is_over(as_of: date, outcome: Outcome) -> None:
    rota = month((date(2025, 3, 20), [(1, "00:00-08:00"), (2, "08:00-20:00")]))
    said = {(who, day): None for day in span(as_of, LAST) for who in (1, 2, 3)}
    said = {key: value for key, value in said.items() if key[1] > date(2025, 3, 20)}
    assert march(rota, as_of, said=said).outcome == outcome


def test_the_next_month_is_told_as_soon_as_its_first_days_are_at_risk() -> None:
    rota = month()
    assert len(judge(rota, date(2025, 3, 28))) == 1
    findings = judge(rota, date(2025, 3, 29))
    assert [f.outcome for f in findings] == [Outcome.PENDING, Outcome.AT_RISK]
    assert findings[1].figures["ahead"] == ["2025-04-01 00:00–24:00"]


def test_the_finding_of_a_closed_month_does_not_change_any_more() -> None:
    gap = (date(2025, 3, 12), [(1, "00:00-08:00"), (2, "08:30-20:00"), (3, "20:00-24:00")])
    rota = month(gap, last=date(2025, 5, 31))
    later = [march(rota, day).fingerprint for day in span(date(2025, 4, 4), date(2025, 5, 31))]
    assert len(set(later)) == 1


def test_the_minimum_on_duty_is_a_policy_of_its_day() -> None:
    two = [
        (day, [*enumerate(ALWAYS, start=1), *((w + 3, t) for w, t in enumerate(ALWAYS, 1))])
        for day in span(date(2025, 3, 16), LAST)
    ]
    policy = {"later_policies": [("minimum_on_duty", date(2025, 3, 16), 2)]}
    assert march(month(*two), **policy).outcome == Outcome.MET
    assert march(month(*two[1:]), **policy).figures["uncovered"] == ["2025-03-16 00:00–24:00"]
    assert march(month(), **policy).outcome == Outcome.NOT_MET


def test_a_contract_owes_its_own_days_only() -> None:
    short = {"starts_on": date(2025, 3, 15), "ends_on": date(2025, 3, 20)}
    rota = {day: list(enumerate(ALWAYS, start=1)) for day in span(date(2025, 3, 15), date(2025, 3, 20))}
    [finding] = judge(rota, date(2025, 6, 1), **short)
    assert finding.outcome == Outcome.MET
    assert finding.period == (date(2025, 3, 15), date(2025, 3, 20))
    [ended] = judge(rota, date(2025, 6, 1), **short, terminated_on=date(2025, 3, 17))
    assert ended.period == (date(2025, 3, 15), date(2025, 3, 17))


# --- The union of intervals, against counting minute by minute --------------------------------

DAYS = span(FIRST, FIRST + 3 * ONE)
shifts = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(DAYS),
        st.builds(
            lambda start, length: Span(start, start + length),
            st.integers(0, DAY_MINUTES - 1),
            st.integers(1, DAY_MINUTES),
        ),
        st.sampled_from([ON, SICK, REST, None]),
    ),
    max_size=12,
)


@given(shifts, st.integers(1, 3))
def test_the_uncovered_minutes_are_those_that_counting_one_by_one_finds(
    drawn: list[tuple[int, date, Span, str | None]], minimum: int
) -> None:
    reported = {(who, day): status for who, day, _span, status in drawn}
    sure, planned = dict.fromkeys(DAYS, None), set[date]()
    on_duty = {day: [0] * DAY_MINUTES for day in [*DAYS, DAYS[-1] + ONE, DAYS[-1] + 2 * ONE]}
    best = {day: [0] * DAY_MINUTES for day in on_duty}
    for who, day, hours, _status in drawn:
        for minute in range(hours.start, hours.end):
            on = day + ONE * (minute // DAY_MINUTES)
            planned.add(on)
            if reported[who, day] == ON:
                on_duty[on][minute % DAY_MINUTES] += 1
            if reported[who, day] in (ON, None):
                best[on][minute % DAY_MINUTES] += 1
    short = sum(n < minimum for day in sure if day in planned for n in best[day])
    open_ = sum(
        m < minimum <= n for day in sure if day in planned for m, n in zip(on_duty[day], best[day], strict=True)
    )
    counts = count_duty(
        [ShiftFact(who, day, hours) for who, day, hours, _status in drawn],
        {who: [Days(DAYS[0], DAYS[-1])] for who in range(1, 5)},
        Presence({}, {key: status for key, status in reported.items() if status}),
        DAYS[0],
        DAYS[-1],
    )
    days = {day: DutyFact(c.planned, c.loose, c.steps) for day, c in counts.items()}
    on = facts(starts_on=DAYS[0], ends_on=DAYS[-1], policies={"minimum_on_duty": minimum})
    [finding] = coverage(on, days, date(2025, 4, 1))
    assert finding.figures["uncovered_minutes"] == short
    assert finding.figures["unproven_minutes"] == open_
    missing = sum(day not in planned for day in DAYS)
    assert finding.figures["minutes_without_rota"] == missing * DAY_MINUTES
