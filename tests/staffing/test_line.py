"""The page of a person: everything on record in the order of time, of contracts that the reader sees."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from confidentiality.models import Undertaking
from contract import records
from contract.choices import Outcome
from contract.models import Contract
from staffing.choices import LeaveKind
from staffing.models import Leave, Operator, Training
from staffing.services import assignments, leaves
from tests.contract.admin_helpers import has, lacks, make_alert, office_user, signed_in
from tests.factories import make_assignment, make_contract, make_operator, make_user
from tests.staffing.helpers import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(contract: Contract) -> Operator:
    operator = make_operator(contract.vendor, name="王小红")
    row = make_assignment(contract, operator)
    span: dict[str, Any] = {"starts_on": date(2024, 11, 4), "ends_on": date(2024, 11, 6), "reported_at": NOON}
    leaves.enter(Leave(contract=contract, operator=operator, kind=LeaveKind.SICK, **span))
    assignments.correct(row, ends_on=date(2024, 12, 31), end_reason="resignation")
    today = date(2025, 3, 1)
    span = {"starts_on": date(2024, 8, 1), "ends_on": date(2024, 9, 10)}
    records.enter(Training(contract=contract, operator=operator, topic="上岗培训", **span), today=today)
    paper = {"signed_on": date(2024, 9, 28), "document_number": "保-7"}
    records.enter(Undertaking(contract=contract, operator=operator, **paper), today=today)
    return operator


def line(operator: Operator) -> str:
    return reverse("admin:staffing_operator_line", args=[operator.pk])


def test_the_line_holds_what_every_house_keeps_of_the_person(contract: Contract, operator: Operator) -> None:
    shown = signed_in(office_user(contract)).get(line(operator))
    has(shown, "上岗培训", "保-7", "病假", "缺岗", "2024-12-31", "<svg")


def test_an_open_alert_about_the_person_is_what_is_missing(contract: Contract, operator: Operator) -> None:
    about: dict[str, Any] = {"subject_label": "staffing.Operator", "subject_pk": operator.pk}
    alert = make_alert(contract, outcome=Outcome.NOT_MET, **about)
    make_alert(contract, key="old", status="closed", outcome=Outcome.NOT_MET, message_id="早已结案", **about)
    shown = signed_in(office_user(contract)).get(line(operator))
    has(shown, reverse("admin:contract_alert_change", args=[alert.pk]))
    lacks(shown, ["早已结案", "没有涉及此人的未结预警"])


def test_a_reader_sees_of_the_line_what_they_may_read(contract: Contract, operator: Operator) -> None:
    reader = make_user(
        party=contract.office, is_staff=True, permissions=["staffing.view_operator", "staffing.view_leave"]
    )
    shown = signed_in(reader).get(line(operator))
    has(shown, "病假")
    lacks(shown, ["上岗培训", "保-7"])


def test_another_offices_person_has_no_line(operator: Operator) -> None:
    assert signed_in(office_user(make_contract(number="X-3"))).get(line(operator)).status_code == 404


def test_the_form_of_a_person_leads_to_the_line(contract: Contract, operator: Operator) -> None:
    client = signed_in(office_user(contract))
    page = client.get(reverse("admin:staffing_operator_change", args=[operator.pk]))
    way = reverse("admin:staffing_operator_to_line", args=[operator.pk])
    has(page, way)
    assert client.get(way).headers["Location"] == line(operator)
