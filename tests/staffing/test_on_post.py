"""The on-post rate at its edges, in integers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.batch import ContractFacts
from contract.choices import ExcuseCause, Outcome
from contract.findings import Finding
from contract.rules.excuses import ExcuseFacts
from staffing.rules.on_post import on_post_rate, windows
from staffing.rules.presence import DayCount, Span
from tests.staffing.helpers import FIRST, LAST, counts, facts, span

NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
LONG_AFTER = date(2025, 9, 30)


def november(
    as_of: date = LONG_AFTER,
    *,
    absent: Mapping[date, int] | None = None,
    unreported: Mapping[date, int] | None = None,
    contract: ContractFacts | None = None,
    in_place: Mapping[date, DayCount] | None = None,
) -> Finding:
    """The finding of November 2024 (30 days, 1,350 person-days, 27 to spend)."""
    days = counts(FIRST, min(as_of, LAST), absent=absent, unreported=unreported)
    found = on_post_rate(contract or facts(), {**days, **(in_place or {})}, as_of)
    return next(finding for finding in found if finding.period == (NOV, NOV_END))


def spread(number: int, first: date = NOV, per_day: int = 1) -> dict[date, int]:
    """`number` person-days, so many a day from a day on."""
    days: dict[date, int] = {}
    day = first
    while number:
        days[day] = min(per_day, number)
        number -= days[day]
        day += timedelta(days=1)
    return days


def test_it_is_met_at_exactly_the_floor() -> None:
    finding = november(absent=spread(27))
    assert finding.outcome == Outcome.MET
    assert (finding.measured, finding.required) == ("98.00%", "98%")
    assert (finding.figures["spent"], finding.figures["left"]) == (27, 0)


def test_it_is_not_met_one_person_day_below() -> None:
    finding = november(absent=spread(28))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.measured == "97.92%"
    assert finding.figures["left"] == -1
    assert finding.figures["ran_out_on"] == date(2024, 11, 28)


def test_a_rate_that_would_round_up_to_the_floor_shows_what_it_is() -> None:
    contract = facts(policies={"on_post_window": "contract_quarter"}, terms={"headcount": 100})
    days = counts(FIRST, LAST, assigned=100, absent=spread(185, FIRST, per_day=5))
    [first, *_] = on_post_rate(contract, days, LONG_AFTER)
    assert first.figures["required"] == 9200
    assert (first.measured, first.outcome) == ("97.98%", Outcome.NOT_MET)


def test_full_attendance_is_a_hundred_percent() -> None:
    finding = november()
    assert (finding.measured, finding.outcome) == ("100.00%", Outcome.MET)


def test_a_surplus_of_one_day_pays_for_no_other() -> None:
    days = counts(NOV, NOV_END, assigned=46, absent=spread(28, per_day=2))
    finding = november(in_place=days)
    assert finding.outcome == Outcome.MET
    assert finding.figures["spent"] == 14
    full = {day: DayCount(in_place=60) for day in span(date(2024, 11, 15), NOV_END)}
    finding = november(absent=spread(28, per_day=2), in_place=full)
    assert (finding.figures["spent"], finding.outcome) == (28, Outcome.NOT_MET)


@pytest.mark.parametrize(("starts_on", "allowed"), [(date(2025, 1, 30), 1), (date(2025, 1, 31), 0)])
def test_a_window_that_may_miss_nobody_says_so(starts_on: date, allowed: int) -> None:
    """合同第13条第4款: a term that begins at a month's end leaves a stub, with a budget of nothing."""
    contract = facts(starts_on=starts_on, ends_on=date(2026, 1, 29))
    [stub, *_] = on_post_rate(contract, counts(starts_on, date(2025, 1, 31)), date(2025, 2, 10))
    assert stub.figures["budget"] == allowed
    assert ("一个人日也不能缺" in str(stub.message)) is not allowed


def test_an_empty_post_counts_like_an_absence() -> None:
    finding = november(in_place=counts(NOV, date(2024, 11, 28), assigned=44))
    assert (finding.figures["spent"], finding.outcome) == (28, Outcome.NOT_MET)


