"""The morning at the workbench: why a month failed, the report for the leader, keyboard, phone, and axe-core."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from contract import services
from contract.choices import RunTrigger
from contract.models import Alert, Contract
from contract.roles import STAFF, create_roles
from kit import clock
from tests.e2e import LONG
from tests.factories import make_user
from tests.staffing.helpers import a_november

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = (Path(__file__).parents[1] / "data" / "axe" / "axe.min.js").read_text()
MISSING = "15 + 4 = 19"
LISTS = (
    "contract_alert contract_contract contract_clause contract_policy contract_assessment contract_evaluationrun "
    "contract_notice staffing_operator staffing_assignment staffing_attendance staffing_leave staffing_gap "
    "billing_instalment billing_invoice billing_claim confidentiality_undertaking"
)
PAGES = (
    "admin:index",
    "tables",
    "admin:staffing_attendance_sheet",
    "admin:staffing_attendance_year",
    "admin:staffing_shift_sheet",
    "admin:contract_clause_board",
    "admin:billing_ledger",
    "admin:billing_bulletin",
    "admin:staffing_replacementdemand_add",
    "admin:contract_consent_add",
    *(f"admin:{name}_changelist" for name in LISTS.split()),
)


@pytest.fixture
def contract() -> Contract:
    contract = a_november()
    day = clock.today()
    services.evaluate(as_of=day, today=day, at=clock.now(), trigger=RunTrigger.COMMAND)
    return contract


@pytest.fixture
def person(contract: Contract) -> User:
    create_roles()
    person = make_user("wangmin", party=contract.office, is_staff=True, last_name="王敏")
    person.groups.add(Group.objects.get(name=STAFF))
    return person


@pytest.fixture
def office(person: User, newcomer: Any) -> Any:
    office = newcomer()
    office.sign_in(person)
    return office


def serious(office: Any) -> list[str]:
    """What axe-core finds on the open page that keeps somebody from using it."""
    office.page.evaluate(AXE)
    found = office.page.evaluate("axe.run()")["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]


def test_why_did_november_fail_and_who_takes_two_clicks(office: Any) -> None:
    office.go(".o-plot a[href*='month=2024-11']")
    assert MISSING in office.page.inner_text("main")
    office.go("section:has(#missing) tbody a >> nth=0")
    assert "辞职" in office.page.inner_text("main")
    assert office.faults == []


def test_the_alert_says_it_too_and_on_a_phone_the_next_step_comes_first(office: Any, contract: Contract) -> None:
    alert = Alert.objects.get(
        contract=contract, check_id="staffing.on_post_rate", assessment__period_start="2024-11-01"
    )
    office.open(reverse("admin:contract_alert_change", args=[alert.pk]))
    assert MISSING in office.page.inner_text("main") and "如何才能达标" in office.page.inner_text("main")
    office.page.set_viewport_size({"width": 390, "height": 844})
    office.page.wait_for_timeout(300)
    assert office.page.locator(".o-next").bounding_box()["y"] < 844
    assert not office.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_report_for_the_leader_takes_two_clicks(office: Any) -> None:
    office.go("text=呈报领导")
    assert "月度履约通报" in office.page.inner_text("main")
    with office.page.expect_download() as waiting:
        office.page.click("a:has-text('Word')")
    assert waiting.value.suggested_filename.endswith(".docx")


def test_the_menu_is_reached_by_tab_and_the_search_by_its_key(office: Any, contract: Contract) -> None:
    links = office.page.eval_on_selector_all(".o-menu a", "all => all.map(a => a.href)")
    reached = set()
    for _press in range(len(links) + 12):
        office.page.keyboard.press("Tab")
        reached.add(office.page.evaluate("document.activeElement.href || ''"))
    assert 3 <= len(links) <= 12 and set(links) <= reached
    office.page.evaluate("document.activeElement.blur()")
    office.page.keyboard.press("/")
    office.page.wait_for_timeout(200)
    name = contract.assignments.order_by("pk")[0].operator.name
    office.page.keyboard.type(name)
    office.page.keyboard.press("Enter")
    office.page.wait_for_load_state("networkidle")
    assert name in office.page.inner_text("main")


@LONG
def test_axe_finds_nothing_serious_on_any_page(office: Any) -> None:
    found = {}
    for name in PAGES:
        office.open(reverse(name))
        if faults := serious(office):
            found[name] = faults
    assert found == {} and len(PAGES) >= 24
