"""The pages of the first hour and of the next year: who may, what they say, and what a button does."""

import io
import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from billing.services import generate_instalments
from contract.access import accounts, handover
from contract.access.models import Account
from contract.models import Contract, Membership, Obligation, Party
from contract.reference import REFERENCE
from contract.roles import FINANCE, ROLES, SECURITY_ADMIN, STAFF, SYSTEM_ADMIN, VENDOR
from contract.services import look
from contract.setup import first
from kit import clock
from staffing.models import Assignment
from tests.contract.admin_helpers import Careful
from tests.factories import credit_code, make_contract, make_party, make_roles, make_user
from tests.staffing.test_admin import valid_id

pytestmark = pytest.mark.django_db
PAGES = ("setup", "checks", "readings", "evaluate", "renew", "first-list")


@pytest.fixture
def contract() -> Contract:
    return make_contract(starts_on=date(2024, 10, 1), ends_on=date(2030, 9, 30))


def person(role: str, party: Any = None, name: str = "wang") -> User:
    make_roles()
    user, _password = accounts.account(username=name)
    accounts.give(user, role=role, party=party)
    Account.objects.update(must_change=False)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def handler(contract: Contract) -> Client:
    return client_of(person(STAFF, contract.office))


def at(contract: Contract, name: str) -> str:
    return f"/admin/contract/contract/{contract.pk}/{name}/"


# --- Who may ------------------------------------------------------------------------------------

# Each role at each page; a contract of somebody else is not there for anybody.
MAY = {
    STAFF: {"setup": 200, "checks": 200, "readings": 200, "evaluate": 200, "renew": 200, "first-list": 200},
    FINANCE: {"setup": 200, "checks": 403, "readings": 403, "evaluate": 403, "renew": 403, "first-list": 403},
}


@pytest.mark.parametrize("role", [role for role in ROLES if role != VENDOR])
def test_each_role_at_each_page(role: str, contract: Contract) -> None:
    administrator = role.endswith("管理员")
    client = client_of(person(role, None if administrator else contract.office))
    wanted = dict.fromkeys(PAGES, 403) if administrator else MAY.get(role, MAY[FINANCE])
    assert {name: client.get(at(contract, name)).status_code for name in PAGES} == wanted
    begin = client.get("/admin/contract/contract/begin/").status_code
    assert begin == (200 if role == STAFF else 403)


@pytest.mark.parametrize("name", PAGES)
def test_a_contract_of_another_office_is_not_there(name: str, handler: Client) -> None:
    assert handler.get(at(make_contract(), name)).status_code == 404


def test_the_vendor_enters_none_of_them(contract: Contract) -> None:
    client = client_of(person(VENDOR, contract.vendor))
    assert {client.get(at(contract, name)).status_code for name in PAGES} == {302}


# --- The first pages ----------------------------------------------------------------------------


def administrators(client: Client, **fields: str) -> Any:
    sent = {"code": first.code(), "system": "xt", "security": "aq", "audit": "sj"}
    return client.post("/first/", sent | fields)


def test_an_empty_installation_leads_to_the_first_page(client: Client) -> None:
    assert client.get("/")["Location"] == "/first/"
    assert client.get("/admin/login/")["Location"] == "/first/"


def test_without_the_code_nobody_is_made(client: Client) -> None:
    assert "启动码不正确" in administrators(client, code="ABCD-EFGH-JKLM").content.decode()
    assert not User.objects.exists()
    assert client.get("/first/office/")["Location"] == "/admin/"


def test_with_the_code_three_administrators_are_made_and_the_page_is_gone(client: Client) -> None:
    page = administrators(client).content.decode()
    assert page.count("<code>") == 3
    assert {user.username for user in User.objects.filter(is_staff=True, is_superuser=False)} == {"xt", "aq", "sj"}
    assert client.get("/first/")["Location"] == "/first/office/"
    assert Client().get("/first/office/")["Location"] == "/admin/"  # only who had the code