def test_a_day_without_a_roll_up_has_nobody_in_place() -> None:
    found = list(on_post_rate(facts(), {date(2024, 10, 1): DayCount(in_place=1)}, NOV))
    assert found[0].figures["spent"] == 31 * 45 - 1
    assert found[0].outcome == Outcome.NOT_MET


def test_before_the_first_assignment_every_post_is_unproven_and_nobody_is_accused() -> None:
    found = list(on_post_rate(facts(), {}, NOV))
    assert (found[0].figures["spent"], found[0].figures["in_place_best"]) == (0, 31 * 45)
    assert (found[0].outcome, found[0].measured) == (
        Outcome.UNDETERMINED,
        "9.67%–100.00%",
    )  # three days may still be told
    assert "No assignment is on record" in found[0].message.msgid


def test_a_month_is_judged_from_the_day_on_which_the_program_came_into_use() -> None:
    begun = replace(facts(), in_use_from=date(2024, 10, 30))
    nobody_before = {date(2024, 10, 30): DayCount(in_place=45), date(2024, 10, 31): DayCount(in_place=45)}
    october, november = on_post_rate(begun, nobody_before, NOV)
    assert (october.figures["required"], october.outcome) == (90, Outcome.MET)
    assert october.figures["judged_from"] == date(2024, 10, 30)
    assert "judged_from" not in november.figures


def test_unreported_days_leave_it_undetermined_between_worst_and_best() -> None:
    finding = november(absent=spread(27), unreported={NOV_END: 1})
    assert finding.outcome == Outcome.UNDETERMINED
    assert finding.measured == "97.92%–98.00%"
    assert finding.figures["unproven"] == 1


def test_unreported_days_that_cannot_matter_leave_it_met() -> None:
    finding = november(absent=spread(26), unreported={NOV_END: 1})
    assert finding.outcome == Outcome.MET
    assert finding.measured == "98.00%–98.07%"


def test_unreported_days_never_make_a_breach() -> None:
    finding = november(unreported=dict.fromkeys(span(NOV, NOV_END), 45))
    assert finding.outcome == Outcome.UNDETERMINED
    assert finding.measured == "0.00%–100.00%"


def test_a_breach_is_certain_also_with_unreported_days() -> None:
    finding = november(absent=spread(28), unreported={NOV_END: 3})
    assert finding.outcome == Outcome.NOT_MET


def test_a_day_is_provisional_until_its_reporting_time_has_passed() -> None:
    missing = {NOV_END: 45}
    on_time = november(date(2024, 12, 3), unreported=missing)
    assert (on_time.outcome, on_time.figures["awaiting_report"]) == (Outcome.PENDING, 45)
    assert on_time.measured == "100.00%"
    late = november(date(2024, 12, 4), unreported=missing)
    assert (late.outcome, late.figures["unproven"]) == (Outcome.UNDETERMINED, 45)


def test_the_reporting_time_is_a_policy() -> None:
    contract = facts(policies={"attendance_report_days": 0})
    finding = november(date(2024, 12, 1), unreported={NOV_END: 45}, contract=contract)
    assert finding.outcome == Outcome.UNDETERMINED


def test_a_running_window_is_pending_while_it_keeps_pace() -> None:
    finding = november(date(2024, 11, 10), absent=spread(9))
    assert finding.outcome == Outcome.PENDING
    assert finding.figures["forecast_on"] is None
    assert (finding.figures["spent"], finding.figures["budget"]) == (9, 27)


def test_a_running_window_is_at_risk_when_its_pace_would_break_it() -> None:
    finding = november(date(2024, 11, 10), absent=spread(10))
    assert finding.outcome == Outcome.AT_RISK
    assert finding.figures["forecast_on"] == date(2024, 11, 28)


def test_a_running_window_is_broken_once_the_rest_cannot_repair_it() -> None:
    assert november(date(2024, 11, 3), absent=spread(27, per_day=9)).outcome == Outcome.AT_RISK
    broken = november(date(2024, 11, 4), absent=spread(28, per_day=9))
    assert broken.outcome == Outcome.NOT_MET
    assert broken.figures["ran_out_on"] == date(2024, 11, 4)


