"""The clocks of a person in their calendar program, by an address that they can end."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contract.choices import Outcome, Step
from contract.models import Alert, Contract
from tests.contract.admin_helpers import has, make_assessment
from tests.contract.cases import DAY, hr, told
from tests.counting import counted
from tests.factories import make_contract

pytestmark = pytest.mark.django_db
ACCOUNT, LINK = reverse("account"), reverse("account-calendar-link")


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = DAY.isoformat()


def address_of(user: User, **body: str) -> str:
    client = Client()
    client.force_login(user)
    page = client.post(LINK, body, follow=True).content.decode()
    found = re.search(r"/calendar/[\w-]+\.ics", page)
    return found.group() if found else ""


def feed(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    text: str = answer.content.decode()
    return text.replace("\r\n ", "")


def due(contract: Contract, day: date, name: str, **fields: Any) -> None:
    make_assessment(contract, key=name, outcome=Outcome.PENDING, subject_name=name, legal_due_on=day, **fields)


def test_each_side_reads_its_own_clocks_without_names(
    contract: Contract, alert: Alert, office: User, vendor: User
) -> None:
    due(contract, date(2025, 3, 20), "赵敏", check_id="staffing.backfill")
    due(contract, date(2025, 3, 21), "甲方的事", check_id="billing.payment_due", owed_by="office")
    of_office, of_vendor = feed(address_of(office)), feed(address_of(vendor))
    assert f"/admin/contract/alert/{alert.pk}/change/" in of_office and str(Step.NOTIFY.label) in of_office
    assert "DTSTART;VALUE=DATE:20250320" in of_office and "DTSTART;VALUE=DATE:20250321" in of_office
    assert "DTSTART;VALUE=DATE:20250320" in of_vendor and "DTSTART;VALUE=DATE:20250321" not in of_vendor
    assert "赵敏" not in of_office + of_vendor and "/admin/" not in of_vendor
    told(alert, office)
    assert "DTSTART;VALUE=DATE:20250310" in feed(address_of(vendor))  # its time to answer
    assert contract.number not in feed(address_of(hr(make_contract(check_ids=()))))


def test_the_address_ends_with_a_new_one_with_the_word_of_its_person_and_with_the_account(office: User) -> None:
    first = address_of(office)
    second = address_of(office)
    assert Client().get(first).status_code == 404
    feed(second)
    client = Client()
    client.force_login(office)
    page = client.get(ACCOUNT)
    has(page, "停用地址")
    assert second not in page.content.decode()  # it was shown once
    assert address_of(office, end="1") == ""
    assert Client().get(second).status_code == 404
    third = address_of(office)
    office.is_active = False
    office.save()
    assert Client().get(third).status_code == 404
    assert Client().get(reverse("calendar-feed", args=["x"])).status_code == 404
    assert Client().post(third).status_code == 405


def test_more_clocks_cost_no_more_questions(contract: Contract, office: User) -> None:
    address = address_of(office)
    due(contract, date(2025, 3, 20), "一")
    with counted() as few:
        feed(address)
    for name in "二三四":
        due(contract, date(2025, 3, 20), name)
    with counted() as more:
        text = feed(address)
    assert text.count("BEGIN:VEVENT") == 4
    assert more.queries == few.queries
