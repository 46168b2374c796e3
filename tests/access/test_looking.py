"""What the eye found on the pages, kept: empty lists that promise nothing, whole amounts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from contract.models import Contract
from tests.access.test_pages import person
from tests.contract.duties import make_duties
from tests.factories import make_contract, make_roles

pytestmark = pytest.mark.django_db
EMPTY, NO_MATCH, ADD, RESET = "暂无记录。", "没有符合条件的记录。", '/billing/deposit/add/">', "清除筛选"


@pytest.fixture
def office_and_auditor() -> tuple[Contract, Client, Client]:
    make_roles()
    contract = make_contract(check_ids=())
    clients = []
    for letter in "SA":
        clients.append(Client())
        clients[-1].force_login(person(letter, contract))
    return contract, clients[0], clients[1]


def page_of(client: Client, name: str, *args: Any, **query: str) -> str:
    return client.get(reverse(f"admin:{name}", args=args), query).content.decode()


def test_an_empty_list_says_so_and_offers_adding_to_who_may(
    office_and_auditor: tuple[Contract, Client, Client],
) -> None:
    _contract, office, auditor = office_and_auditor
    for client, may_add in ((office, True), (auditor, False)):
        page = page_of(client, "billing_deposit_changelist")
        assert EMPTY in page and NO_MATCH not in page and RESET not in page
        assert (ADD in page) == may_add
        searched = page_of(client, "billing_deposit_changelist", q="x")
        assert NO_MATCH in searched and RESET in searched and EMPTY not in searched and ADD not in searched


def test_what_was_paid_before_a_subcontracting_is_written_with_its_thousands(
    office_and_auditor: tuple[Contract, Client, Client],
) -> None:
    contract, office, _auditor = office_and_auditor
    row = make_duties(contract)["subcontracting"]
    for paid, written in ((Decimal("1568672.29"), "1,568,672.29"), (None, "–")):
        type(row).objects.filter(pk=row.pk).update(paid=paid, found_on=date(2025, 3, 3))
        page = page_of(office, "contract_subcontracting_changelist")
        assert "field-paid_written" in page and written in page and "1568672" not in page


def test_the_time_beside_a_date_is_no_term() -> None:
    with override("zh-hans"):
        assert "时间" in (html := UnfoldAdminSplitDateTimeWidget().render("at", None)) and "期限" not in html
