"""Numbers of persons are shown in part; whole only to who may, for a reason, on the record; nothing is cached."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from simple_history.models import HistoricalChanges

from contract.access.impact import HELD
from contract.choices import AccessKind
from contract.history.models import AccessEntry
from contract.models import Alert
from contract.roles import STAFF, VENDOR
from staffing.rules.former import Service, blocked_since
from staffing.services import assignments
from tests.api import V1, client_of, ok
from tests.contract.admin_helpers import make_alert
from tests.factories import make_assignment, make_contract, make_operator, make_roles, make_user
from tests.test_permissions import member

APPS = ("auth", "contract", "staffing", "hotline", "billing", "confidentiality", "knox")
# Columns of such a name that name no natural person: counts by day, legal persons, parts and places.
PERSONLESS = {"staffing.StaffDay", "contract.Party", "contract.Endpoint", "staffing.ServicePlace"}
PHONE, MASKED = "10012345678", "100******78"


@pytest.fixture
def person(db: None) -> Any:
    make_roles()
    contract = make_contract(check_ids=())
    operator = make_operator(contract.vendor, phone=PHONE)
    make_assignment(contract, operator)
    operator.contract = contract
    return operator


def office(person: Any, *permissions: str) -> Client:
    user = make_user(party=person.contract.office, is_staff=True, permissions=permissions)
    client = Client()
    client.force_login(user)
    return client


def test_no_answer_page_or_list_shows_a_whole_telephone(person: Any) -> None:
    hr = client_of(member(VENDOR, person.contract.vendor))
    assert ok(hr.get(f"{V1}/operators/{person.pk}"))["phone_masked"] == MASKED
    assert PHONE not in str(ok(hr.get(f"{V1}/operators")))
    template = b"".join(hr.get(f"{V1}/operators/template.xlsx"))
    cells = [c.value for row in openpyxl.load_workbook(io.BytesIO(template)).active.iter_rows() for c in row]
    assert PHONE not in cells and MASKED in cells
    clerk = office(person, "staffing.view_operator", "staffing.change_operator", "contract.view_changeentry")
    reader = office(person, "staffing.view_operator")
    for client in (clerk, reader):
        for name in ("change", "history"):
            page = client.get(reverse(f"admin:staffing_operator_{name}", args=[person.pk]))
            assert page.status_code == 200 and PHONE not in page.content.decode()
    entries = clerk.get(reverse("admin:contract_changeentry_changelist"))
    assert PHONE not in entries.content.decode()


def test_the_list_sent_back_as_it_came_changes_nothing(person: Any) -> None:
    hr = client_of(member(VENDOR, person.contract.vendor))
    file = io.BytesIO(b"".join(hr.get(f"{V1}/operators/template.xlsx")))
    file.name = "x.xlsx"
    answer = ok(hr.post(f"{V1}/operators/import", {"file": file}, format="multipart"))
    person.refresh_from_db()
    assert answer["changed"] == 0 and person.phone == PHONE


def test_a_page_saved_without_a_new_telephone_keeps_the_old_one(person: Any) -> None:
    clerk = office(person, "staffing.view_operator", "staffing.change_operator")
    url = reverse("admin:staffing_operator_change", args=[person.pk])
    data = {
        "employee_number": person.employee_number,
        "name": person.name,
        "sex": person.sex,
        "hired_on": date(2024, 9, 1),
    }
    assert clerk.post(url, data | {"resident_id": "", "phone": "", "education": ""}).status_code == 302
    person.refresh_from_db()
    assert person.phone == PHONE


def test_whole_numbers_are_shown_for_a_reason_to_who_may_and_it_is_noted(person: Any) -> None:
    url = reverse("admin:staffing_operator_unmask", args=[person.pk])
    assert office(person, "staffing.view_operator", "staffing.change_operator").get(url).status_code == 403
    client = office(person, "staffing.view_operator", "staffing.unmask_operator")
    assert PHONE not in client.get(url).content.decode()
    assert PHONE not in client.post(url, {"reason": "x"}).content.decode()
    assert not AccessEntry.objects.filter(kind=AccessKind.SHOWN).exists()
    page = client.post(url, {"reason": "核对社保缴费记录"})
    assert PHONE in page.content.decode() and person.resident_id in page.content.decode()
    row = AccessEntry.objects.get(kind=AccessKind.SHOWN)
    assert (row.note, row.row_key) == ("核对社保缴费记录", str(person.pk)) and row.user_pk is not None
    assert "no-store" in page["Cache-Control"]


def test_of_another_office_nobody_sees_whole_numbers(person: Any) -> None:
    other = make_contract(check_ids=())
    person.contract = other
    client = office(person, "staffing.view_operator", "staffing.unmask_operator")
    url = reverse("admin:staffing_operator_unmask", args=[person.pk])
    assert client.post(url, {"reason": "核对社保缴费记录"}).status_code == 404


def test_nothing_of_the_pages_and_the_interface_is_kept_by_a_browser(person: Any) -> None:
    for answer in (
        client_of(member(STAFF, person.contract.office)).get(f"{V1}/operators"),
        client_of().get(f"{V1}/operators"),
        office(person, "staffing.view_operator").get(reverse("admin:staffing_operator_changelist")),
    ):
        assert "no-store" in answer["Cache-Control"]


def test_whole_numbers_of_who_has_left_are_blocked_once_the_contract_is_over(person: Any, settings: Any) -> None:
    url = reverse("admin:staffing_operator_unmask", args=[person.pk])
    client = office(person, "staffing.view_operator", "staffing.unmask_operator")
    last = person.contract.last_day
    assignments.correct(person.assignments.get(), ends_on=date(2025, 3, 31), end_reason="resignation")
    alert = make_alert(person.contract)
    for day, status, is_shown in (
        (last, "closed", True),
        (last + timedelta(days=1), "open", True),
        (last + timedelta(days=1), "closed", False),
    ):
        Alert.objects.filter(pk=alert.pk).update(status=status)
        settings.DEMONSTRATION_DAY = day.isoformat()
        page = client.post(url, {"reason": "核对社保缴费记录"}).content.decode()
        assert (PHONE in page, "封存" in page) == (is_shown, not is_shown), (day, status)
    assert AccessEntry.objects.filter(kind=AccessKind.SHOWN).count() == 2


@pytest.mark.parametrize(
    ("services", "since"),
    [
        ([], None),
        ([Service(None, date(2025, 9, 30))], None),
        ([Service(date(2025, 3, 31), date(2025, 9, 30))], date(2025, 9, 30)),
        ([Service(date(2025, 3, 31), date(2025, 9, 30), has_open_case=True)], None),
        ([Service(date(2025, 3, 31), date(2025, 9, 30)), Service(date(2026, 1, 5), date(2026, 9, 30))], None),
        ([Service(date(2025, 10, 31), date(2025, 9, 30))], date(2025, 10, 31)),
    ],
)
def test_numbers_are_needed_until_the_last_service_and_the_last_contract_end(services: Any, since: Any) -> None:
    assert blocked_since(services, date(2025, 11, 1)) == since
    assert blocked_since(services, date(2025, 9, 30)) is None  # the day itself is the last on which they are


def test_every_table_that_holds_something_of_a_person_is_in_the_assessment_and_the_page_shows_it(person: Any) -> None:
    named = {label for held in HELD for label in held.labels}
    telling = {"phone", "resident_id", "username", "email", "absent", "deputy", "operator", "recipient", "address"}
    holding = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in APPS and not issubclass(model, HistoricalChanges) and not model._meta.proxy
        for field in model._meta.concrete_fields
        if field.name in telling
    }
    assert holding - named - PERSONLESS == set()
    clerk = office(person, "contract.view_evaluationrun")
    page = clerk.get(reverse("admin:contract_impact")).content.decode()
    assert all(word in page for word in ("身份证号码", "电话", "十五年", "第二十八条", "访问日志"))
    assert office(person, "staffing.view_operator").get(reverse("admin:contract_impact")).status_code == 403
