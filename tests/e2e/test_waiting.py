"""What takes longer than a moment says so and for how long, and a form is sent once."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from billing import services
from billing.documents import statement as pdf
from billing.models import Instalment, Statement
from contract.roles import FINANCE, create_roles
from tests.billing.factories import make_instalments
from tests.factories import make_contract, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
WORK = 4  # seconds that each step takes
# Looks at the note and at the button, and presses it again and again.
WATCH = """(step) => {
  const wait = document.getElementById("o-wait"), button = document.querySelector(step), seen = [];
  const look = () => {
    seen.push([wait.hidden, wait.querySelector("b").textContent, button.disabled]);
    localStorage.setItem("seen", JSON.stringify(seen));
    button.click();
  };
  button.form.addEventListener("submit", () => setInterval(look, 200), { once: true });
}"""


@pytest.fixture
def row() -> Instalment:
    return make_instalments(make_contract(number="HT-1"))[0]


@pytest.fixture
def finance(row: Instalment, newcomer: Any) -> Any:
    create_roles()
    person = make_user("caiwu", party=row.contract.office, is_staff=True)
    person.groups.add(Group.objects.get(name=FINANCE))
    finance = newcomer()
    finance.sign_in(person)
    return finance


def test_issuing_a_statement_shows_that_it_works_and_is_asked_for_once(
    row: Instalment, finance: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DEMONSTRATION_DAY = row.period_end.isoformat()
    asked, issue, check = [], services.issue_statement, services.check_statement

    def slow(**wish: Any) -> Statement:
        asked.append(wish)
        return issue(**wish)

    def slowly_checked(**wish: Any) -> None:
        time.sleep(WORK)
        check(**wish)

    monkeypatch.setattr(services, "issue_statement", slow)
    monkeypatch.setattr(services, "check_statement", slowly_checked)
    monkeypatch.setattr(pdf, "render", lambda facts, draft=False: b"%PDF- statement")
    page = finance.page
    finance.open(reverse("admin:billing_instalment_change", args=[row.pk]))
    for step in ("form:has([name=corrects]) [type=submit]", ".o-next form button[type=submit]"):
        page.evaluate(WATCH, step)
        finance.go(step)
        seen = page.evaluate("JSON.parse(localStorage.getItem('seen'))")
        shown = [seconds for hidden, seconds, _disabled in seen if not hidden]
        assert shown and shown == sorted(shown) and shown[-1] >= "2"  # it counts
        assert all(disabled for _hidden, _seconds, disabled in seen[3:])
        assert page.is_hidden("#o-wait")
    assert len(asked) == Statement.objects.count() == 1
    assert Statement.objects.get().number in page.inner_text("main")
