"""The mornings of finance, the auditor and the system's administrator, each in Chinese and in a browser."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from billing.models import Instalment, Payment
from contract import services
from contract.choices import RunTrigger
from contract.history.tasks import verify_change_log
from contract.models import Alert, EvaluationRun
from contract.roles import AUDITOR, FINANCE, SYSTEM_ADMIN, create_roles
from kit import clock
from law.periods import last_day_of_term
from tests.billing.factories import make_acceptance, make_instalments, make_invoice, make_payment
from tests.contract.admin_helpers import make_alert
from tests.e2e.test_workbench import serious
from tests.factories import make_contract, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def person(role: str, name: str, party: Any = None) -> User:
    create_roles()
    made = make_user(name, party=party, is_staff=True)
    made.groups.add(Group.objects.get(name=role))
    return made


def invoiced(instalment: Instalment, day: date) -> None:
    """Its invoice, of the year of the day."""
    number = f"{day:%y}412000000000{instalment.sequence:06d}"
    make_invoice(instalment, today=clock.today(), issued_on=day, received_on=day, number=number)


def follow(office: Any, click: str) -> str:
    """Press what the selector names; what the next page says."""
    office.page.click(click)
    office.page.wait_for_load_state("networkidle")
    text: str = office.page.inner_text("main")
    return text


@pytest.fixture
def third() -> Instalment:
    """The third quarter, which has ended; those before it are paid."""
    today = clock.today()
    first = (today.replace(day=1) - timedelta(days=280)).replace(day=1)
    contract = make_contract(starts_on=first, ends_on=last_day_of_term(first, years=1))
    one, two, three, _four = make_instalments(contract)
    for row in (one, two):
        day = row.period_end + timedelta(days=3)
        invoiced(row, day)
        make_acceptance(row, accepted_on=day, today=today)
        make_payment(row, paid_on=day, today=today)
    return three


def test_finance_sees_what_the_third_quarter_lacks_and_then_pays_it(third: Instalment, newcomer: Any) -> None:
    finance = newcomer()
    finance.sign_in(person(FINANCE, "caiwu", third.contract.office))
    tile = finance.page.inner_text("section:has(h3:has-text('下一期付款'))")
    for said in ("第 3 期（共 4 期）", "尚未收到", "尚未验收", "尚未生成"):
        assert said in tile
    assert serious(finance) == []
    text = follow(finance, "section:has(h3:has-text('下一期付款')) .o-figure a")
    assert "尚未收到发票" in text and "尚未验收" in text and Payment.objects.count() == 2

    today = clock.today()
    invoiced(third, today)
    make_acceptance(third, accepted_on=today, today=today)
    follow(finance, "a:has-text('总览')")
    follow(finance, "section:has(h3:has-text('下一期付款')) .o-figure a")
    follow(finance, "a:has-text('登记付款')")
    assert finance.page.input_value("[name=amount]") == str(third.amount)
    finance.shot("finance-pays")
    finance.page.fill("[name=reference]", "PZ-2025-0301")
    follow(finance, "[name=_save]")
    if finance.page.query_selector("input[name=confirmed]"):
        follow(finance, ".o-next button[type=submit]")
    paid = Payment.objects.get(instalment=third)
    assert (paid.amount, paid.reference) == (third.amount, "PZ-2025-0301")
    follow(finance, "a:has-text('总览')")
    assert "第 4 期（共 4 期）" in finance.page.inner_text("section:has(h3:has-text('下一期付款'))")
    assert finance.faults == []


@pytest.fixture
def alert() -> Alert:
    today = clock.today()
    contract = make_contract(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=200))
    alert = make_alert(contract)
    make_payment(make_instalments(contract)[0], paid_on=today, amount=1, today=today)
    verify_change_log()
    return alert


def test_the_auditor_reads_the_chain_of_evidence_and_can_change_nothing(alert: Alert, newcomer: Any) -> None:
    auditor = newcomer()
    auditor.sign_in(person(AUDITOR, "shenji", alert.contract.office))
    home = auditor.page.inner_text("main")
    assert "变更日志" in home and "全部相符" in home  # the log was compared
    assert serious(auditor) == []
    auditor.open(reverse("admin:contract_alert_change", args=[alert.pk]))
    page = auditor.page
    assert "证据" in page.inner_text("main") and "历次评估" in page.inner_text("main")
    assert page.locator("main form[method=post] [type=submit]").count() == 0  # no step is offered
    with page.expect_download() as waiting:
        page.click("a:has-text('导出卷宗')")
    assert waiting.value.suggested_filename.endswith(".zip")

    follow(auditor, "#nav-sidebar >> text=变更日志")
    text = follow(auditor, "#result_list tbody a >> nth=0")
    assert "链上序号" in text and re.search(r"\b[0-9a-f]{64}\b", text)
    auditor.open(reverse("admin:billing_ledger"))
    with page.expect_download() as waiting:
        page.click("a:has-text('CSV') >> nth=0")
    assert waiting.value.suggested_filename.endswith(".csv")
    for adds in ("billing_payment_add", "contract_term_add", "billing_acceptance_add"):
        auditor.page.goto(auditor.address + reverse(f"admin:{adds}"))
        assert page.locator("[name=_save]").count() == 0
    assert [fault for fault in auditor.faults if "403" not in fault] == []


def test_the_systems_administrator_sees_accounts_health_and_backup_and_no_case(
    alert: Alert, newcomer: Any, client: Any
) -> None:
    today = clock.today()
    services.evaluate(as_of=today, today=today, at=clock.now(), trigger=RunTrigger.COMMAND)
    failed = EvaluationRun.objects.create(
        as_of=today,
        trigger=RunTrigger.SCHEDULE,
        status="failed",
        started_at=clock.now(),
        finished_at=clock.now(),
        error="the worker died",
    )
    system = newcomer()
    system.sign_in(person(SYSTEM_ADMIN, "xitong"))
    page, home = system.page, system.page.inner_text("main")
    assert "备份" in home and alert.contract.title not in home
    assert serious(system) == []
    system.shot("system-administrator")
    follow(system, "#nav-sidebar >> text=用户")
    text = follow(system, "a[href$='/user/add/']")
    assert page.locator("[name=username]").count() == 1 and "角色" not in page.locator("form#user_form").inner_text()

    system.open(reverse("admin:contract_evaluationrun_changelist"))
    assert "失败" in page.inner_text("#result_list")
    system.open(reverse("admin:contract_evaluationrun_change", args=[failed.pk]))
    assert "the worker died" in page.inner_text("main")
    assert client.get(reverse("health-ready")).status_code in (200, 503)
    page.goto(system.address + reverse("admin:contract_alert_change", args=[alert.pk]))
    assert alert.contract.title not in page.inner_text("body")  # no case is theirs
    assert [fault for fault in system.faults if "403" not in fault] == []
    assert text
