"""Early warnings: pending becomes at risk some days ahead, and never more than that."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from contract.choices import Outcome, RunTrigger
from contract.findings import Finding, Message, Subject
from contract.models import Alert, Assessment, Policy
from contract.rules import warnings
from contract.services import evaluate
from contract.terms import POLICIES
from staffing.services import assignments
from tests.contract.cases import at
from tests.contract.duties import day, facts
from tests.factories import make_assignment, make_contract, set_policy

DUE = day("2025-03-20")
CONTRACT = facts(policies={"warning_days": "staffing.replacement=3, x.never=0, *=1"})
PENDING = Finding(
    check_id="staffing.replacement",
    contract_id=CONTRACT.pk,
    outcome=Outcome.PENDING,
    subject=Subject("x.Y", 1),
    message=Message("待更换"),
    nominal_due_on=DUE,
    legal_due_on=day("2025-03-21"),
)


def warned(finding: Finding, as_of: str) -> Finding:
    [found] = warnings.apply([finding], [CONTRACT], day(as_of))
    return found


@pytest.mark.parametrize(
    ("check_id", "as_of", "outcome"),
    [
        ("staffing.replacement", "2025-03-16", Outcome.PENDING),
        ("staffing.replacement", "2025-03-17", Outcome.AT_RISK),
        ("staffing.replacement", "2025-03-20", Outcome.AT_RISK),
        ("billing.payment_due", "2025-03-18", Outcome.PENDING),
        ("billing.payment_due", "2025-03-19", Outcome.AT_RISK),
        ("x.never", "2025-03-20", Outcome.PENDING),
        ("staffing.backfill", "2025-03-14", Outcome.PENDING),
        ("staffing.backfill", "2025-03-15", Outcome.AT_RISK),
    ],
)
def test_the_lead_is_the_checks_own(check_id: str, as_of: str, outcome: Outcome) -> None:
    assert warned(replace(PENDING, check_id=check_id), as_of).outcome == outcome


def test_it_says_that_it_is_no_breach_and_until_when() -> None:
    found = warned(PENDING, "2025-03-17")
    assert "待更换" in str(found.message) and "2025-03-21" in str(found.message)
    assert "并非违约" in str(found.message)
    assert found.figures["warned_from"] == day("2025-03-17")


def test_the_next_night_finds_the_same() -> None:
    assert warned(PENDING, "2025-03-17").fingerprint == warned(PENDING, "2025-03-19").fingerprint


@pytest.mark.parametrize("outcome", [o for o in Outcome if o != Outcome.PENDING])
def test_only_what_is_pending_is_warned_of(outcome: Outcome) -> None:
    finding = replace(PENDING, outcome=outcome)
    assert warned(finding, "2025-03-19") is finding


def test_without_a_last_day_there_is_nothing_to_warn_of() -> None:
    finding = replace(PENDING, nominal_due_on=None, legal_due_on=None)
    assert warned(finding, "2025-03-19") is finding


@pytest.mark.parametrize("text", ["5", "a=b", "a=1, a=2", "a=-1", "a=1,,b=2", "=3", "a=400", "a=1.5"])
def test_a_reading_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="=1"):
        POLICIES["warning_days"].parse(text)


@pytest.mark.django_db
def test_a_check_that_does_not_exist_is_refused_by_its_id() -> None:
    row = Policy(
        contract=make_contract(check_ids=()),
        key="warning_days",
        value="staffing.nothing=3",
        effective_from=day("2025-01-01"),
    )
    with pytest.raises(ValidationError, match=r"staffing\.nothing"):
        row.clean()


@pytest.mark.django_db
def test_a_gap_is_warned_of_on_its_tenth_day_and_late_on_its_sixteenth() -> None:
    contract = make_contract(check_ids=["staffing.backfill"])
    leaver = make_assignment(contract)
    assignments.correct(leaver, ends_on=day("2025-03-04"), end_reason="resignation")

    def outcome(as_of: date) -> str:
        evaluate(as_of=as_of, today=as_of, at=at(as_of), trigger=RunTrigger.COMMAND)
        return Assessment.objects.get(is_current=True).outcome

    # Left on the 4th: the 15 days end on the 19th, a Wednesday.
    assert outcome(day("2025-03-13")) == Outcome.PENDING and not Alert.objects.exists()
    assert outcome(day("2025-03-14")) == Outcome.AT_RISK
    assert outcome(day("2025-03-19")) == Outcome.AT_RISK
    alert = Alert.objects.get()
    assert alert.outcome == Outcome.AT_RISK and alert.status == "open"
    assert outcome(day("2025-03-20")) == Outcome.NOT_MET
    alert.refresh_from_db()
    assert [e.outcome for e in alert.events.all()] == [Outcome.AT_RISK, Outcome.NOT_MET]


@pytest.mark.django_db
def test_the_reading_is_dated() -> None:
    contract = make_contract(check_ids=["staffing.backfill"])
    leaver = make_assignment(contract)
    assignments.correct(leaver, ends_on=day("2025-03-04"), end_reason="resignation")
    set_policy(contract, "gap_warning_days", 2)
    evaluate(as_of=day("2025-03-16"), today=day("2025-03-16"), at=at(DUE), trigger=RunTrigger.COMMAND)
    assert not Alert.objects.exists()
    evaluate(as_of=day("2025-03-17"), today=day("2025-03-17"), at=at(DUE), trigger=RunTrigger.COMMAND)
    assert Alert.objects.get().outcome == Outcome.AT_RISK