def test_a_running_window_with_too_many_missing_reports_asks_for_them() -> None:
    finding = november(date(2024, 11, 10), unreported={NOV: 28})
    assert finding.outcome == Outcome.UNDETERMINED
    assert november(date(2024, 11, 10), unreported={NOV: 27}).outcome == Outcome.PENDING


def test_the_last_day_of_a_window_is_judged_as_a_whole_one() -> None:
    assert november(NOV_END, absent=spread(27)).outcome == Outcome.MET
    assert november(date(2024, 11, 29), absent=spread(27)).outcome == Outcome.AT_RISK


def test_nothing_is_owed_before_the_start() -> None:
    assert list(on_post_rate(facts(), {}, date(2024, 9, 30))) == []


def test_a_floor_of_a_hundred_percent_is_written_as_one() -> None:
    contract = facts(terms={"on_post_floor_percent": Decimal(100)})
    finding = november(absent={NOV: 1}, contract=contract)
    assert (finding.outcome, finding.required) == (Outcome.NOT_MET, "100%")


def test_zero_required_is_nothing_owed_and_no_hundred_percent() -> None:
    assert list(on_post_rate(facts(terms={"headcount": 0}), {}, NOV)) == []


def test_a_change_of_headcount_inside_a_window_counts_by_day() -> None:
    contract = facts(later_terms=[("headcount", date(2024, 11, 16), 50)])
    more = counts(date(2024, 11, 16), LAST, assigned=50)
    finding = november(contract=contract, in_place=more)
    assert finding.figures["required"] == 15 * 45 + 15 * 50
    assert finding.outcome == Outcome.MET


def test_the_reading_is_kept_with_the_figures() -> None:
    figures = november(absent=spread(28)).figures
    assert (figures["window"], figures["floor_percent"]) == ("calendar_month", "98")
    assert figures["other_readings"]["day"]["below_floor"] == 28
    assert figures["other_readings"]["contract_quarter"]["rate"] == "98.97%"


def test_the_readings_may_disagree() -> None:
    absent = spread(28)
    assert november(absent=absent).outcome == Outcome.NOT_MET
    contract = facts(policies={"on_post_window": "contract_quarter"})
    [quarter, *_] = on_post_rate(contract, counts(FIRST, LAST, absent=absent), LONG_AFTER)
    assert (quarter.outcome, quarter.figures["required"]) == (Outcome.MET, 4140)


def test_by_day_one_empty_post_of_forty_five_is_a_breach() -> None:
    contract = facts(policies={"on_post_window": "day"})
    days = counts(FIRST, NOV, absent={FIRST: 1})
    first, second, *_ = on_post_rate(contract, days, NOV)
    assert (first.measured, first.outcome) == ("97.77%", Outcome.NOT_MET)
    assert second.outcome == Outcome.MET
    assert first.period == (FIRST, FIRST)


def test_a_finding_keeps_its_key_and_its_figures_once_the_window_is_over() -> None:
    running = november(date(2024, 11, 10), absent=spread(3))
    done = november(date(2024, 12, 15), absent=spread(3))
    later = november(LONG_AFTER, absent=spread(3))
    assert running.key == done.key == later.key
    assert done.fingerprint == later.fingerprint


def test_a_change_of_the_reading_ends_the_running_window() -> None:
    contract = facts(later_policies=[("on_post_window", date(2025, 1, 10), "contract_quarter")])
    assert list(windows(contract, date(2025, 4, 1)))[3:] == [
        Span(date(2025, 1, 1), date(2025, 1, 9)),
        Span(date(2025, 1, 10), date(2025, 3, 31)),
        Span(date(2025, 4, 1), date(2025, 6, 30)),
    ]


def test_a_confirmation_of_the_same_reading_cuts_nothing() -> None:
    contract = facts(later_policies=[("on_post_window", date(2025, 1, 10), "calendar_month")])
    assert len(list(windows(contract, LAST))) == 12