def test_who_left_off_after_the_administrators_goes_on_with_the_code(client: Client) -> None:
    administrators(client)
    later = Client()
    assert later.get("/")["Location"] == "/first/"
    assert "启动码不正确" in later.post("/first/", {"code": "ABCD-EFGH-JKLM"}).content.decode()
    assert later.get("/first/office/")["Location"] == "/admin/"
    assert later.post("/first/", {"code": first.code()})["Location"] == "/first/office/"
    assert later.get("/first/office/").status_code == 200
    assert User.objects.count() == 3


def test_the_code_opens_nothing_once_the_office_has_its_people(client: Client) -> None:
    administrators(client)
    client.post("/first/office/", office_of(STAFF, VENDOR))
    assert Client().post("/first/", {"code": first.code()})["Location"] == "/admin/"


def test_a_first_password_can_be_copied_from_paper() -> None:
    assert not set("0O1Il") & set(accounts.first_password() * 50)
    assert len(accounts.first_password()) == 23


def office_of(*roles: str, code: str = "") -> dict[str, str]:
    sent = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0"}
    for side, number in (("office", 71), ("vendor", 72)):
        sent |= {f"{side}-name": side, f"{side}-credit_code": code or credit_code(number)}
    for place, role in enumerate(roles):
        sent |= {f"form-{place}-username": f"u{place}", f"form-{place}-name": "某人", f"form-{place}-role": role}
    return sent


def test_the_office_page_makes_both_sides_and_their_people(client: Client) -> None:
    administrators(client)
    client.post("/first/office/", office_of(STAFF, VENDOR))
    office, vendor = User.objects.get(username="u0"), User.objects.get(username="u1")
    assert (office.is_staff, office.memberships.get().party.name) == (True, "office")
    assert (vendor.is_staff, vendor.memberships.get().party.name) == (False, "vendor")
    assert client.get("/first/office/")["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("roles", "code", "told"),
    [((VENDOR,), "", "经办"), ((STAFF,), "123", "统一社会信用代码"), ((STAFF,), credit_code(71), "统一社会信用代码")],
)
def test_what_is_wrong_on_the_office_page_makes_nothing(
    roles: tuple[str, ...], code: str, told: str, client: Client
) -> None:
    administrators(client)
    page = client.post("/first/office/", office_of(*roles, code=code)).content.decode()
    assert told in page and 'role="alert"' in page
    assert not Membership.objects.exists() and not User.objects.filter(username="u0").exists()


# --- Begin, check, evaluate ---------------------------------------------------------------------


def test_a_contract_begins_from_a_document_that_is_sent(client: Client) -> None:
    office = make_party()
    handler = client_of(person(STAFF, office))
    text = REFERENCE.read_text().replace("11411200005802061W", office.credit_code)
    file = SimpleUploadedFile("contract.json", text.encode())
    answer = handler.post("/admin/contract/contract/begin/", {"source": "document", "file": file})
    assert answer.status_code == 302 and handler.get(answer["Location"]).status_code == 200
    assert Contract.objects.get().number == "SMX-12345-2024"


def test_a_document_of_an_office_that_one_does_not_act_for_is_refused_and_writes_nothing(client: Client) -> None:
    """Written, it would be nobody's to see, and its number would be taken."""
    handler, parties = client_of(person(STAFF, make_party("本单位"))), Party.objects.count()
    file = SimpleUploadedFile("contract.json", REFERENCE.read_bytes())
    page = handler.post("/admin/contract/contract/begin/", {"source": "document", "file": file}).content.decode()
    assert "11411200005802061W" in page and "本单位" in page and "未写入" in page
    assert not Contract.objects.exists() and Party.objects.count() == parties


