"""Force majeure (article 16), and what an excuse covers: its subject, its window, no more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contract.choices import ExcuseCause, Outcome, Side
from contract.duties.rules.force_majeure import Event, force_majeure_notice
from contract.findings import Finding, Message, Subject
from contract.rules.excuses import ExcuseFacts, apply, resume_by
from tests.contract.duties import CALENDAR, day, facts

# Saturday 25 January 2025: three days on is the 28th, a holiday; people work again on 5 February.
OCCURRED = day("2025-01-25")


def event(**fields: Any) -> Event:
    base = Event(
        pk=3,
        title="暴雪",
        reported_by=Side.VENDOR,
        occurred_on=OCCURRED,
        arrived_on=None,
        ended_on=None,
        proof_document="",
        proof_arrived_on=None,
        withdrawn_on=None,
    )
    return replace(base, **fields)


def notice(as_of: str, contract: Any = None, **fields: Any) -> Finding | None:
    return force_majeure_notice(contract or facts(), event(**fields), CALENDAR, day(as_of))


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ("2025-01-25", Outcome.PENDING),
        ("2025-01-28", Outcome.PENDING),
        ("2025-01-29", Outcome.AT_RISK),
        ("2025-02-05", Outcome.AT_RISK),
        ("2025-02-06", Outcome.NOT_MET),
    ],
)
def test_the_other_side_is_told_within_three_days_that_roll_over_a_holiday(as_of: str, outcome: Outcome) -> None:
    finding = notice(as_of)
    assert finding is not None and finding.outcome == outcome
    assert (finding.nominal_due_on, finding.legal_due_on) == (day("2025-01-28"), day("2025-02-05"))
    assert finding.owed_by == Side.VENDOR


@pytest.mark.parametrize(("told", "outcome"), [("2025-02-05", Outcome.MET), ("2025-02-06", Outcome.NOT_MET)])
def test_a_notice_with_its_proof_is_in_time_or_late_for_good(told: str, outcome: Outcome) -> None:
    finding = notice("2025-09-30", arrived_on=day(told), proof_document="气象证明", proof_arrived_on=day(told))
    assert finding is not None and finding.outcome == outcome


def test_where_deadlines_never_roll_the_third_day_is_the_last() -> None:
    strict = facts(policies={"deadline_roll": "never"})
    finding = notice("2025-01-29", strict)
    assert finding is not None and finding.outcome == Outcome.NOT_MET


@pytest.mark.parametrize(("as_of", "outcome"), [("2025-02-24", Outcome.PENDING), ("2025-02-25", Outcome.AT_RISK)])
def test_a_proof_that_is_missing_is_a_risk_and_no_breach(as_of: str, outcome: Outcome) -> None:
    """Thirty days after 25 January: the contract names no day, so a policy asks for it."""
    finding = notice(as_of, arrived_on=day("2025-01-26"))
    assert finding is not None and finding.outcome == outcome


def test_an_event_after_the_end_or_withdrawn_owes_nothing() -> None:
    assert notice("2025-03-01", facts(terminated_on=day("2025-01-24"))) is None
    assert notice("2025-03-01", withdrawn_on=day("2025-02-01")) is None
    assert notice("2025-01-24") is None


# --- Excuses -----------------------------------------------------------------------------------

WINDOW = (day("2025-03-10"), day("2025-03-20"))


def finding(**fields: Any) -> Finding:
    base = Finding(
        check_id="staffing.backfill",
        contract_id=1,
        outcome=Outcome.NOT_MET,
        subject=Subject("staffing.Gap", 5, "李某缺岗"),
        message=Message("open for %(days)d days", days=15),
        nominal_due_on=day("2025-03-15"),
        legal_due_on=day("2025-03-17"),
        measured="2025-03-19",
        required="2025-03-17",
        figures={"days": 15},
    )
    return replace(base, **fields)


def excuse(**fields: Any) -> ExcuseFacts:
    base = ExcuseFacts(
        pk=9,
        contract_id=1,
        check_id="staffing.backfill",
        subject_label="staffing.Gap",
        subject_pk=5,
        cause=ExcuseCause.FORCE_MAJEURE,
        title="暴雪",
        first=WINDOW[0],
        last=WINDOW[1],
        resume_by=resume_by(WINDOW[1], 7),
        lacks="",
    )
    return replace(base, **fields)


def answer(found: Finding | None = None, claimed: ExcuseFacts | None = None, as_of: str = "2025-03-19") -> Finding:
    [result] = apply([found or finding()], [claimed or excuse()], day(as_of))
    return result


def test_a_duty_due_in_the_window_is_excused_and_stays_visible_with_its_figures() -> None:
    result = answer()
    assert result.outcome == Outcome.EXCUSED
    assert result.key == finding().key and result.measured == "2025-03-19"
    assert result.figures["days"] == 15
    assert result.figures["excused"] == {"excuse": 9, "outcome": "not_met", "from": WINDOW[0], "to": WINDOW[1]}
    assert "暴雪" in str(result.message) and "open for 15 days" in str(result.message)
    assert result.evidence[-1].label == "contract.Excuse"


@pytest.mark.parametrize(
    ("legal", "covered"), [("2025-03-09", False), ("2025-03-10", True), ("2025-03-20", True), ("2025-03-21", False)]
)
def test_only_a_last_day_inside_the_window_is_covered(legal: str, covered: bool) -> None:
    result = answer(finding(legal_due_on=day(legal)), as_of="2025-03-22")
    assert (result.outcome == Outcome.EXCUSED) is covered


@pytest.mark.parametrize(("as_of", "covered"), [("2025-03-27", True), ("2025-03-28", False)])
def test_what_is_still_open_a_reasonable_time_after_the_window_is_not_covered(as_of: str, covered: bool) -> None:
    assert (answer(as_of=as_of).outcome == Outcome.EXCUSED) is covered


def test_what_was_made_good_in_that_time_stays_excused_for_good() -> None:
    made_good = finding(done_on=day("2025-03-27"))
    assert answer(made_good, as_of="2025-09-30").outcome == Outcome.EXCUSED
    too_late = finding(done_on=day("2025-03-28"))
    assert answer(too_late, as_of="2025-09-30").outcome == Outcome.NOT_MET


def test_an_event_that_goes_on_keeps_excusing() -> None:
    ongoing = excuse(last=None, resume_by=None)
    assert answer(claimed=ongoing, as_of="2025-09-30").outcome == Outcome.EXCUSED


@pytest.mark.parametrize(
    "other",
    [
        {"subject_pk": 6},
        {"subject_label": "staffing.Operator"},
        {"check_id": "staffing.on_post_rate"},
        {"contract_id": 2},
    ],
)
def test_another_subject_check_or_contract_is_not_covered(other: dict[str, Any]) -> None:
    assert answer(claimed=excuse(**other)).outcome == Outcome.NOT_MET


@pytest.mark.parametrize(
    ("period", "covered"),
    [
        (("2025-03-10", "2025-03-20"), True),
        (("2025-03-01", "2025-03-31"), False),
        (("2025-03-09", "2025-03-20"), False),
        (("2025-03-10", "2025-03-21"), False),
    ],
)
def test_a_finding_about_a_period_is_covered_only_as_a_whole(period: tuple[str, str], covered: bool) -> None:
    """A month's rate is not excused by ten days of snow."""
    rate = finding(period=(day(period[0]), day(period[1])), nominal_due_on=None, legal_due_on=None)
    assert (answer(rate).outcome == Outcome.EXCUSED) is covered


