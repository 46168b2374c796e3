"""Forms without a fault in the console, no page wider than a phone, and a list that prints whole."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.urls import reverse

from contract.models import Contract
from staffing.models import Post
from tests.contract.admin_helpers import make_alert
from tests.e2e import LONG
from tests.e2e.test_workbench import contract, office, person

__all__ = ["contract", "office", "person"]  # fixtures
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
PAPER = {"width": 703, "height": 1000}  # A4 upright without its margins
CLIPPED = """() => {
  const rows = [...document.querySelectorAll("#result_list tbody tr")];
  const bottom = rows.at(-1).getBoundingClientRect().bottom;
  const shown = (part) => getComputedStyle(document.querySelector(part)).display;
  let cut = 0;
  for (let box = document.querySelector("#result_list").parentElement; box; box = box.parentElement)
  {
    if (getComputedStyle(box).overflowY !== "visible" && box.getBoundingClientRect().bottom < bottom - 1) cut += 1;
    if (getComputedStyle(box).breakInside === "avoid") cut += 1; // it would leave its first page empty
  }
  const seen = (one) => one.checkVisibility({visibilityProperty: true});
  const out = (part) => [...document.querySelectorAll(part)].filter(seen).length;
  const pressed = out(".o-toggle, .sortoptions, .toplinks, #toolbar");
  return [rows.length, shown("#result_list"), shown("#result_list thead"), cut, out("h1"), pressed];
}"""


@LONG
def test_no_form_has_a_fault_or_is_wider_than_a_phone(office: Any, person: User) -> None:
    asked = RequestFactory().get("/")
    asked.user = person
    forms = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        for model, model_admin in admin.site._registry.items()
        if model_admin.has_add_permission(asked)
    ]
    office.page.set_viewport_size(PHONE)
    wide = []
    for url in forms:
        office.open(url)
        if office.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(url)
    assert (wide, office.faults) == ([], []) and len(forms) > 20


def test_a_list_prints_as_a_table_with_every_row(office: Any, contract: Contract) -> None:
    for number in range(12):
        make_alert(contract, key=f"printed-{number}")
    office.open(reverse("admin:contract_alert_changelist"))
    office.page.set_viewport_size(PAPER)
    office.page.emulate_media(media="print")
    rows, table, heads, cut, title, pressed = office.page.evaluate(CLIPPED)
    assert rows >= 12 and (table, heads, cut) == ("table", "table-header-group", 0)
    assert (title, pressed) == (1, 0)  # what the list is of, and nothing that only a mouse can use


def test_a_form_prints_its_title_its_switches_and_its_rows_as_a_table(office: Any, contract: Contract) -> None:
    post = Post.objects.create(contract=contract, code="A", name="接听")
    office.open(reverse("admin:staffing_post_change", args=[post.pk]))
    switch = office.page.locator("#id_is_active")
    look = "(one) => getComputedStyle(one).appearance"
    assert switch.evaluate(look) == "none"  # on the screen it is all background, and no background is printed
    office.page.set_viewport_size(PAPER)
    office.page.emulate_media(media="print")
    assert switch.evaluate(look) == "auto" and office.page.is_visible("h1")
    assert office.page.locator(".tabular table").evaluate("(one) => getComputedStyle(one).display") == "table"
    assert not office.page.is_visible(".add-row") and not office.page.is_visible("#submit-row")


def test_a_picker_shows_its_whole_name_and_a_time_stands_beside_its_date(office: Any, contract: Contract) -> None:
    office.page.set_viewport_size({"width": 1366, "height": 768})
    office.open(reverse("admin:contract_consent_add"))
    name = office.page.locator(".form-row .select2-selection__rendered").first
    assert name.evaluate("e => [e.scrollWidth <= e.clientWidth, getComputedStyle(e).whiteSpace]") == [True, "normal"]
    office.open(reverse("admin:staffing_replacementdemand_add"))
    tops = "() => [0, 1].map(i => Math.round(document.getElementById(`id_sent_at_${i}`).getBoundingClientRect().top))"
    day, time = office.page.evaluate(tops)
    assert day == time
    office.page.set_viewport_size(PHONE)
    day, time = office.page.evaluate(tops)
    assert 0 < time - day < 60
