"""Who gets into the pages, what they see there, and what they meet at the door."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from config.navigation import GROUPS, sidebar, tables
from contract.access.choices import Scope
from contract.access.lockout import LIMITS
from contract.models import Contract, Membership, Term
from contract.roles import AUDITOR, FINANCE, REVIEWER, ROLES, STAFF
from tests.contract.admin_helpers import has, lacks, make_alert, office_user, signed_in
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
ADMINS = [pytest.param(a, id=model._meta.label) for model, a in admin.site._registry.items()]


def url(model_admin: Any, page: str, *args: Any) -> str:
    options = model_admin.opts
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)


@pytest.fixture
def contract() -> Contract:
    return make_contract()


@pytest.fixture
def root() -> User:
    return make_user("root", is_staff=True, is_superuser=True)


def test_a_vendors_person_does_not_get_in(contract: Contract) -> None:
    vendor = make_user(party=contract.vendor, permissions=["contract.view_alert"])
    client = signed_in(vendor)
    page = client.get(HOME)
    assert page.status_code == 302 and reverse("admin:login") in page["Location"]
    assert client.get(reverse("admin:login"), follow=True).redirect_chain[-1][0] == reverse("portal")


def test_a_vendors_person_cannot_be_let_in_by_mistake(contract: Contract, root: User) -> None:
    vendor = make_user(party=contract.vendor)
    data = {
        "username": vendor.username,
        "is_active": "on",
        "is_staff": "on",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    page = signed_in(root).post(reverse("admin:auth_user_change", args=[vendor.pk]), data)
    vendor.refresh_from_db()
    assert page.status_code == 200 and not vendor.is_staff


def test_only_a_superuser_gives_power(contract: Contract) -> None:
    clerk = office_user(contract)
    clerk.user_permissions.add(*_permissions("auth.change_user", "auth.view_user"))
    data = {
        "username": clerk.username,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    client = signed_in(clerk)
    client.post(reverse("admin:auth_user_change", args=[clerk.pk]), data)
    clerk.refresh_from_db()
    assert not clerk.is_superuser
    root = make_user("the-superuser", is_staff=True, is_superuser=True)
    lacks(client.get(reverse("admin:auth_user_changelist")), ["the-superuser"])
    assert client.get(reverse("admin:auth_user_change", args=[root.pk])).status_code == 302


@pytest.mark.parametrize("model_admin", ADMINS)
def test_every_list_and_form_opens(model_admin: Any, root: User) -> None:
    make_alert(make_contract())
    client = signed_in(root)
    assert client.get(url(model_admin, "changelist"), {"q": "示例"}).status_code == 200
    may_add = model_admin.has_add_permission(_request(root))
    assert client.get(url(model_admin, "add")).status_code == (200 if may_add else 403)
    row = model_admin.model._default_manager.first()
    if row is not None:
        assert client.get(url(model_admin, "change", row.pk)).status_code == 200
        past = client.get(url(model_admin, "history", row.pk), follow=True)
        assert past.status_code == 200


@pytest.mark.parametrize("role", [STAFF, REVIEWER, FINANCE, AUDITOR])
def test_a_role_opens_what_it_is_granted_and_nothing_else(contract: Contract, role: str) -> None:
    make_roles()
    person = make_user(party=contract.office, is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = signed_in(person)
    granted = {name for grant in ROLES[role] for name in grant.codenames()}
    for model_admin in admin.site._registry.values():
        app, model = model_admin.opts.app_label, model_admin.opts.model_name
        may_view = {(app, f"view_{model}"), (app, f"change_{model}")} & granted
        page = client.get(url(model_admin, "changelist"))
        assert page.status_code == (200 if may_view else 403), f"{app}.{model}"
        if (app, f"add_{model}") not in granted:
            assert client.get(url(model_admin, "add")).status_code == 403, f"{app}.{model}"


def test_every_page_that_exists_stands_in_the_list_of_all_tables(root: User) -> None:
    links = {item["link"] for group in tables(_request(root)) for item in group["rows"]}
    assert links >= {url(a, "changelist") for a in admin.site._registry.values()}
    listed = {entry.label for _title, entries in GROUPS for entry in entries}
    assert {a.model._meta.label for a in admin.site._registry.values()} <= listed


def test_the_sidebar_offers_what_the_person_may_open(contract: Contract) -> None:
    reader = make_user(party=contract.office, is_staff=True, permissions=["contract.view_clause"])
    items = [item["link"] for group in sidebar(_request(reader)) for item in group["items"]]
    assert items == [HOME, reverse("admin:contract_clause_board"), reverse("tables")]
    rest = [item["link"] for group in tables(_request(reader)) for item in group["rows"]]
    assert rest == [
        reverse(f"admin:contract_{page}")
        for page in ("clause_board", "deadline", "clause_conflicts", "clause_changelist")
    ]


@pytest.mark.parametrize("name", ["index", "contract_clause_board", "contract_alert_changelist", "billing_ledger"])
def test_one_entry_is_marked_where_the_reader_stands(root: User, name: str) -> None:
    request = _request(root)
    request.path = reverse(f"admin:{name}")
    items = [item for group in sidebar(request) for item in group["items"]]
    assert [item["link"] for item in items if item["active"]] == [request.path]


def test_other_offices_rows_do_not_exist(contract: Contract) -> None:
    foreign = make_contract(title="外单位合同")
    client = signed_in(office_user(contract))
    for row in (foreign, foreign.vendor, foreign.term_rows.first(), foreign.clauses.first()):
        assert row is not None
        name = f"admin:contract_{row._meta.model_name}"
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 302
        assert client.get(reverse(f"{name}_history", args=[row.pk])).status_code == 404
        version = row.history.first()
        old = reverse(f"{name}_simple_history", args=[row.pk, version.pk])
        assert client.get(old).status_code == 404
    lacks(client.get(reverse("admin:contract_contract_changelist")), ["外单位合同"])
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "contract", "model_name": "term", "field_name": "contract", "term": ""},
    )
    assert [row["id"] for row in found.json()["results"]] == [str(contract.pk)]


def test_a_foreign_key_sent_by_hand_is_refused(contract: Contract) -> None:
    foreign = make_contract()
    data = {"contract": foreign.pk, "key": "headcount", "value": "60", "effective_from": "2025-01-01", "note": ""}
    page = signed_in(office_user(contract)).post(reverse("admin:contract_term_add"), data)
    assert page.status_code == 200 and not Term.objects.filter(value="60").exists()


@pytest.mark.parametrize("key", ["x", "99999999999999999999", "1e400", "😀"])
def test_what_is_no_key_is_an_error_of_its_field(contract: Contract, root: User, key: str) -> None:
    client, add = signed_in(root), reverse("admin:contract_headcountorder_add")
    assert client.get(add, {"contract": key}).status_code == 200
    page = client.post(add, {"contract": key})
    assert page.status_code == 200 and page.context["adminform"].errors["contract"]
    assert client.get(add, {"contract": contract.pk}).status_code == 200


def test_a_changed_figure_leaves_who_and_what_in_the_history(contract: Contract) -> None:
    term = contract.term_rows.get(key="headcount")
    user = office_user(contract, "clerk")
    client = signed_in(user)
    data = {"contract": contract.pk, "key": "headcount", "value": "46", "effective_from": "2024-10-01", "note": ""}
    page = client.post(reverse("admin:contract_term_change", args=[term.pk]), data)
    assert page.status_code == 302
    has(client.get(reverse("admin:contract_term_history", args=[term.pk])), "45", "46", "clerk")
    first = term.history.last()
    assert first is not None
    old = client.get(reverse("admin:contract_term_simple_history", args=[term.pk, first.pk]))
    has(old, "45")
    lacks(old, ['name="value"', 'name="_save"'])  # what was is read, not edited


def test_a_figure_of_the_wrong_kind_is_an_error_of_its_field(contract: Contract) -> None:
    data = {"contract": contract.pk, "key": "headcount", "value": "四十五", "effective_from": "2025-01-01", "note": ""}
    page = signed_in(office_user(contract)).post(reverse("admin:contract_term_add"), data)
    assert "value" in page.context["adminform"].form.errors


def test_a_reading_is_entered_by_its_chinese_name(contract: Contract) -> None:
    data = {
        "contract": contract.pk,
        "key": "on_post_window",
        "value": "自然月",
        "effective_from": "2024-10-01",
        "note": "",
        "confirmed_on": "",
        "confirmation": "",
    }
    client = signed_in(office_user(contract))
    assert client.post(reverse("admin:contract_policy_add"), data).status_code == 302
    assert contract.policy_rows.get().value == "calendar_month"
    has(client.get(reverse("admin:contract_policy_changelist")), "自然月", "待双方书面确认")


def test_one_list_costs_the_same_for_many_rows(contract: Contract, django_assert_max_num_queries: Any) -> None:
    for n in range(5):
        make_contract(office=contract.office, title=f"合同{n}")
    client = signed_in(office_user(contract))
    client.get(reverse("admin:contract_party_changelist"))
    for model in ("contract", "clause", "term", "party"):
        with django_assert_max_num_queries(10):
            assert client.get(reverse(f"admin:contract_{model}_changelist")).status_code == 200


# --- At the door --------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["contract=" + "9" * 24, "contract__id__exact=" + "9" * 30])
def test_a_number_that_no_column_holds_is_no_error_of_the_program(root: User, query: str) -> None:
    client = Client()
    client.force_login(root)
    response = client.get(f"{reverse('admin:contract_alert_changelist')}?{query}")
    assert response.status_code == 302


def test_the_sign_in_page_is_chinese_and_names_the_product(client: Client) -> None:
    make_user("somebody")  # without anybody the page leads to the first hour
    has(client.get(reverse("admin:login")), "12345 热线合同", "用户名", "密码", 'lang="zh-hans"')


def test_pages_can_be_reached_by_keyboard(contract: Contract) -> None:
    has(signed_in(office_user(contract)).get(HOME), 'class="skip-link" href="#content"', "跳到主要内容")


def test_signing_in_leads_to_the_home_page(contract: Contract) -> None:
    user = office_user(contract)
    page = Client().post(reverse("admin:login"), {"username": user.username, "password": "a-long-password-1"})
    assert page["Location"] == HOME


def test_too_many_wrong_passwords_lock_with_a_chinese_page(contract: Contract, settings: Any) -> None:
    settings.AXES_ENABLED = True
    user = office_user(contract)
    client = Client()
    for _attempt in range(LIMITS[Scope.PAIR]):
        page = client.post(reverse("admin:login"), {"username": user.username, "password": "x"})
    assert page.status_code == 429
    has(page, "登录暂时锁定", "15 分钟")


def test_errors_are_chinese_pages_without_a_traceback(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(office_user(contract))
    client.raise_request_exception = False
    has(client.get("/no-such-page"), "页面不存在")
    page = client.get(reverse("admin:contract_alert_add"))
    assert page.status_code == 403 and has(page, "您无权打开此页面")
    monkeypatch.setattr("contract.dashboard.read", lambda *args: 1 / 0)
    page = client.get(HOME)
    assert page.status_code == 500 and has(page, "系统办理此步骤时出错")
    lacks(page, ["ZeroDivisionError", "Traceback"])


def test_an_expired_form_is_a_chinese_page(contract: Contract) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post(reverse("admin:login"), {"username": "x", "password": "y"})
    assert page.status_code == 403 and has(page, "表单已失效")


def _request(user: User) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get(HOME)
    request.user = user
    return request


def _permissions(*names: str) -> Any:
    from django.contrib.auth.models import Permission

    return [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in (name.split(".") for name in names)
    ]


def test_a_membership_is_what_opens_a_contract(contract: Contract) -> None:
    user = make_user(is_staff=True, permissions=["contract.view_contract"])
    page = reverse("admin:contract_contract_change", args=[contract.pk])
    assert signed_in(user).get(page).status_code == 302
    Membership.objects.create(user=user, party=contract.office)
    assert signed_in(user).get(page).status_code == 200
