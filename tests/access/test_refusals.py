"""Every refusal leaves a line and a row; many at once are an alarm."""

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from contract.access import events
from contract.choices import AccessKind
from contract.history.models import AccessEntry
from contract.roles import STAFF, VENDOR
from tests.api import V1, client_of, ok, problem
from tests.factories import make_contract, make_roles, make_user
from tests.test_permissions import member


@pytest.fixture
def contract(db: None) -> Any:
    cache.clear()
    make_roles()
    return make_contract(check_ids=())


@pytest.fixture
def foreign(contract: Any) -> Any:
    return make_contract(check_ids=())


def refusals() -> list[AccessEntry]:
    return list(AccessEntry.objects.filter(kind=AccessKind.REFUSED).order_by("pk"))


def test_another_vendors_object_asked_for_over_the_api_is_noted(
    contract: Any, foreign: Any, caplog: pytest.LogCaptureFixture
) -> None:
    spy = member(VENDOR, contract.vendor)
    with caplog.at_level(logging.WARNING, logger="contract.access"):
        problem(client_of(spy).get(f"{V1}/contracts/{foreign.pk}"), 404)
    (row,) = refusals()
    assert (row.user_pk, row.username, row.note) == (spy.pk, spy.username, "GET 404")
    assert row.path == f"{V1}/contracts/{foreign.pk}" and row.address == "127.0.0.1"
    assert f"user={spy.username}" in caplog.text and row.path in caplog.text


@pytest.mark.parametrize("what", ["no permission", "named in a body", "a page", "no valid token"])
def test_every_way_of_being_refused_is_noted(contract: Any, foreign: Any, what: str) -> None:
    clerk = member(STAFF, contract.office)
    clerk.is_staff = True
    clerk.save()
    match what:
        case "no permission":
            problem(client_of(clerk).post(f"{V1}/operators", {}, format="json"), 403)
        case "named in a body":
            problem(
                client_of(member(VENDOR, contract.vendor)).post(
                    f"{V1}/consents", {"contract": foreign.pk}, format="json"
                ),
                400,
            )
        case "a page":
            client = Client()
            client.force_login(clerk)
            page = client.get(reverse("admin:contract_contract_change", args=[foreign.pk]))
            assert page.status_code == 302
        case "no valid token":
            problem(client_of().get(f"{V1}/contracts", headers={"Authorization": "Token x"}), 401)
    assert len(refusals()) == 1


def test_what_is_allowed_and_what_does_not_exist_as_an_address_is_no_refusal(contract: Any) -> None:
    client = client_of(member(VENDOR, contract.vendor))
    ok(client.get(f"{V1}/contracts/{contract.pk}"))
    problem(client.get(f"{V1}/nothing-of-the-kind"), 404)
    assert client.get("/admin/").status_code == 302
    assert not refusals()


@pytest.mark.parametrize("count, alarms", [(events.BURST - 1, 0), (events.BURST, 1), (events.BURST + 5, 1)])
def test_many_refusals_within_minutes_are_one_alarm(
    contract: Any, foreign: Any, count: int, alarms: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(member(VENDOR, contract.vendor))
    for _ in range(count):
        client.get(f"{V1}/contracts/{foreign.pk}")
    assert AccessEntry.objects.filter(kind=AccessKind.BURST).count() == alarms
    assert sum(record.levelno == logging.ERROR for record in caplog.records) == alarms
    page = Client()
    page.force_login(make_user(is_staff=True, is_superuser=True))
    assert ("短时间内多次拒绝访问" in page.get("/admin/").content.decode()) == bool(alarms)


def test_of_a_stranger_so_many_are_kept_and_no_more(contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT_OF_STRANGERS", 3)
    for _ in range(5):
        client_of().get(f"{V1}/contracts")
    assert len(refusals()) == 3


def test_nobody_writes_a_line_of_the_log_by_what_they_ask_for(contract: Any, caplog: pytest.LogCaptureFixture) -> None:
    client_of(member(VENDOR, contract.vendor)).get(f"{V1}/contracts/999?x=%0aERROR forged")
    assert all("\n" not in record.getMessage() for record in caplog.records)
    Client().post("/admin/login/", {"username": "a\nERROR forged", "password": "x"})
    assert all("\n" not in record.getMessage() for record in caplog.records if record.name == "contract.access")