@pytest.mark.parametrize("basis", ["whole_term", "contract_year", "month"])
def test_a_term_that_is_no_whole_year_says_what_its_fee_is_for(basis: str) -> None:
    office, vendor = make_party(), make_party()
    sent = {"source": "reference", "number": "N-1", "title": "热线合同", "office": office.pk, "vendor": vendor.pk}
    sent |= {"signed_on": "2026-01-05", "starts_on": "2026-01-10", "ends_on": "2026-12-31", "headcount": "3"}
    sent |= {"annual_fee": "240000", "fee_basis": basis, "payment_cycle_months": "3"}
    client_of(person(STAFF, office)).post("/admin/contract/contract/begin/", sent)
    assert Contract.objects.get().term_rows.get(key="fee_basis").value == basis


def test_a_faulty_document_says_what_is_wrong_and_writes_nothing() -> None:
    handler = client_of(person(STAFF, make_party()))
    file = SimpleUploadedFile("contract.json", b'{"contract": {}}')
    page = handler.post("/admin/contract/contract/begin/", {"source": "document", "file": file}).content.decode()
    assert "contract.number" in page
    assert not Contract.objects.exists()


def test_a_check_is_hung_on_a_clause_in_the_browser(handler: Client, contract: Contract) -> None:
    Obligation.objects.filter(contract=contract, check_id="staffing.headcount").delete()
    clause = contract.clauses.get(ref="1")
    page = handler.get(at(contract, "checks")).content.decode()
    assert 'name="staffing.headcount"' in page and "人员名单" in page
    handler.post(at(contract, "checks"), {"staffing.headcount": str(clause.pk), "staffing.backfill": "x"})
    assert contract.obligations.get(check_id="staffing.headcount").clause == clause


def test_a_clause_of_another_contract_carries_no_check_of_this_one(handler: Client, contract: Contract) -> None:
    Obligation.objects.filter(contract=contract, check_id="staffing.headcount").delete()
    foreign = make_contract().clauses.get(ref="1")
    handler.post(at(contract, "checks"), {"staffing.headcount": str(foreign.pk)})
    assert not contract.obligations.filter(check_id="staffing.headcount").exists()


def test_readings_are_confirmed_by_a_letter(handler: Client, contract: Contract) -> None:
    sent = {"keys": ["answer_days"], "confirmed_on": "2024-10-08", "confirmation": "〔2024〕3号"}
    handler.post(at(contract, "readings"), sent)
    row = contract.policy_rows.get(key="answer_days")
    assert (row.value, row.confirmed_on, row.confirmation) == ("5", date(2024, 10, 8), "〔2024〕3号")


def test_evaluating_now_says_what_changed_and_a_second_time_nothing(handler: Client, contract: Contract) -> None:
    assert "话务人员配置人数" in handler.post(at(contract, "evaluate")).content.decode()
    assert "没有变化" in handler.post(at(contract, "evaluate")).content.decode()
    assert contract.evaluations.order_by("-pk")[0].as_of == clock.today()


def first_list(handler: Client, contract: Contract, *rows: dict[str, Any]) -> Any:
    """The downloaded form, filled in and sent."""
    page = at(contract, "first-list")
    answer = handler.get(page, {"contract": contract.pk})
    book = load_workbook(io.BytesIO(b"".join(answer)))
    sheet: Any = book.active
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for place, row in enumerate(rows, 2):
        for head, value in row.items():
            sheet.cell(place, heads.index(head) + 1, value)
    filled = io.BytesIO()
    book.save(filled)
    return handler.post(page, {"file": SimpleUploadedFile("people.xlsx", filled.getvalue())})


def somebody(serial: int, **cells: Any) -> dict[str, Any]:
    named = {"工号": f"HT{serial:03d}", "姓名": f"某{serial}", "身份证号": valid_id(serial)}
    return named | {"入职日期": "2024-09-01", "到岗日期": "2024-10-01"} | cells