def test_a_report_is_covered_by_its_due_day_not_by_the_month_it_speaks_of() -> None:
    report = finding(
        period=(day("2025-02-01"), day("2025-02-28")), nominal_due_on=day("2025-03-10"), legal_due_on=day("2025-03-10")
    )
    assert answer(report).outcome == Outcome.EXCUSED


@pytest.mark.parametrize("lacks", ["proof", "approval"])
def test_without_proof_or_a_second_person_it_stays_with_a_note(lacks: str) -> None:
    result = answer(claimed=excuse(lacks=lacks))
    assert result.outcome == Outcome.NOT_MET
    assert "open for 15 days" in str(result.message) and "暴雪" in str(result.message)
    assert result.evidence[-1].pk == 9


def test_an_excuse_that_takes_effect_comes_before_one_that_lacks_something() -> None:
    [result] = apply([finding()], [excuse(pk=1, lacks="proof"), excuse(pk=2)], day("2025-03-19"))
    assert result.outcome == Outcome.EXCUSED and result.evidence[-1].pk == 2


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.PENDING, Outcome.UNDETERMINED])
def test_only_a_risk_or_a_failure_is_excused(outcome: Outcome) -> None:
    assert answer(finding(outcome=outcome)) == finding(outcome=outcome)


# --- In part (Civil Code 590): a clock is longer by the days it lost ------------------------------

