"""With more contracts than the home page has cards for, it is an overview: by region, searched, in pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract.choices import AlertStatus, Outcome
from contract.dashboard import CONTRACTS_SHOWN
from contract.dashboard.overview import ON_A_PAGE
from contract.models import Contract
from tests.contract.admin_helpers import AT, has, lacks, make_alert, make_run, office_user, signed_in
from tests.factories import make_contract, make_party, make_user

pytestmark = pytest.mark.django_db
HOME = reverse("admin:index")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(AT + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def signed(number: int, region: str = "", title: str = "热线服务", **fields: Any) -> list[Contract]:
    """So many contracts of one office of a region."""
    office = make_party(region=region)
    return [make_contract(office=office, title=f"{region}{title}{n:03}", **fields) for n in range(number)]


@pytest.fixture
def client() -> Any:
    return signed_in(make_user("root", is_staff=True, is_superuser=True))


def line(contract: Contract) -> str:
    """What only the line of this contract has."""
    return f"<small>{contract.number}</small>"


def row(page: Any, region: str) -> list[str]:
    """The cells of a region's line, without marks."""
    found = re.search(rf"<th scope=\"row\"><a[^>]*>{region}</a></th>(.*?)</tr>", page.content.decode(), re.S)
    assert found, region
    return [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.S)]


def test_up_to_twelve_contracts_have_their_cards_and_one_more_makes_an_overview(client: Any) -> None:
    signed(CONTRACTS_SHOWN)
    page = client.get(HOME)
    assert page.content.decode().count('<article class="o-card"') == CONTRACTS_SHOWN
    lacks(page, ["按地区汇总"])
    signed(1)
    page = client.get(HOME)
    has(page, "按地区汇总", "未填地区")
    lacks(page, ['<article class="o-card"'])


def test_a_region_counts_its_contracts_those_left_behind_and_its_alerts(client: Any) -> None:
    ours, _others = signed(8, "甲省乙市"), signed(5, "甲省丙市")
    ended = ours[-1]
    ended.terminated_on = (AT - timedelta(days=2)).date()
    ended.save()
    make_run(as_of=AT.date()).covers.add(*ours[:5])
    for one, outcome in ((ours[0], Outcome.NOT_MET), (ours[1], Outcome.NOT_MET), (ours[2], Outcome.AT_RISK)):
        make_alert(one, outcome=outcome)
    make_alert(ours[3], status=AlertStatus.DISMISSED)
    page = client.get(HOME)
    total, in_force, behind, alerts = row(page, "甲省乙市")
    assert (total, in_force, behind) == ("8", "7", "2")
    assert re.findall(r"\d+", alerts) == ["2", "1"]
    assert row(page, "甲省丙市") == ["5", "5", "5", "–"]
    assert row(page, "全部合同")[:3] == ["13", "12", "7"]


def test_a_region_leads_to_its_contracts_and_a_contract_to_its_card(client: Any) -> None:
    (first, *_rest), others = signed(9, "甲省乙市"), signed(9)
    page = client.get(HOME, {"region": "甲省乙市"})
    has(page, line(first), f"?contract={first.pk}")
    lacks(page, [line(others[0])])
    page = client.get(HOME, {"region": "-"})
    has(page, line(others[0]))
    lacks(page, [line(first)])
    page = client.get(HOME, {"contract": first.pk})
    assert page.content.decode().count('<article class="o-card"') == 1
    has(page, first.title, "全部合同")


def test_words_are_searched_in_number_title_office_vendor_and_region(client: Any) -> None:
    ours, others = signed(9, "甲省乙市"), signed(9, "甲省丙市")
    for words in (ours[3].number, "乙市 服务003", f"{ours[3].number} 乙市"):
        page = client.get(HOME, {"q": words})
        has(page, line(ours[3]))
        lacks(page, [line(others[3]), line(ours[4])])
    has(client.get(HOME, {"q": "无此合同"}), "没有符合条件的合同")
    has(client.get(HOME, {"q": "服务003", "region": "甲省丙市"}), line(others[3]))


@pytest.mark.parametrize("page", ["2", "0", "99", "x", "9" * 40])
def test_pages_come_in_order_and_an_impossible_one_is_the_nearest(client: Any, page: str) -> None:
    found = signed(ON_A_PAGE + 3, "甲省乙市")
    first, last = line(found[0]), line(found[-1])
    answer = client.get(HOME, {"page": page})
    on_first = page == "x"
    has(answer, first if on_first else last)
    lacks(answer, [last if on_first else first])
    has(answer, 'aria-current="page"')


@pytest.mark.parametrize(
    "query", ["contract=x", "contract=" + "9" * 40, "contract=-1", "region=%00", "q=%00", "q=%25'"]
)
def test_an_odd_address_is_answered(client: Any, query: str) -> None:
    signed(CONTRACTS_SHOWN + 1)
    assert client.get(f"{HOME}?{query}").status_code == 200


def test_each_reader_sees_the_contracts_of_their_parties_and_alerts_by_permission(client: Any) -> None:
    ours, others = signed(13, "甲省乙市"), signed(3, "甲省丙市")
    make_alert(ours[0])
    handler = signed_in(office_user(ours[0]))
    page = handler.get(HOME)
    has(page, "甲省乙市", "待处理预警")
    lacks(page, ["甲省丙市"])
    lacks(handler.get(HOME, {"contract": others[0].pk}), ['<article class="o-card"', others[0].title])
    lacks(handler.get(HOME, {"q": others[0].number, "region": "甲省丙市"}), [f"?contract={others[0].pk}"])
    without = make_user(party=ours[0].office, is_staff=True)
    page = signed_in(without).get(HOME)
    has(page, "甲省乙市")
    lacks(page, [f"contract__id__exact={ours[0].pk}"])
    assert row(page, "甲省乙市") == ["13", "13", "13"]


def test_more_contracts_and_regions_take_no_more_queries(client: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(HOME).status_code == 200
        return len(found)

    signed(13, "甲省乙市")
    client.get(HOME)
    few = queries()
    for number in range(6):
        for one in signed(5, f"甲省第{number}市"):
            make_alert(one)
    assert queries() <= few <= 20
