"""A password alone opens nothing where a second factor is asked for; codes and recovery codes hold once."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from rest_framework.test import APIClient

from contract.access.ending import MUST_CHANGE
from contract.access.models import Authenticator
from contract.history.models import AccessEntry
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
HOME, ASK, SETUP = reverse("admin:index"), reverse("second-factor"), reverse("second-factor-setup")
PASSWORD = "a-long-one-for-the-test-7"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(settings) -> User:
    settings.SECOND_FACTOR = "required"
    return User.objects.create_user("office", password=PASSWORD, is_staff=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code(user: User, **filters: Any) -> str:
    return f"{totp(Authenticator.objects.get(user=user, **filters).bin_key):06d}"


def enrolled(user: User, clock: Any) -> tuple[Client, list[str]]:
    """Somebody who has set up a device half a minute ago, and the recovery codes."""
    client = signed_in(user)
    client.get(SETUP)
    page = client.post(SETUP, {"code": code(user)})
    clock.shift(31)
    return client, list(page.context["codes"])


def test_a_password_alone_opens_no_page_and_leads_to_the_one_that_sets_up(office: User) -> None:
    client = signed_in(office)
    for path in (HOME, reverse("admin:contract_alert_changelist"), reverse("admin:auth_user_changelist")):
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith(ASK)
        assert client.post(path, {}).status_code == 302
    page = client.get(HOME, follow=True)
    assert page.redirect_chain[-1][0].startswith(SETUP) and "设置第二因素验证" in page.content.decode()


def test_setting_up_shows_the_secret_and_a_picture_made_here_then_recovery_codes_once(office: User, clock: Any) -> None:
    client = signed_in(office)
    page = client.get(SETUP).content.decode()
    assert 'src="data:image/svg+xml' in page and 'src="http' not in page
    assert client.post(SETUP, {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.filter(confirmed=True).exists()
    clock.shift(120)
    done = client.post(SETUP, {"code": code(office), "next": "/admin/auth/user/"})
    assert len(done.context["codes"]) == 10 and done.context["next"] == "/admin/auth/user/"
    assert client.get(HOME).status_code == 200
    assert AccessEntry.objects.filter(username="office", note="已设置第二因素").count() == 1


def test_a_code_opens_a_new_session_once(office: User, clock: Any) -> None:
    enrolled(office, clock)
    client, given = signed_in(office), code(office)
    assert client.post(ASK, {"code": given})["Location"] == HOME
    assert client.get(HOME).status_code == 200
    again = signed_in(office)
    assert "已被使用" in again.post(ASK, {"code": given}).content.decode()
    assert again.get(HOME).status_code == 302


def test_a_recovery_code_holds_once(office: User, clock: Any) -> None:
    _client, codes = enrolled(office, clock)
    assert signed_in(office).post(ASK, {"code": f" {codes[0].upper()} "}).status_code == 302
    assert signed_in(office).post(ASK, {"code": codes[0]}).status_code == 200
    assert StaticToken.objects.count() == 9


def test_signing_in_again_and_again_is_no_failed_attempt_at_the_recovery_codes(office: User, clock: Any) -> None:
    _client, codes = enrolled(office, clock)
    for _time in range(4):
        assert signed_in(office).post(ASK, {"code": code(office)}).status_code == 302
        clock.shift(30)
    assert signed_in(office).post(ASK, {"code": codes[0]}).status_code == 302


def test_wrong_codes_have_to_wait_and_stand_in_the_log(office: User, clock: Any) -> None:
    enrolled(office, clock)
    client = signed_in(office)
    for _attempt in range(3):
        assert client.post(ASK, {"code": "000000"}).status_code == 200
    assert client.post(ASK, {"code": code(office)}).status_code == 200  # right, and too soon
    assert AccessEntry.objects.filter(username="office", kind="failed").count() == 4
    clock.shift(600)
    assert client.post(ASK, {"code": code(office)}).status_code == 302


def test_a_password_alone_replaces_no_device(office: User, clock: Any) -> None:
    enrolled(office, clock)
    client, before = signed_in(office), Authenticator.objects.get().pk
    assert client.get(SETUP)["Location"].startswith(ASK)
    assert client.post(SETUP, {"code": "000000"})["Location"].startswith(ASK)
    assert Authenticator.objects.get().pk == before


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_page_leads_to_no_other_server(office: User, clock: Any, wanted: str) -> None:
    enrolled(office, clock)
    assert signed_in(office).post(ASK, {"code": code(office), "next": wanted})["Location"] == HOME


def test_optional_asks_only_those_who_have_set_one_up(settings, clock: Any) -> None:
    settings.SECOND_FACTOR = "optional"
    one, other = (User.objects.create_user(name, is_staff=True) for name in ("one", "other"))
    enrolled(one, clock)
    assert signed_in(one).get(HOME).status_code == 302
    assert signed_in(other).get(HOME).status_code == 200


def test_a_password_alone_gives_no_key_of_the_interface_to_the_office(office: User, clock: Any) -> None:
    enrolled(office, clock)
    send = {"username": "office", "password": PASSWORD}
    refused = APIClient().post("/api/v1/auth/token", send, format="json")
    assert refused.status_code == 401 and "第二因素" in refused.json()["detail"]
    clock.shift(60)
    assert APIClient().post("/api/v1/auth/token", send | {"code": code(office)}, format="json").status_code == 200


def test_a_password_alone_changes_no_password_and_ends_no_key_of_who_has_a_device(office: User, clock: Any) -> None:
    enrolled(office, clock)
    client, account, token = signed_in(office), reverse("account"), AuthToken.objects.create(user=office)[0]
    new = {"password": PASSWORD, "new_password": "another-long-one-8", "again": "another-long-one-8"}
    for path, data in ((account, new), (reverse("account-end-key"), {"key": token.token_key})):
        assert client.post(path, data)["Location"].startswith(ASK)
    assert client.get(account)["Location"].startswith(ASK) and AuthToken.objects.exists()
    clock.shift(31)
    assert client.post(ASK, {"code": code(office), "next": account})["Location"] == account
    assert client.get(account).status_code == 200 and client.post(account, new)["Location"] == account
    office.refresh_from_db()
    assert office.check_password("another-long-one-8")


def test_a_password_that_was_given_is_changed_first_behind_the_code_of_who_has_a_device(
    office: User, clock: Any
) -> None:
    client, account = signed_in(office), reverse("account")
    to_change(client)
    assert client.get(HOME, follow=True).redirect_chain[-1][0] == account  # no device yet: the password first
    enrolled(office, clock)
    client = signed_in(office)
    to_change(client)
    asked = client.get(HOME, follow=True)
    assert asked.redirect_chain[-1][0].startswith(ASK) and asked.status_code == 200
    clock.shift(31)
    client.post(ASK, {"code": code(office)})
    assert client.get(HOME)["Location"] == account


def to_change(client: Client) -> None:
    """As after a sign-in with a password that an administrator gave."""
    session = client.session
    session[MUST_CHANGE] = True
    session.save()


def test_whoever_reads_the_database_finds_no_secret_and_no_recovery_code(office: User, clock: Any) -> None:
    _client, codes = enrolled(office, clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM contract_authenticator")
        [(stored,)] = cursor.fetchall()
        cursor.execute("SELECT token FROM otp_static_statictoken")
        tokens = {token for (token,) in cursor.fetchall()}
    assert stored.startswith("v1:t1:") and Authenticator.objects.get().key not in stored
    assert len(tokens) == 10 and not tokens & set(codes)


def test_devices_of_before_are_sealed_by_the_migration_and_go_on(office: User, clock: Any) -> None:
    old = TOTPDevice.objects.create(user=office, name="pages", confirmed=True)
    recovery = StaticDevice.objects.create(user=office, name="pages")
    StaticToken.objects.create(device=recovery, token="abcdefgh")
    module = import_module("contract.migrations.0011_authenticator")
    module.seal(apps, connection.schema_editor())
    assert not TOTPDevice.objects.exists() and Authenticator.objects.get().key == old.key
    assert signed_in(office).post(ASK, {"code": code(office)}).status_code == 302
    assert signed_in(office).post(ASK, {"code": "abcdefgh"}).status_code == 302 and not StaticToken.objects.exists()


def test_the_vendors_person_needs_none(settings) -> None:
    settings.SECOND_FACTOR = "required"
    vendor = make_user(party=make_contract().vendor)
    vendor.set_password(PASSWORD)
    vendor.save()
    send = {"username": vendor.username, "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/token", send, format="json").status_code == 200
    assert signed_in(vendor).get(SETUP).status_code == 302 and not Authenticator.objects.exists()


def test_pages_of_the_second_factor_ask_for_a_password_first() -> None:
    for path in (ASK, SETUP):
        assert Client().get(path)["Location"].startswith(reverse("admin:login"))


def test_who_has_lost_everything_starts_anew_and_the_log_says_so(office: User, clock: Any) -> None:
    enrolled(office, clock)
    call_command("forget_second_factor", "office")
    assert not Authenticator.objects.exists() and not StaticToken.objects.exists()
    assert AccessEntry.objects.latest("pk").note == "已清除第二因素"
    assert signed_in(office).get(HOME, follow=True).redirect_chain[-1][0].startswith(SETUP)