def test_the_first_list_puts_everybody_on_the_contract_and_is_asked_for_once(
    handler: Client, contract: Contract
) -> None:
    assert first_list(handler, contract, somebody(1), somebody(2)).status_code == 302
    assert Assignment.objects.filter(contract=contract).count() == 2
    assert handler.get(at(contract, "first-list")).status_code == 404


def test_one_wrong_row_of_the_first_list_takes_in_nobody(handler: Client, contract: Contract) -> None:
    page = first_list(handler, contract, somebody(1), somebody(2, 到岗日期="2031-01-01")).content.decode()
    assert "没有导入" in page or "未导入" in page
    assert not contract.vendor.operators.exists()


def test_the_next_term_is_made_once_and_both_stand_side_by_side(handler: Client, contract: Contract) -> None:
    sent = {"number": "N-2", "title": "二期", "signed_on": "2030-09-01", "starts_on": "2030-10-01"}
    sent |= {"ends_on": "2031-09-30", "headcount": "40", "annual_fee": "2000000", "fee_basis": "whole_term"}
    early = handler.post(at(contract, "renew"), sent | {"starts_on": "2030-09-30"}).content.decode()
    assert "2030-09-30" in early and not hasattr(Contract.objects.get(pk=contract.pk), "successor")
    handler.post(at(contract, "renew"), sent)
    page = handler.get(at(contract, "renew")).content.decode()
    assert "N-2" in page and 'name="annual_fee"' not in page


# --- Users --------------------------------------------------------------------------------------


def test_a_person_is_made_by_one_and_given_the_role_by_another(contract: Contract) -> None:
    system, security = person(SYSTEM_ADMIN, name="xt"), person(SECURITY_ADMIN, name="aq")
    sent = {"username": "li", "name": "李", "role": FINANCE, "party": contract.office.pk, "valid_until": "2029-12-31"}
    page = client_of(system).post("/admin/contract/contract/people/new/", sent).content.decode()
    user = User.objects.get(username="li")
    assert not user.groups.exists() and not user.is_staff
    client_of(security).post("/admin/contract/contract/people/", {"user": user.pk})
    user.refresh_from_db()
    assert (user.groups.get().name, user.is_staff, user.memberships.get().party) == (FINANCE, True, contract.office)
    assert "/account/invitation/" in page


def test_who_only_makes_accounts_gives_no_role(contract: Contract) -> None:
    system = person(SYSTEM_ADMIN, name="xt")
    user, _password = accounts.account(username="li")
    accounts.propose(user, role=FINANCE, party=contract.office)
    assert client_of(system).post("/admin/contract/contract/people/", {"user": user.pk}).status_code == 403
    assert not user.groups.exists()


def test_an_invitation_is_good_once(contract: Contract) -> None:
    from contract.setup.people_admin import invitation

    user, _password = accounts.account(username="li")
    link = invitation(user)
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"new_password1": "Long-Pass-77x", "new_password2": "Long-Pass-77x"})
    user.refresh_from_db()
    assert user.check_password("Long-Pass-77x") and not Account.objects.get(user=user).must_change
    assert "已使用" in Client().get(link, follow=True).content.decode()


@pytest.mark.parametrize(("today", "stays"), [(date(2025, 3, 31), True), (date(2025, 4, 1), False)])
def test_an_account_is_closed_after_its_last_day(today: date, stays: bool) -> None:
    user, _password = accounts.account(username="li", valid_until=date(2025, 3, 31))
    assert handover.end_expired(today=today, at=clock.now()) == ([] if stays else ["li"])
    user.refresh_from_db()
    assert user.is_active is stays


def test_a_role_and_a_party_go_together() -> None:
    make_roles()
    user = make_user("li")
    with pytest.raises(ValidationError):
        accounts.give(user, role=SYSTEM_ADMIN, party=make_party())


# --- At once ------------------------------------------------------------------------------------


