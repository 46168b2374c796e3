"""The vendor's side of letters: read them, and acknowledge them once."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from contract.letters.models import Notice, NoticeArrival
from contract.models import Contract
from contract.roles import STAFF, VENDOR
from tests.api import client_of, problem
from tests.contract.admin_helpers import make_alert
from tests.contract.letters import PDF, make_notice
from tests.factories import make_contract, make_roles
from tests.test_permissions import member

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 12)


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Any) -> None:
    settings.DEMONSTRATION_DAY = TODAY.isoformat()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def contract() -> Contract:
    make_roles()
    return make_contract()


@pytest.fixture
def vendor(contract: Contract) -> APIClient:
    return client_of(member(VENDOR, contract.vendor))


def test_the_vendor_reads_its_letters_and_no_others(contract: Contract, vendor: APIClient) -> None:
    mine = make_notice(contract)
    make_notice(make_contract())
    answer = vendor.get("/api/v1/notices").json()
    assert [row["number"] for row in answer["results"]] == [mine.number]
    row = answer["results"][0]
    assert row["arrival"] is None and row["subjects"][0]["name"] == "缺岗 某人"
    assert "facts" not in row and "issued_by" not in row


def test_the_pdf_is_that_which_was_issued(contract: Contract, vendor: APIClient) -> None:
    notice = make_notice(contract)
    answer = vendor.get(f"/api/v1/notices/{notice.pk}/pdf")
    assert answer.content == PDF and answer["Content-Type"] == "application/pdf"
    assert not NoticeArrival.objects.exists()  # reading is no acknowledgement
    notice.file.storage.delete(str(notice.file.name))
    problem(vendor.get(f"/api/v1/notices/{notice.pk}/pdf"), 404)


def test_an_acknowledgement_is_the_proof_of_arrival(contract: Contract, vendor: APIClient) -> None:
    alert = make_alert(contract)
    notice = make_notice(contract, subject=("contract.Alert", alert.pk))
    url = f"/api/v1/notices/{notice.pk}/acknowledge"
    answer = vendor.post(url, {"received_by": "钱人事"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["arrival"] | {"recorded_at": ""} == {
        "correction_reason": "",
        "arrived_on": "2025-03-12",
        "means": "system",
        "received_by": "钱人事",
        "nominal_due_on": "2025-03-17",
        "legal_due_on": "2025-03-17",
        "recorded_at": "",
    }
    alert.refresh_from_db()
    assert (alert.status, alert.notified_on) == ("notified", TODAY)
    problem(vendor.post(url, {"received_by": "钱人事"}, format="json"), 409)
    assert NoticeArrival.objects.count() == 1


def test_an_acknowledgement_sent_again_under_its_key_is_one(contract: Contract, vendor: APIClient) -> None:
    url = f"/api/v1/notices/{make_notice(contract, subject=_event(contract)).pk}/acknowledge"
    for _time in range(2):
        answer = vendor.post(url, {"received_by": "钱人事"}, format="json", headers={"Idempotency-Key": "a-1"})
        assert answer.status_code == 200


def test_it_says_who_took_the_letter_in(contract: Contract, vendor: APIClient) -> None:
    notice = make_notice(contract, subject=_event(contract))
    answer = vendor.post(f"/api/v1/notices/{notice.pk}/acknowledge", {}, format="json")
    assert problem(answer, 400)["errors"][0]["field"] == "received_by"
    assert not NoticeArrival.objects.exists()


def test_the_office_does_not_acknowledge_for_the_vendor(contract: Contract) -> None:
    staff = client_of(member(STAFF, contract.office))
    notice = make_notice(contract)
    data = {"received_by": "x"}
    problem(staff.post(f"/api/v1/notices/{notice.pk}/acknowledge", data, format="json"), 403)


def test_open_letters_are_found(contract: Contract, vendor: APIClient) -> None:
    first = make_notice(contract, subject=_event(contract))
    second = make_notice(contract)
    vendor.post(f"/api/v1/notices/{first.pk}/acknowledge", {"received_by": "x"}, format="json")
    for value, expected in (("true", second), ("false", first)):
        rows = vendor.get(f"/api/v1/notices?is_open={value}").json()["results"]
        assert [row["id"] for row in rows] == [expected.pk]


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    contract: Contract, vendor: APIClient, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        make_notice(contract)
    with django_assert_max_num_queries(10):
        assert len(vendor.get("/api/v1/notices").json()["results"]) == 12
    assert Notice.objects.count() == 12


def _event(contract: Contract) -> tuple[str, int]:
    """Something to which nothing follows from an arrival."""
    return ("contract.ForceMajeureEvent", 1)