def test_windows_end_with_the_contract() -> None:
    contract = facts(terminated_on=date(2024, 11, 20))
    assert list(windows(contract, LAST))[-1] == Span(NOV, date(2024, 11, 20))


def test_a_contract_that_starts_inside_a_month_has_a_short_first_window() -> None:
    contract = facts(starts_on=date(2025, 3, 15), ends_on=date(2026, 3, 14))
    found = list(windows(contract, date(2025, 4, 2)))
    assert found[0] == Span(date(2025, 3, 15), date(2025, 3, 31))
    quarterly = facts(
        starts_on=date(2025, 3, 15), ends_on=date(2026, 3, 14), policies={"on_post_window": "contract_quarter"}
    )
    assert next(windows(quarterly, date(2025, 4, 2))) == Span(date(2025, 3, 15), date(2025, 6, 14))


def test_the_dearest_days_are_the_evidence() -> None:
    finding = november(absent={NOV: 1, date(2024, 11, 2): 3})
    assert [row.text for row in finding.evidence] == ["2024-11-02 42/45", "2024-11-01 44/45"]


@pytest.mark.parametrize(
    ("required", "present", "met", "shown"),
    [
        (45, 45, True, "100.00%"),
        (45, 44, False, "97.77%"),
        (1395, 1368, True, "98.06%"),
        (1260, 1235, True, "98.01%"),
        (4050, 3969, True, "98.00%"),
        (16425, 16096, False, "97.99%"),
    ],
)
def test_public_examples(required: int, present: int, met: bool, shown: str) -> None:
    from staffing.rules.ledger import Tally
    from staffing.rules.on_post import standing

    tally = Tally(required, present, present, present)
    outcome = standing(tally, required, Decimal(98), complete=True)
    assert (outcome == Outcome.MET, tally.rate()) == (met, shown)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 10), st.integers(0, 10)), min_size=61, max_size=61),
    st.integers(0, 60),
)
def test_a_breach_stays_one_whatever_is_reported_of_the_unproven(
    rows: list[tuple[int, int, int]], elapsed: int
) -> None:
    """Missing reports that turn out well undo no breach, and badly no pass."""
    days = {FIRST + timedelta(days=n): DayCount(*row) for n, row in enumerate(rows)}
    as_of = FIRST + timedelta(days=elapsed)
    well = {day: DayCount(count.in_place + count.unreported, count.absent) for day, count in days.items()}
    badly = {day: DayCount(count.in_place, count.absent + count.unreported) for day, count in days.items()}
    contract: Any = facts(ends_on=date(2024, 11, 30))
    for now, best, worst in zip(
        *(on_post_rate(contract, version, as_of) for version in (days, well, badly)), strict=True
    ):
        figures = now.figures
        assert (
            0
            <= figures["reported_in_place"]
            <= figures["in_place_worst"]
            <= figures["in_place_best"]
            <= figures["required_so_far"]
        )
        if now.outcome == Outcome.NOT_MET:
            assert best.outcome == Outcome.NOT_MET
        if now.outcome == Outcome.MET:
            assert worst.outcome == Outcome.MET


# --- Force majeure leaves the count in part (Civil Code 590) --------------------------------------


def flood(**fields: Any) -> ExcuseFacts:
    """A flood of five days, 10 to 14 June 2025, excused by two people on an authority's proof."""
    base: dict[str, Any] = {
        "pk": 4,
        "contract_id": 1,
        "check_id": "staffing.on_post_rate",
        "subject_label": "contract.Contract",
        "subject_pk": 1,
        "cause": ExcuseCause.FORCE_MAJEURE,
        "title": "洪水",
        "first": date(2025, 6, 10),
        "last": date(2025, 6, 14),
        "resume_by": None,
    }
    return ExcuseFacts(**(base | fields))


def june(absent: Mapping[date, int], *excuses: ExcuseFacts) -> Finding:
    found = on_post_rate(facts(), counts(FIRST, LAST, absent=absent), LONG_AFTER, excuses)
    return next(one for one in found if one.period == (date(2025, 6, 1), date(2025, 6, 30)))