def demand(handler: Client, contract: Contract) -> list[str]:
    """The office orders one more person; what the next page says."""
    today = clock.today()
    sent = {"contract": contract.pk, "headcount": "46", "document": "〔2026〕5号", "issued_on": today.isoformat()}
    sent |= {"effective_from": today.isoformat(), "arrived_on": today.isoformat()}
    careful = Careful()
    careful.cookies = handler.cookies  # the same person, who reads what is about to happen
    answer = careful.post("/admin/contract/headcountorder/add/", sent, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_what_is_entered_shows_its_consequence_where_it_was_entered(handler: Client, contract: Contract) -> None:
    handler.post(at(contract, "evaluate"))
    kept = contract.evaluations.count()
    assert any("人数调整通知期" in line and "→ 未履行" in line for line in demand(handler, contract))
    assert contract.evaluations.count() == kept  # only looked at


def test_of_a_contract_that_was_not_evaluated_today_nothing_is_compared(handler: Client, contract: Contract) -> None:
    assert not any("→" in line for line in demand(handler, contract))


def test_every_kept_record_shows_what_it_changes(handler: Client, contract: Contract) -> None:
    """Of the main entries the same: here a transfer to a third party that was found, and a report that came."""
    handler.post(at(contract, "evaluate"))
    sent = {"contract": contract.pk, "third_party": "某公司", "description": "转包", "transferred_on": "2024-11-01"}
    sent |= {"found_on": clock.today().isoformat()}
    page = handler.post("/admin/contract/subcontracting/add/", sent, follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert any("不得转交第三方" in line and "→" in line for line in said), said


def test_the_buttons_of_a_contract_lead_to_its_pages(handler: Client, contract: Contract) -> None:
    page = f"/admin/contract/contract/{contract.pk}/"
    for button, name in (("to-setup", "setup"), ("to-evaluate", "evaluate"), ("to-renew", "renew")):
        assert handler.get(f"{page}{button}/")["Location"] == f"{page}{name}/"


# --- The way through the steps ------------------------------------------------------------------


def test_a_form_opened_from_a_step_leads_back_to_the_steps(handler: Client, contract: Contract) -> None:
    page = handler.get(at(contract, "setup")).content.decode()
    form = f"/admin/staffing/post/add/?contract={contract.pk}&amp;_guide=1"
    assert form in page
    sent = {"contract": contract.pk, "code": "A", "name": "话务员", "planned_headcount": "3"}
    sent |= {f"sizes-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert handler.post(form.replace("&amp;", "&"), sent)["Location"] == at(contract, "setup")
    other = handler.post("/admin/staffing/post/add/", sent | {"code": "B"})["Location"]
    assert other.startswith("/admin/staffing/post/")


def test_the_plan_of_instalments_is_a_step_that_says_who_makes_it(handler: Client, contract: Contract) -> None:
    assert f"由{FINANCE}生成" in handler.get(at(contract, "setup")).content.decode()
    generate_instalments(contract=contract, today=date(2024, 10, 1))
    assert f"已生成分期款{contract.instalments.count()}期<" in handler.get(at(contract, "setup")).content.decode()


def test_an_app_and_its_list_of_one_name_are_said_once_above_the_page(handler: Client, contract: Contract) -> None:
    above = re.findall(r"tracking-tight\">\s*([^<]+?)\s*</", handler.get(at(contract, "setup")).content.decode())
    assert above == ["合同"]
    above = re.findall(r"tracking-tight\">\s*([^<]+?)\s*</", handler.get("/admin/contract/clause/").content.decode())
    assert above == ["合同", "条款"]


def test_a_figure_that_is_missing_is_named_in_the_words_of_the_form(contract: Contract) -> None:
    contract.term_rows.filter(key="originals").delete()
    said = [str(one.message) for one in look(as_of=clock.today(), contract_ids=[contract.pk]).findings]
    assert any("“合同正本份数”" in text for text in said) and not any("originals" in text for text in said)
