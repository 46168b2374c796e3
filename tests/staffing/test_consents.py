"""A consent that the vendor asked for, and the staff change that it allows (article 13.4)."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contract import services as core
from contract.choices import ConsentDecision, ConsentKind, Outcome
from contract.duties.models import Consent
from contract.duties.services.consents import decide_consent, request_consent
from contract.findings import Finding
from contract.models import Contract
from staffing.models import Assignment
from staffing.services import assignments
from tests.factories import make_assignment, make_contract, make_operator

pytestmark = pytest.mark.django_db

CHANGED = date(2025, 3, 14)  # the last day in post of somebody who is moved away


@pytest.fixture
def moved() -> Assignment:
    assignment = make_assignment(make_contract(check_ids=["staffing.unapproved_change"]))
    assignments.correct(assignment, ends_on=CHANGED, end_reason="transfer")
    return assignment


def consent(moved: Assignment, decision: ConsentDecision, on: date, **fields: Any) -> Consent:
    base = {
        "kind": ConsentKind.STAFF_CHANGE,
        "subject": "示例人员",
        "purpose": "调岗",
        "subject_label": "staffing.Operator",
        "subject_pk": moved.operator_id,
        "requested_on": date(2025, 3, 3),
        "arrived_on": date(2025, 3, 3),
    }
    answer = {key: fields.pop(key) for key in ("valid_from", "valid_to") if key in fields}
    asked = request_consent(consent=Consent(contract=moved.contract, **(base | fields)))
    return decide_consent(consent=asked, decision=decision, on=on, document="办函〔2025〕9号", reason="理由", **answer)


def finding(contract: Contract, as_of: date = date(2025, 6, 30)) -> Finding:
    [found] = core.look(as_of=as_of, contract_ids=[contract.pk]).findings
    return found


def test_without_one_the_change_is_not_met(moved: Assignment) -> None:
    assert finding(moved.contract).outcome == Outcome.NOT_MET


@pytest.mark.parametrize(("granted", "outcome"), [(14, Outcome.MET), (15, Outcome.NOT_MET)])
def test_a_consent_is_written_by_the_day_of_the_change(moved: Assignment, granted: int, outcome: Outcome) -> None:
    consent(moved, ConsentDecision.GRANTED, date(2025, 3, granted))
    found = finding(moved.contract)
    assert found.outcome == outcome
    assert found.figures["consent_ref"] == "办函〔2025〕9号"


def test_one_that_names_the_assignment_counts_too(moved: Assignment) -> None:
    consent(moved, ConsentDecision.GRANTED, CHANGED, subject_label="staffing.Assignment", subject_pk=moved.pk)
    assert finding(moved.contract).outcome == Outcome.MET


@pytest.mark.parametrize(
    ("decision", "fields"),
    [
        (ConsentDecision.REFUSED, {}),
        (ConsentDecision.GRANTED, {"kind": ConsentKind.DISCLOSURE}),
        (ConsentDecision.GRANTED, {"subject_label": "", "subject_pk": None}),
        (ConsentDecision.GRANTED, {"valid_to": date(2025, 3, 13)}),
    ],
)
def test_a_refusal_another_kind_no_name_or_an_old_one_allows_nothing(
    moved: Assignment, decision: ConsentDecision, fields: dict[str, Any]
) -> None:
    consent(moved, decision, date(2025, 3, 10), **fields)
    assert finding(moved.contract).outcome == Outcome.NOT_MET


def test_it_names_a_person_of_its_own_vendor(moved: Assignment) -> None:
    stranger = make_operator(make_contract(check_ids=[]).vendor)
    with pytest.raises(ValidationError) as error:
        consent(moved, ConsentDecision.GRANTED, CHANGED, subject_pk=stranger.pk)
    assert set(error.value.message_dict) == {"subject_pk"}
    other = make_assignment(make_contract(check_ids=[]))
    with pytest.raises(ValidationError):
        consent(moved, ConsentDecision.GRANTED, CHANGED, subject_label="staffing.Assignment", subject_pk=other.pk)