@pytest.mark.parametrize(("before", "outcome"), [(26, Outcome.MET), (27, Outcome.NOT_MET)])
def test_person_days_lost_to_a_flood_leave_the_month_and_no_others_do(before: int, outcome: Outcome) -> None:
    """Civil Code 590: ten leave the 1,350 of June; 98 % of 1,340 allow 26 to be missing."""
    absent = {date(2025, 6, 20): before, **{date(2025, 6, day): 2 for day in range(10, 15)}}
    found = june(absent, flood())
    assert (found.figures["required"], found.figures["spent"], found.outcome) == (1340, before, outcome)
    assert found.figures["lost_to_force_majeure"] == 10 and found.evidence[-1].label == "contract.Excuse"
    assert june(absent).outcome == Outcome.NOT_MET


def test_who_was_missing_on_the_day_before_is_not_missing_because_of_it() -> None:
    absent = {date(2025, 6, day): 3 if day >= 10 else 1 for day in range(1, 15)}
    assert june(absent, flood()).figures["lost_to_force_majeure"] == 10
    assert june(absent, flood(person_days=4)).figures["lost_to_force_majeure"] == 4


@pytest.mark.parametrize(
    "other",
    [{"lacks": "approval"}, {"lacks": "proof"}, {"cause": ExcuseCause.WAIVER}, {"check_id": "staffing.backfill"}],
)
def test_an_excuse_without_effect_or_of_another_kind_takes_nothing_out(other: dict[str, Any]) -> None:
    found = june({date(2025, 6, 12): 28}, flood(**other))
    assert found.outcome == Outcome.NOT_MET and "lost_to_force_majeure" not in found.figures


# --- Nothing was reported --------------------------------------------------------------------------


def handful(as_of: date, **told: Any) -> Finding:
    """November of a list with four of 45 people, of whom nothing was reported but what is told."""
    days = {day: DayCount(unreported=4) for day in Span(FIRST, min(as_of, LAST)).days()}
    return november(as_of, in_place={**days, **{date(2024, 11, int(day[1:])): count for day, count in told.items()}})


@pytest.mark.parametrize("as_of", [date(2024, 11, 2), date(2024, 11, 20), LONG_AFTER])
def test_posts_without_anybody_are_not_in_place_though_nothing_was_reported(as_of: date) -> None:
    """The best case is that all four were there: 41 posts were empty, and that is on record."""
    finding = handful(as_of)
    assert finding.outcome == Outcome.NOT_MET and finding.measured.endswith("8.88%")
    assert finding.figures["spent"] == 41 * (min(as_of, NOV_END) - date(2024, 10, 31)).days


def test_the_vendor_is_asked_for_the_reports_of_a_month_missed_by_empty_posts() -> None:
    assert "请乙方补报" in str(handful(LONG_AFTER).message)


def test_a_vendor_that_reports_nothing_stands_no_better_than_one_that_reports() -> None:
    told = handful(LONG_AFTER, d1=DayCount(in_place=1, unreported=3))
    assert (told.outcome, told.figures["spent"]) == (Outcome.NOT_MET, handful(LONG_AFTER).figures["spent"])


def of_a_full_list(empty: int) -> Finding:
    """November of 45 people of whom nothing was reported, one post of them empty on so many days."""
    days = {day: DayCount(unreported=45) for day in Span(FIRST, NOV_END).days()}
    for day in range(1, empty + 1):
        days[date(2024, 11, day)] = DayCount(unreported=44)
    return november(in_place=days)


@pytest.mark.parametrize(
    ("empty", "outcome"), [(0, Outcome.UNDETERMINED), (27, Outcome.UNDETERMINED), (28, Outcome.NOT_MET)]
)
def test_silence_alone_is_open_and_becomes_a_breach_only_by_what_is_on_record(empty: int, outcome: Outcome) -> None:
    assert of_a_full_list(empty).outcome == outcome
