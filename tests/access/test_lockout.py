"""Wrong passwords wait; nobody is kept out for ever; what waits can be seen and lifted."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from contract.access.choices import Scope
from contract.access.lockout import LIMITS, WAIT
from contract.access.models import LoginLock
from contract.choices import AccessKind
from contract.history.models import AccessEntry
from kit import clock
from kit.addresses import client_address
from tests.api import V1, client_of
from tests.factories import make_user

LOGIN = "/admin/login/"
RIGHT = "a-long-password-1"
AT_HOME, ELSEWHERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def door(db: None, settings: Any) -> None:
    cache.clear()
    settings.AXES_ENABLED = True


@pytest.fixture
def clerk() -> Any:
    return make_user("clerk", is_staff=True)


def sign_in(name: str, password: str, address: str = AT_HOME) -> Any:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"username": name, "password": password})


def fail(name: str, times: int, address: str = AT_HOME) -> Any:
    return [sign_in(name, "wrong", address) for _ in range(times)][-1]


# --- By name and address --------------------------------------------------------------------------


def test_the_last_attempt_that_is_allowed_and_the_first_that_waits(clerk: Any) -> None:
    assert fail("clerk", LIMITS[Scope.PAIR] - 1).status_code == 200
    assert fail("clerk", 1).status_code == 429
    assert sign_in("clerk", RIGHT).status_code == 429
    assert sign_in("clerk", RIGHT, ELSEWHERE).status_code == 302


def test_a_success_begins_anew(clerk: Any) -> None:
    fail("clerk", LIMITS[Scope.PAIR] - 1)
    assert sign_in("clerk", RIGHT).status_code == 302
    assert fail("clerk", LIMITS[Scope.PAIR] - 1).status_code == 200


def test_trying_while_it_waits_does_not_prolong_it(clerk: Any) -> None:
    with time_machine.travel("2026-01-05 08:00:00+00:00", tick=False) as now:
        fail("clerk", LIMITS[Scope.PAIR])
        for _ in range(14):
            now.shift(timedelta(minutes=1))
            fail("clerk", 1)
        now.shift(WAIT - timedelta(minutes=14) - timedelta(seconds=1))
        assert sign_in("clerk", RIGHT).status_code == 429
        now.shift(timedelta(seconds=1))
        assert sign_in("clerk", RIGHT).status_code == 302


@pytest.mark.parametrize("name", ["clerk", "nobody-of-that-name"])
def test_the_page_says_how_long_in_the_same_words_for_every_name(clerk: Any, name: str) -> None:
    with time_machine.travel("2026-01-05 08:00:00+00:00", tick=False) as now:
        fail(name, LIMITS[Scope.PAIR])
        now.shift(timedelta(minutes=3, seconds=30))
        page = sign_in(name, RIGHT)
    assert page.status_code == 429 and page["Retry-After"] == "720"
    text = page.content.decode()
    assert "请等待 12 分钟后再试" in text and name not in text


def test_the_api_says_it_too(clerk: Any) -> None:
    fail("clerk", LIMITS[Scope.PAIR], "127.0.0.1")
    answer = client_of().post(f"{V1}/auth/token", {"username": "clerk", "password": RIGHT}, format="json")
    assert answer.status_code == 429 and answer["Retry-After"] == "900"
    assert "15 分钟" in answer.json()["detail"]


def test_width_and_case_make_no_other_name(clerk: Any) -> None:
    fail("ｃｌｅｒｋ", LIMITS[Scope.PAIR] - 1)
    assert fail("CLERK", 1).status_code == 429


# --- By name, by address --------------------------------------------------------------------------


def test_a_name_tried_from_many_addresses_waits_save_where_it_has_been_lately(clerk: Any) -> None:
    assert sign_in("clerk", RIGHT, AT_HOME).status_code == 302
    for number in range(LIMITS[Scope.NAME]):
        sign_in("clerk", "wrong", f"198.51.100.{number}")
    assert LoginLock.objects.get().scope == Scope.NAME
    assert sign_in("clerk", RIGHT, "198.51.100.200").status_code == 429
    assert sign_in("clerk", RIGHT, AT_HOME).status_code == 302


def test_spraying_over_many_names_is_slowed_and_who_works_there_comes_in(clerk: Any) -> None:
    assert sign_in("clerk", RIGHT, AT_HOME).status_code == 302
    for number in range(LIMITS[Scope.ADDRESS]):
        sign_in(f"name{number}", "Spring2026")
    assert LoginLock.objects.get().scope == Scope.ADDRESS
    make_user("other", is_staff=True)
    assert sign_in("other", RIGHT, AT_HOME).status_code == 429
    assert sign_in("clerk", RIGHT, AT_HOME).status_code == 302


def test_an_account_of_ones_own_does_not_open_the_address(clerk: Any) -> None:
    for number in range(LIMITS[Scope.ADDRESS]):
        if number % 5 == 0:
            sign_in("clerk", RIGHT)
        sign_in(f"name{number}", "Spring2026")
    assert sign_in("name99", "x").status_code == 429


# --- Seen and lifted ------------------------------------------------------------------------------


def test_attempts_are_kept_and_a_lock_is_lifted_on_its_page(clerk: Any) -> None:
    fail("clerk", LIMITS[Scope.PAIR])
    lock = LoginLock.objects.get()
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    listed = client.get(reverse("admin:contract_loginlock_changelist")).content.decode()
    assert "clerk" in listed and AT_HOME in listed and "锁定中" in listed
    log = client.get(reverse("admin:contract_accessentry_changelist"), {"q": "clerk"}).content.decode()
    assert log.count("登录失败") >= LIMITS[Scope.PAIR]
    url = reverse("admin:contract_loginlock_changelist")
    done = client.post(url, {"action": "unlock", "_selected_action": [lock.pk]}, follow=True)
    assert "已解除 1 项锁定" in done.content.decode()
    assert AccessEntry.objects.filter(kind=AccessKind.UNLOCKED).get().username == "root"
    assert sign_in("clerk", RIGHT).status_code == 302


def test_who_may_not_unlock_is_offered_nothing(clerk: Any) -> None:
    fail("clerk", LIMITS[Scope.PAIR])
    reader = make_user("reader", is_staff=True, permissions=["contract.view_loginlock"])
    client = Client()
    client.force_login(reader)
    url = reverse("admin:contract_loginlock_changelist")
    client.post(url, {"action": "unlock", "_selected_action": [LoginLock.objects.get().pk]})
    assert LoginLock.objects.get().lifted_at is None


# --- The address behind proxies -------------------------------------------------------------------


@pytest.mark.parametrize(
    "proxies, passed, address",
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.5", "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        (2, "1.1.1.1, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "203.0.113.5"),
        (1, "", "10.0.0.9"),
        (1, "no address", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_client_is_whom_our_own_proxies_saw(settings: Any, proxies: int, passed: str, address: str) -> None:
    settings.NUM_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": passed} if passed else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **headers)) == address


def test_behind_a_proxy_one_clients_failures_are_not_anothers(clerk: Any, settings: Any) -> None:
    settings.NUM_PROXIES = 1
    for _ in range(LIMITS[Scope.PAIR]):
        Client().post(LOGIN, {"username": "clerk", "password": "x"}, headers={"X-Forwarded-For": ELSEWHERE})
    mine = Client().post(LOGIN, {"username": "clerk", "password": RIGHT}, headers={"X-Forwarded-For": AT_HOME})
    assert mine.status_code == 302
    assert LoginLock.objects.get().address == ELSEWHERE and clock.now() < LoginLock.objects.get().until
