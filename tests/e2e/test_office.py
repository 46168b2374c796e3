"""The office's day in a browser: sign in, read an alert, decide by two people."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contract import records, services
from contract.choices import AlertStatus, RunTrigger
from contract.models import Alert, Contract
from kit import clock
from staffing.models import Assignment, Operator
from staffing.services import assignments
from tests.api import V1, client_of, ok
from tests.contract.admin_helpers import office_user
from tests.contract.cases import handler, heard, hr
from tests.factories import make_contract, make_party, make_user
from tests.papers import PDF
from tests.staffing.test_admin import valid_id

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contract() -> Contract:
    """Six weeks into a contract: one person has left long ago, and nobody came."""
    today = clock.today()
    begun = today - timedelta(days=45)
    contract = make_contract(
        title="12345 政务服务便民热线话务服务",
        office=make_party("示例市人民政府办公室"),
        vendor=make_party("示例市话务服务有限责任公司"),
        starts_on=begun,
        ends_on=begun + timedelta(days=364),
        terms={"headcount": 3},
    )
    for serial, name in ((1, "赵敏"), (2, "钱丽"), (3, "孙强")):
        person = records.enter(
            Operator(
                vendor=contract.vendor,
                employee_number=f"HT{serial:03d}",
                name=name,
                resident_id=valid_id(serial),
                hired_on=begun,
            )
        )
        row = assignments.enter(Assignment(contract=contract, operator=person, starts_on=begun))
    assignments.correct(row, ends_on=today - timedelta(days=30), end_reason="resignation")
    services.evaluate(as_of=today, today=today, at=clock.now(), trigger=RunTrigger.COMMAND)
    return contract


@pytest.fixture
def alert(contract: Contract) -> Alert:
    """One about which the vendor was heard."""
    alert = Alert.objects.get(check_id="staffing.backfill", contract=contract)
    return heard(alert, handler(contract), hr(contract), clock.today())


@pytest.fixture
def people(contract: Contract) -> tuple[User, User]:
    return (office_user(contract, "wangmin", last_name="王敏"), office_user(contract, "liqiang", last_name="李强"))


def test_an_alert_becomes_a_breach_by_two_people(alert: Alert, people: tuple[User, User], newcomer: Any) -> None:
    first, second = newcomer(), newcomer()

    first.open("/admin/")
    first.shot("login")
    first.sign_in(people[0])
    assert first.page.locator("h2", has_text="12345 政务服务便民热线话务服务").count() == 1
    first.shot("home")
    first.go("#nav-sidebar >> text=预警")
    first.shot("alerts")
    first.go(f"#result_list a[href*='/alert/{alert.pk}/']")
    first.shot("alert")
    first.page.check("input[name=decision][value=confirm]")
    first.page.fill("textarea[name=reason]", "已核对离岗登记和考勤，逾期属实。")
    first.go("button[value=propose]")
    assert "这是您本人提出的处理意见" in first.page.inner_text("body")
    first.shot("alert-proposed")

    second.sign_in(people[1])
    second.go("text=待您复核")
    second.go(f"#result_list a[href*='/alert/{alert.pk}/']")
    assert "已核对离岗登记和考勤，逾期属实。" in second.page.inner_text("body")
    second.page.fill("textarea[name=second_reason]", "同意。")
    second.go("button[value=approve]")
    second.go(".o-next button[type=submit]")  # what is about to happen was read
    second.shot("alert-confirmed")

    alert.refresh_from_db()
    assert alert.status == AlertStatus.CONFIRMED
    assert first.faults + second.faults == []


def test_a_case_is_told_answered_decided_and_closed(
    contract: Contract, people: tuple[User, User], newcomer: Any
) -> None:
    """The office in the browser, the vendor over the API, each in its turn."""
    alert = Alert.objects.get(check_id="staffing.backfill", contract=contract)
    first, second, vendor = newcomer(), newcomer(), client_of(hr(contract, "hr"))
    page = f"/admin/contract/alert/{alert.pk}/change/"

    def press(office: Any, step: str, fields: dict[str, str]) -> None:
        for name, text in fields.items():
            office.page.fill(f"form:has(button[value={step}]) [name={name}]", text)
        office.go(f"button[value={step}]")
        if office.page.query_selector("input[name=confirmed]"):
            office.shot(f"about-to-{step}")
            office.go(".o-next button[type=submit]")

    first.sign_in(people[0])
    assert "待您办理" in first.page.inner_text("body")
    first.shot("home-waiting")
    first.open(page)
    first.shot("case-raised")
    first.page.select_option("form:has(button[value=notify]) [name=means]", "letter")
    told = {"arrived_on": str(clock.today()), "recipient": "乙方收发室", "document": "催告〔2025〕1号"}
    press(first, "notify", told)
    assert "乙方：陈述" in first.page.inner_text("body")

    asked = ok(vendor.get(f"{V1}/alerts/asked"))["results"]
    (mine,) = [row for row in asked if row["id"] == alert.pk]
    assert (mine["ball"]["holder"], mine["ball"]["step"]) == ("vendor", "answer")
    until = date.fromisoformat(mine["answer_due_on"]) + timedelta(days=3)
    more = {"until_on": str(until), "reason": "等待医院盖章"}
    ok(vendor.post(f"{V1}/alerts/{alert.pk}/extensions", more, format="json"), 201)
    first.open(page)
    first.shot("case-more-time")
    press(first, "grant", {"decision_reason": "理由成立"})
    answer = {"statement": "人选已定，下周到岗。", "files": [SimpleUploadedFile("a.pdf", PDF)]}
    ok(vendor.post(f"{V1}/alerts/{alert.pk}/responses", answer, format="multipart"), 201)

    first.open(page)
    assert "人选已定，下周到岗。" in first.page.inner_text("body")
    first.page.check("input[name=decision][value=confirm]")
    press(first, "propose", {"reason": "逾期属实。"})
    second.sign_in(people[1])
    second.open(page)
    press(second, "approve", {"second_reason": "同意。"})
    first.open(page)
    press(first, "close", {"closing_reason": "已列入结算单。"})
    first.shot("case-closed")
    alert.refresh_from_db()
    assert (alert.status, alert.standing) == (AlertStatus.CLOSED, AlertStatus.CONFIRMED)
    seen = ok(vendor.get(f"{V1}/alerts/{alert.pk}"))
    assert [row["reason"] for row in seen["decisions"]] == ["逾期属实。"]
    assert first.faults + second.faults == []


def test_lists_and_forms_open_without_a_fault(contract: Contract, people: tuple[User, User], newcomer: Any) -> None:
    office = newcomer()
    office.sign_in(people[0])
    for model in (
        "contract_contract",
        "contract_clause",
        "contract_policy",
        "contract_assessment",
        "contract_evaluationrun",
        "staffing_operator",
        "staffing_assignment",
        "staffing_attendance",
        "staffing_staffday",
        "staffing_leave",
        "staffing_gap",
        "staffing_replacementdemand",
    ):
        office.open(reverse(f"admin:{model}_changelist"))
        office.shot(f"list-{model}")
    for model in ("staffing_operator", "staffing_assignment", "staffing_leave"):
        office.open(reverse(f"admin:{model}_add"))
        office.shot(f"add-{model}")
    office.open(reverse("admin:contract_contract_change", args=[contract.pk]))
    office.shot("contract")
    assert office.faults == []


def test_the_skip_link_is_the_first_stop_of_the_keyboard(people: tuple[User, User], newcomer: Any) -> None:
    office = newcomer()
    office.sign_in(people[0])
    office.page.keyboard.press("Tab")
    assert office.page.evaluate("document.activeElement.className") == "skip-link"
    assert office.page.locator(".skip-link").bounding_box()["y"] >= 0


def test_a_vendors_person_stays_outside(contract: Contract, newcomer: Any) -> None:
    vendor = newcomer()
    vendor.sign_in(make_user("hr", party=contract.vendor))
    assert vendor.page.url.endswith("/portal/")
    vendor.open("/admin/")
    assert vendor.page.url.endswith("/portal/")
