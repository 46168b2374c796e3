"""Each role finds its work in a dozen entries, and everything else by one search."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from config.navigation import GROUPS, MENUS, sidebar
from config.search import initials
from contract.models import Contract
from contract.roles import ROLES, VENDOR
from staffing.models import Operator
from tests.contract.admin_helpers import has, lacks, office_user, signed_in
from tests.counting import counted
from tests.factories import make_contract, make_operator, make_roles, make_user

pytestmark = pytest.mark.django_db
AT_MOST = 12
FIND = "/admin/find/"


class _Asked:
    """What the menu is asked with: who, and where they stand."""

    path = "/admin/"

    def __init__(self, user: User) -> None:
        self.user, self.GET = user, {}


def _links(user: User) -> list[str]:
    return [item["link"] for group in sidebar(_Asked(user)) for item in group["items"]]  # type: ignore[arg-type]


@pytest.fixture
def operator(contract: Contract) -> Operator:
    return make_operator(contract.vendor, name="王小红", employee_number="HT077", phone="138 0013 8000")


@pytest.mark.parametrize("role", [role for role in ROLES if role != VENDOR])
def test_a_role_has_a_dozen_entries_at_most_and_opens_each(contract: Contract, role: str) -> None:
    make_roles([role])
    person = make_user(party=contract.office, is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    links = _links(person)
    assert 3 <= len(links) <= AT_MOST and len(set(links)) == len(links)
    client = signed_in(person)
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_superuser_has_a_dozen_entries_too() -> None:
    assert len(_links(make_user("root", is_staff=True, is_superuser=True))) <= AT_MOST


def test_a_menu_names_only_what_exists() -> None:
    known = {entry.label for _title, entries in GROUPS for entry in entries}
    assert {label for menu in MENUS for _title, labels in menu.groups for label in labels} <= known


def test_who_has_two_roles_has_the_work_of_both(contract: Contract) -> None:
    make_roles()
    person = make_user(party=contract.office, is_staff=True)
    person.groups.set(Group.objects.filter(name__in=["甲方经办", "甲方财务"]))
    links = _links(person)
    assert {reverse("admin:staffing_gap_changelist"), reverse("admin:billing_payment_changelist")} <= set(links)


@pytest.mark.parametrize("words", ["王小红", "HT077", "wxh", "WXH", "wx", "13800138000", "138 0013 8000", "00138000"])
def test_a_person_is_found_by_name_number_initials_and_telephone(operator: Operator, words: str) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    page = signed_in(root).get(FIND, {"q": words})
    has(page, reverse("admin:staffing_operator_line", args=[operator.pk]), "王小红")
    lacks(page, ["138 0013 8000 ", "1380013"] if words != "13800138000" and not words.startswith("138") else [])


@pytest.mark.parametrize("words", ["0013", "xh", "刘", "\0", ""])
def test_a_part_of_a_telephone_or_other_initials_find_nobody(operator: Operator, words: str) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    lacks(signed_in(root).get(FIND, {"q": words}), ["王小红"])


def test_nobody_finds_what_they_may_not_open(contract: Contract, operator: Operator) -> None:
    stranger = office_user(make_contract(number="X-2"))
    lacks(signed_in(stranger).get(FIND, {"q": "王小红"}), ["HT077"])
    payer = make_user(party=contract.office, is_staff=True, permissions=["billing.view_instalment"])
    lacks(signed_in(payer).get(FIND, {"q": "王小红"}), ["HT077"])
    assert signed_in(make_user("hr", party=contract.vendor)).get(FIND, {"q": "x"}).status_code == 302


def test_a_page_is_found_by_its_name_and_by_its_initials(contract: Contract) -> None:
    user = office_user(contract)
    for words in ("条款看板", "tkkb"):
        has(signed_in(user).get(FIND, {"q": words}), reverse("admin:contract_clause_board"))


def test_a_search_asks_the_same_of_few_and_of_many_people(contract: Contract, operator: Operator) -> None:
    client = signed_in(office_user(contract))

    def asked() -> int:
        with counted() as found:
            client.get(FIND, {"q": "wxh"})
        return found.queries

    asked()
    few = asked()
    for _n in range(30):
        make_operator(contract.vendor, name="王小红")
    assert asked() == few <= 40


def test_every_table_is_one_page_away(contract: Contract) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    assert reverse("tables") in _links(root)
    has(signed_in(root).get(reverse("tables")), reverse("admin:staffing_training_changelist"))


def test_a_long_search_is_cut_and_answered(contract: Contract) -> None:
    page: Any = signed_in(office_user(contract)).get(FIND, {"q": "长" * 5_000})
    assert page.status_code == 200


@pytest.mark.parametrize(("name", "letters"), [("王小红", "wxh"), ("李 A3", "l a3"), ("", ""), ("Anna", "anna")])
def test_initials_are_the_first_letters_of_the_syllables(name: str, letters: str) -> None:
    assert initials(name) == letters
