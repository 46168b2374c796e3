"""A consent that the vendor asked for, and the staff change that it allows (article 13.4)."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from contract import services as core
from contract.choices import ConsentDecision, ConsentKind, Outcome
from contract.duties.models import Consent
from contract.duties.services.consents import decide_consent, request_consent
from contract.findings import Finding
from contract.models import Contract
from staffing.models import Assignment, Operator
from staffing.services import assignments
from tests.contract.admin_helpers import office_user, signed_in
from tests.factories import make_assignment, make_contract, make_operator, make_user

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


def test_its_person_is_found_by_typing_among_the_people_whom_the_reader_may_see(moved: Assignment) -> None:
    stranger = make_operator(make_contract(check_ids=[]).vendor)
    client = signed_in(office_user(moved.contract))
    page = client.get(reverse("admin:contract_consent_add")).content.decode()
    assert 'data-model-name="assignment"' in page and moved.operator.name not in page
    asked = {"app_label": "staffing", "model_name": "assignment", "field_name": "operator"}
    for sought, found in ((moved.operator, [str(moved.operator_id)]), (stranger, [])):
        answer = client.get(reverse("admin:autocomplete"), asked | {"term": sought.employee_number})
        assert [row["id"] for row in answer.json()["results"]] == found


def test_no_form_lists_all_people_or_assignments() -> None:
    asked = RequestFactory().get("/")
    asked.user = make_user(is_staff=True, is_superuser=True)
    listed, picked = [], 0
    for model, model_admin in admin.site._registry.items():
        if not model_admin.has_add_permission(asked):
            continue
        inlines = [inline.get_formset(asked).form for inline in model_admin.get_inline_instances(asked)]
        for form in (model_admin.get_form(asked), *inlines):
            for name, field in form.base_fields.items():
                if getattr(getattr(field, "queryset", None), "model", None) in (Operator, Assignment):
                    widget = getattr(field.widget, "widget", field.widget)  # within the way to the record
                    picked += 1
                    listed += [] if isinstance(widget, AutocompleteSelect) else [f"{model.__name__}.{name}"]
    assert listed == [] and picked > 10
