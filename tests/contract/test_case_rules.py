"""Who holds the ball, and until when: every step of a case, both edges of its clock."""

from dataclasses import replace
from datetime import date

import pytest

from contract.choices import AlertStatus, Holder, Outcome, Side, Step
from contract.rules.cases import CaseFacts, ball, hearing_missing, resumed_deadline
from law.calendar import Calendar
from tests.contract.duties import day, facts

CONTRACT = facts()
CALENDAR = Calendar()
MONDAY = day("2025-03-03")

RAISED = CaseFacts(
    status=AlertStatus.OPEN, owed_by=Side.VENDOR, outcome=Outcome.NOT_MET, raised_on=MONDAY, became_on=MONDAY
)
TOLD = replace(RAISED, status=AlertStatus.NOTIFIED, notified_on=day("2025-03-04"), answer_due_on=day("2025-03-10"))


def turn(case: CaseFacts, as_of: date = MONDAY) -> tuple[Holder, Step, date | None]:
    found = ball(CONTRACT, case, CALENDAR, as_of)
    return found.holder, found.step, found.due_on


def test_what_has_failed_is_for_the_office_to_tell() -> None:
    assert turn(RAISED) == (Holder.HANDLER, Step.NOTIFY, day("2025-03-06"))


def test_its_last_day_rolls_off_a_rest_day_like_any_other() -> None:
    # Three days from Thursday end on a Sunday.
    raised = replace(RAISED, became_on=day("2025-03-06"))
    found = ball(CONTRACT, raised, CALENDAR, MONDAY)
    assert (found.nominal_due_on, found.legal_due_on) == (day("2025-03-09"), day("2025-03-10"))


@pytest.mark.parametrize(("as_of", "over"), [("2025-03-06", False), ("2025-03-07", True)])
def test_the_last_day_is_in_time(as_of: str, over: bool) -> None:
    assert ball(CONTRACT, RAISED, CALENDAR, day(as_of)).is_over(day(as_of)) is over


def test_an_own_failure_of_the_office_needs_no_telling() -> None:
    own = replace(RAISED, owed_by=Side.OFFICE)
    assert turn(own) == (Holder.HANDLER, Step.PROPOSE, day("2025-03-13"))


@pytest.mark.parametrize(
    ("owed_by", "holder"), [(Side.VENDOR, Holder.VENDOR), (Side.BOTH, Holder.VENDOR), (Side.OFFICE, Holder.HANDLER)]
)
def test_a_warning_is_for_who_owes_the_duty_until_its_last_day(owed_by: Side, holder: str) -> None:
    warned = replace(
        RAISED,
        owed_by=owed_by,
        outcome=Outcome.AT_RISK,
        nominal_due_on=day("2025-03-08"),
        legal_due_on=day("2025-03-10"),
    )
    assert turn(warned, day("2025-03-10")) == (holder, Step.PERFORM, day("2025-03-10"))
    assert turn(warned, day("2025-03-11"))[1] != Step.PERFORM


def test_told_the_vendor_holds_the_ball_and_the_office_rests() -> None:
    assert turn(TOLD) == (Holder.VENDOR, Step.ANSWER, day("2025-03-10"))
    assert ball(CONTRACT, TOLD, CALENDAR, MONDAY).rests is not None


def test_while_more_time_is_asked_for_the_vendor_rests() -> None:
    asked = replace(TOLD, extension_asked_on=day("2025-03-10"))
    assert turn(asked) == (Holder.HANDLER, Step.EXTENSION, day("2025-03-12"))
    assert ball(CONTRACT, asked, CALENDAR, MONDAY).rests is not None


@pytest.mark.parametrize("status", [AlertStatus.ANSWERED, AlertStatus.SILENT])
def test_heard_or_silent_the_office_proposes(status: AlertStatus) -> None:
    heard = replace(TOLD, status=status, heard_on=day("2025-03-10"))
    assert turn(heard) == (Holder.HANDLER, Step.PROPOSE, day("2025-03-20"))


def test_a_proposal_is_for_the_second_person() -> None:
    proposed = replace(TOLD, status=AlertStatus.PROPOSED, proposed_on=day("2025-03-12"))
    assert turn(proposed) == (Holder.SECOND, Step.DECIDE, day("2025-03-17"))


def test_a_decided_case_is_closed_by_who_handles_it() -> None:
    decided = replace(TOLD, status=AlertStatus.CONFIRMED, decided_on=day("2025-03-14"), is_decided_by_people=True)
    assert turn(decided) == (Holder.HANDLER, Step.CLOSE, day("2025-03-24"))


@pytest.mark.parametrize("status", [AlertStatus.CURED, AlertStatus.CLOSED, AlertStatus.EXCUSED])
def test_at_the_end_nobody_holds_it(status: AlertStatus) -> None:
    assert turn(replace(TOLD, status=status)) == (Holder.NOBODY, Step.NOTHING, None)


def test_the_days_are_the_contracts_own() -> None:
    other = facts(policies={"notify_days": 7, "proposal_days": 1})
    assert ball(other, RAISED, CALENDAR, MONDAY).due_on == day("2025-03-10")


def test_a_clock_that_rested_goes_on_with_what_was_left() -> None:
    # Asked on the 6th of a time to the 10th: four days were left.
    due = resumed_deadline(CONTRACT, day("2025-03-10"), day("2025-03-06"), day("2025-03-11"), CALENDAR)
    assert due.nominal == day("2025-03-15")
    assert due.legal == day("2025-03-17")


def test_a_request_on_the_last_day_leaves_a_day_after_the_refusal() -> None:
    due = resumed_deadline(CONTRACT, day("2025-03-10"), day("2025-03-10"), day("2025-03-12"), CALENDAR)
    assert due.legal == day("2025-03-13")


@pytest.mark.parametrize(
    ("owed_by", "heard_on", "told", "missing"),
    [
        (Side.VENDOR, None, None, True),
        (Side.BOTH, None, None, True),
        (Side.VENDOR, None, Outcome.NOT_MET, True),
        (Side.VENDOR, MONDAY, Outcome.AT_RISK, True),
        (Side.VENDOR, MONDAY, Outcome.NOT_MET, False),
        (Side.OFFICE, None, None, False),
    ],
)
def test_a_breach_needs_that_the_vendor_was_heard_about_it(
    owed_by: Side, heard_on: date | None, told: Outcome | None, missing: bool
) -> None:
    found = hearing_missing(owed_by, heard_on, told, Outcome.NOT_MET)
    assert (found is not None) is missing