FLOOD = excuse(title="洪水", first=day("2025-06-10"), last=day("2025-06-14"), resume_by=day("2025-06-21"))


def gap_of(event: str, done: str | None = None, **fields: Any) -> Finding:
    """A gap with 15 days from its event, none of the last days on a rest day."""
    due = day(event) + timedelta(days=15)
    return finding(
        figures={"event_on": day(event)},
        nominal_due_on=due,
        legal_due_on=due,
        done_on=day(done) if done else None,
        **fields,
    )


@pytest.mark.parametrize(("done", "outcome"), [("2025-06-25", Outcome.EXCUSED), ("2025-06-26", Outcome.NOT_MET)])
def test_a_gap_that_lost_five_days_to_a_flood_has_five_days_more(done: str, outcome: Outcome) -> None:
    """Civil Code 590: excused in part."""
    # Fifteen days from 5 June end on 20 June, with the five days of the flood on 25 June.
    result = answer(gap_of("2025-06-05", done), FLOOD, "2025-06-30")
    assert result.outcome == outcome
    assert (result.nominal_due_on, result.legal_due_on) == (day("2025-06-25"), day("2025-06-25"))
    assert result.figures["excused"]["nominal_due_on"] == day("2025-06-20")


@pytest.mark.parametrize(("as_of", "outcome"), [("2025-06-25", Outcome.PENDING), ("2025-06-26", Outcome.NOT_MET)])
def test_what_is_still_open_is_pending_until_the_longer_last_day(as_of: str, outcome: Outcome) -> None:
    assert answer(gap_of("2025-06-05"), FLOOD, as_of).outcome == outcome


@pytest.mark.parametrize(("event", "due"), [("2025-06-09", "2025-06-29"), ("2025-06-12", "2025-06-29")])
def test_only_days_on_which_the_clock_ran_are_lost(event: str, due: str) -> None:
    # From 9 June all five days (24 June + 5), from 12 June the 13th and 14th (27 June + 2).
    longer = FLOOD.extended(gap_of(event), CALENDAR)
    assert longer is not None and longer.nominal == day(due)


@pytest.mark.parametrize(("event", "lost"), [("2025-05-25", False), ("2025-05-26", True)])
def test_the_event_has_no_effect_on_what_was_late_already_when_it_began(event: str, lost: bool) -> None:
    # Due on 9 June, the day before the flood, or on 10 June, its first day.
    assert (FLOOD.extended(gap_of(event), CALENDAR) is not None) is lost


@pytest.mark.parametrize("lacks", ["proof", "approval"])
def test_without_proof_or_a_second_person_no_clock_gets_longer(lacks: str) -> None:
    result = answer(gap_of("2025-06-05", "2025-06-24"), replace(FLOOD, lacks=lacks), "2025-06-30")
    assert (result.outcome, result.legal_due_on) == (Outcome.NOT_MET, day("2025-06-20"))
    assert "洪水" in str(result.message)


def test_a_cause_that_is_no_force_majeure_and_a_notice_ahead_lose_no_days() -> None:
    assert replace(FLOOD, cause=ExcuseCause.OTHER_SIDE).extended(gap_of("2025-06-05"), CALENDAR) is None
    ahead = replace(gap_of("2025-06-05"), figures={"latest_arguable": day("2025-06-20")})
    assert FLOOD.extended(ahead, CALENDAR) is None
