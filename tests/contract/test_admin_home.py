"""The home page tells how each contract stands, and what is wrong with the telling."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract import dashboard
from contract.choices import Outcome
from contract.models import Contract
from contract.roles import AUDITOR, FINANCE, REVIEWER, STAFF
from tests.contract.admin_helpers import AT, has, lacks, make_alert, make_assessment, make_run, office_user, signed_in
from tests.contract.cases import handler, heard, hr
from tests.factories import make_contract, make_party, make_roles, make_user, set_policy

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")


@pytest.fixture
def contract() -> Contract:
    return make_contract(title="示例市热线话务服务")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(AT + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def test_an_empty_system_says_how_to_begin() -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    page = signed_in(root).get(HOME)
    has(page, "目前还没有合同", reverse("admin:contract_contract_begin"))
    lacks(page, ["data-alarm"])


def test_a_person_without_a_party_is_told_whom_to_ask(contract: Contract) -> None:
    stranger = make_user(is_staff=True)
    has(signed_in(stranger).get(HOME), "请联系系统管理员")


def test_it_shows_the_contracts_of_the_readers_parties_only(contract: Contract) -> None:
    make_contract(title="外市热线话务服务")
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "示例市热线话务服务", "履行中")
    lacks(page, ["外市热线话务服务"])


def test_it_says_when_the_last_evaluation_was(contract: Contract) -> None:
    make_run().covers.add(contract)
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "2025-03-04 09:00")
    lacks(page, ["data-alarm"])


def test_the_frozen_day_of_the_sample_is_shown(contract: Contract, settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-02-14"
    has(signed_in(office_user(contract)).get(HOME), "示例数据", "2025-02-14")


def test_alerts_are_counted_by_finding_and_lead_to_the_list(contract: Contract) -> None:
    for n in range(3):
        make_alert(contract, key=f"a{n}", check_id="staffing.on_post_rate")
    lone = make_alert(contract, key="b", outcome=Outcome.AT_RISK, subject_name="唯一一人")
    make_alert(contract, key="c", status="confirmed")
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "<b>3</b>", "<b>1</b>", "3 项", "唯一一人", "check=staffing.on_post_rate")
    has(page, reverse("admin:contract_alert_change", args=[lone.pk]))


def test_what_is_coming_ends_after_two_weeks(contract: Contract) -> None:
    today = date(2025, 3, 4)
    for days, name in ((-1, "昨日"), (0, "今日事"), (14, "第十四日"), (15, "第十五日")):
        due_on = today + timedelta(days=days)
        make_assessment(
            contract, key=name, outcome=Outcome.PENDING, subject_name=name, nominal_due_on=due_on, legal_due_on=due_on
        )
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "今日事", "第十四日")
    lacks(page, ["昨日", "第十五日"])


def test_unconfirmed_readings_are_named_until_both_sides_confirm(contract: Contract) -> None:
    user = office_user(contract)
    has(signed_in(user).get(HOME), "口径待双方书面确认")
    for key, definition in dashboard.POLICIES.items():
        row = set_policy(contract, key, definition.write(definition.default))
        row.confirmed_on = contract.starts_on
        row.save()
    lacks(signed_in(user).get(HOME), ["口径待双方书面确认"])


def test_the_second_person_is_asked(contract: Contract) -> None:
    alert = heard(make_alert(contract), handler(contract), hr(contract))
    first, second = office_user(contract), office_user(contract)
    url = reverse("admin:contract_alert_change", args=[alert.pk])
    data = {"step": "propose", "decision": "confirm", "reason": "属实", "version": alert.version}
    signed_in(first).post(url, data)
    has(signed_in(second).get(HOME), "待您复核")
    lacks(signed_in(first).get(HOME), ["待您复核"])


def test_a_section_that_crashes_leaves_the_others(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(board: dashboard.Board) -> Mapping[int, Any]:
        raise RuntimeError("broken")

    broken = dashboard.Section("test.broken", "none.html", 1, "contract.view_alert", crash)
    monkeypatch.setitem(dashboard._sections, "test.broken", broken)
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "test.broken", "暂时无法显示", "待处理预警")
    lacks(page, ["RuntimeError"])


def test_a_contract_without_figures_is_shown_all_the_same() -> None:
    office = make_party()
    contract = Contract.objects.create(
        number="T-bare",
        title="尚未登记数值",
        office=office,
        vendor=make_party(),
        signed_on="2024-10-01",
        starts_on="2024-10-01",
        ends_on="2025-09-30",
    )
    page = signed_in(office_user(contract)).get(HOME)
    has(page, "没有任何条款挂接检查", "缺少约定指标")
    lacks(page, ["暂时无法显示"])


@pytest.mark.parametrize("role", [STAFF, REVIEWER, FINANCE, AUDITOR])
def test_the_page_asks_twenty_questions_at_most_however_many_contracts(contract: Contract, role: str) -> None:
    make_roles()
    user = make_user("reader", party=contract.office, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    make_alert(contract)
    client = signed_in(user)

    def questions() -> int:
        client.get(HOME)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(HOME).status_code == 200
        return len(asked)

    one = questions()
    for n in range(2):
        other = make_contract(office=contract.office, title=f"另一合同{n}")
        for key in "abc":
            make_alert(other, key=key, check_id="staffing.on_post_rate")
    assert questions() == one
    assert one <= 19


def test_the_number_in_the_menu_is_the_same_on_home_and_elsewhere(contract: Contract) -> None:
    make_alert(contract)
    make_alert(contract, key="closed", status="confirmed")
    client = signed_in(office_user(contract))
    for page in (HOME, reverse("admin:contract_contract_changelist")):
        has(client.get(page), "预警</span><b>1</b>")


def test_what_is_due_leads_to_the_page_where_it_is_done(contract: Contract) -> None:
    due_on = date(2025, 3, 10)
    make_assessment(
        contract,
        key="due",
        outcome=Outcome.PENDING,
        subject_label="billing.Instalment",
        subject_pk=7,
        nominal_due_on=due_on,
        legal_due_on=due_on,
    )
    has(signed_in(office_user(contract)).get(HOME), reverse("admin:billing_instalment_change", args=[7]))
