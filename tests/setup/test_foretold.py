"""An amendment, a headcount order and a termination say before they are saved what they would change."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from contract.admin.confirmation import SEAL
from contract.duties.models import Amendment, HeadcountOrder
from contract.models import Contract, Term
from contract.roles import STAFF
from tests.factories import make_contract
from tests.setup.test_pages import client_of, person

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 3)


@pytest.fixture
def contract(settings: Any) -> Contract:
    settings.DEMONSTRATION_DAY = TODAY.isoformat()
    return make_contract()


@pytest.fixture
def handler(contract: Contract) -> Client:
    return client_of(person(STAFF, contract.office))


def told(page: Any) -> str:
    return "\n".join(page.context["consequences"])


def confirmed(client: Client, url: str, page: Any) -> Any:
    sent: dict[str, Any] = {SEAL: page.context["seal"]}
    for name, value in page.context["sent"]:
        sent.setdefault(name, []).append(value)
    return client.post(url, sent)


def test_a_headcount_order_shows_days_budget_and_alerts_and_writes_on_the_second_press(
    handler: Client, contract: Contract
) -> None:
    url = "/admin/contract/headcountorder/add/"
    sent = {"contract": contract.pk, "headcount": "47", "document": "〔2025〕5号", "issued_on": "2025-03-03"}
    page = handler.post(url, sent | {"effective_from": "2025-03-08", "arrived_on": "2025-03-03"})
    assert not HeadcountOrder.objects.exists() and not Term.objects.filter(value="47").exists()
    lines = told(page)
    # Seven days before Saturday 03-08 is 03-01: safe only a working day earlier, and the order binds a week on.
    assert "2025-02-28" in lines and "2025-03-01" in lines and "自2025-03-10起" in lines
    # 31 days of 45 are 1395 with 27 to miss; 9 of 45 and 22 of 47 are 1439 with 28.
    assert "2025-03应到人日／允许缺勤人日：1395 / 27 → 1439 / 28" in lines
    assert "人数调整通知期" in lines
    assert confirmed(handler, url, page).status_code == 302
    assert HeadcountOrder.objects.get().headcount == 47


def test_what_is_sent_otherwise_is_shown_anew(handler: Client, contract: Contract) -> None:
    url = "/admin/contract/headcountorder/add/"
    sent = {"contract": contract.pk, "headcount": "47", "document": "〔2025〕5号", "issued_on": "2025-03-03"}
    sent |= {"effective_from": "2025-04-01"}
    page = handler.post(url, sent)
    again = handler.post(url, sent | {"headcount": "48", SEAL: page.context["seal"]})
    assert again.context["consequences"] and not HeadcountOrder.objects.exists()


def test_what_the_service_refuses_is_said_at_once_and_not_previewed(handler: Client, contract: Contract) -> None:
    sent = {"contract": contract.pk, "headcount": "47", "document": "〔2025〕5号", "issued_on": "2025-03-03"}
    page = handler.post(
        "/admin/contract/headcountorder/add/", sent | {"effective_from": "2025-03-08", "arrived_on": "2025-03-20"}
    )
    assert "consequences" not in page.context and "2025-03-08" in page.content.decode()


def amendment(contract: Contract, agreed: str) -> dict[str, Any]:
    sent = {"contract": contract.pk, "title": "增加费用", "document": "补充协议一", "proposed_by": "office"}
    sent |= {"proposed_on": "2025-02-10", "arrived_on": "2025-02-10", "effective_from": "2025-04-01", "note": ""}
    sent |= {"office_agreed_on": agreed, "vendor_agreed_on": agreed, "withdrawn_on": ""}
    sent |= {"changes-TOTAL_FORMS": "1", "changes-INITIAL_FORMS": "0"}
    return sent | {"changes-0-key": "annual_fee", "changes-0-value": "2200000"}


def test_an_agreed_amendment_shows_what_the_fee_becomes(handler: Client, contract: Contract) -> None:
    url = "/admin/contract/amendment/add/"
    page = handler.post(url, amendment(contract, "2025-02-20"))
    assert not Amendment.objects.exists()
    lines = told(page)
    assert "合同期服务费（元）：2,091,733.33 → " in lines
    assert "2025-02-28" in lines  # a month before 04-01 is 03-01: safe a working day earlier
    assert confirmed(handler, url, page).status_code == 302
    assert Amendment.objects.get().changes.get().value


def test_a_proposal_that_nobody_has_agreed_to_moves_no_fee(handler: Client, contract: Contract) -> None:
    lines = told(handler.post("/admin/contract/amendment/add/", amendment(contract, "")))
    assert "服务费" not in lines


def change(contract: Contract, **fields: Any) -> dict[str, Any]:
    names = ("number", "title", "place_of_service", "arbitration_body", "office_agent", "vendor_agent")
    sent: dict[str, Any] = {name: getattr(contract, name) for name in names}
    days = ("signed_on", "tender_starts_on", "starts_on", "ends_on", "in_use_from", "terminated_on")
    sent |= {name: getattr(contract, name) or "" for name in days}
    sent |= {"office": contract.office_id, "vendor": contract.vendor_id}
    for prefix in ("term_rows", "policy_rows", "clauses"):
        sent |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return sent | fields


def test_a_termination_shows_fee_budget_and_the_last_days_of_its_notice(handler: Client, contract: Contract) -> None:
    url = f"/admin/contract/contract/{contract.pk}/change/"
    page = handler.post(url, change(contract, terminated_on="2025-05-31"))
    lines = told(page)
    contract.refresh_from_db()
    assert contract.terminated_on is None
    assert "第五百六十五条" in lines and "合同期服务费（元）：2,091,733.33 → " in lines
    assert "2025-06应到人日／允许缺勤人日：1350 / 27 → –" in lines
    assert confirmed(handler, url, page).status_code == 302
    contract.refresh_from_db()
    assert contract.terminated_on == date(2025, 5, 31)


def test_a_change_of_the_title_is_saved_at_once(handler: Client, contract: Contract) -> None:
    url = f"/admin/contract/contract/{contract.pk}/change/"
    assert handler.post(url, change(contract, title="新名称")).status_code == 302
    contract.refresh_from_db()
    assert contract.title == "新名称"


def test_the_budget_of_a_month_that_is_over_is_not_foretold(handler: Client, contract: Contract) -> None:
    page = handler.post(
        f"/admin/contract/contract/{contract.pk}/change/",
        change(contract, terminated_on=(TODAY + timedelta(days=10)).isoformat()),
    )
    assert "2025-02应到" not in told(page) and "2025-03应到" in told(page)
