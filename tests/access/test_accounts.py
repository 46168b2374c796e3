"""Passwords, keys and sessions: what ends them, what is asked of them, and who changes them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from contract.access import passwords
from contract.access.models import Account
from contract.models import Membership
from contract.roles import VENDOR
from kit import clock
from tests.api import V1, client_of, ok, problem
from tests.factories import make_contract, make_party, make_roles, make_user
from tests.test_permissions import member

RIGHT, NEW = "a-long-password-1", "Qiu-tian-7-ye-zi"
HOME, ACCOUNT = "/admin/", "/account/"


@pytest.fixture
def clerk(db: None) -> User:
    return make_user("clerk", party=make_party(), is_staff=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token(name: str, password: str) -> Any:
    return client_of().post(f"{V1}/auth/token", {"username": name, "password": password}, format="json")


# --- What ends every key and session --------------------------------------------------------------


def new_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def disabled_and_enabled(user: User) -> None:
    for active in (False, True):
        user.is_active = active
        user.save()


def another_role(user: User) -> None:
    user.groups.add(Group.objects.create(name="x"))


def a_role_less(user: User) -> None:
    group = Group.objects.create(name="x")
    user.groups.add(group)
    group.user_set.clear()


def power_over_everything(user: User) -> None:
    user.is_superuser = True
    user.save()


def another_party(user: User) -> None:
    Membership.objects.create(user=user, party=make_party())


def no_party(user: User) -> None:
    Membership.objects.get(user=user).delete()


@pytest.mark.parametrize(
    "change",
    [new_password, disabled_and_enabled, another_role, a_role_less, power_over_everything, another_party, no_party],
)
def test_all_of_the_persons_keys_and_sessions_end_and_nobody_elses(clerk: User, change: Any) -> None:
    other = make_user("other", party=make_party(), is_staff=True)
    theirs, mine, key = signed_in(other), signed_in(clerk), client_of(clerk)
    AuthToken.objects.create(user=other)
    ok(key.get(f"{V1}/me"))
    change(User.objects.get(pk=clerk.pk))
    problem(key.get(f"{V1}/me"), 401)
    assert mine.get(HOME).status_code == 302
    assert theirs.get(HOME).status_code == 200 and AuthToken.objects.filter(user=other).exists()


def test_a_change_of_the_name_or_a_password_under_a_newer_algorithm_ends_nothing(clerk: User, settings: Any) -> None:
    mine, key = signed_in(clerk), client_of(clerk)
    clerk = User.objects.get(pk=clerk.pk)
    clerk.first_name = "某人"
    clerk.save()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert clerk.check_password(RIGHT) and clerk.password.startswith("pbkdf2")
    ok(key.get(f"{V1}/me"))
    assert AuthToken.objects.filter(user=clerk).exists() and mine.session.session_key


# --- Sessions end ---------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes, status", [(29, 200), (30, 302)])
def test_a_session_that_nobody_uses_ends(clerk: User, minutes: int, status: int) -> None:
    with time_machine.travel("2026-01-05 08:00:00+00:00", tick=False) as now:
        client = signed_in(clerk)
        now.shift(timedelta(minutes=minutes))
        assert client.get(HOME).status_code == status


def test_a_session_in_use_goes_on_and_ends_ten_hours_after_the_sign_in(clerk: User) -> None:
    with time_machine.travel("2026-01-05 00:00:00+00:00", tick=False) as now:
        client = signed_in(clerk)
        for _ in range(29):
            now.shift(timedelta(minutes=20))
            assert client.get(ACCOUNT).status_code == 200
        now.shift(timedelta(minutes=19))
        assert client.get(ACCOUNT).status_code == 200
        now.shift(timedelta(minutes=1))
        assert client.get(ACCOUNT).status_code == 302


# --- Rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "Ab-3456789"[:9],  # short
        "abcdefghijkl8",  # two kinds of characters
        "Woaini-2026!",
        "Nihao123456#",
        "Beijing@2026",
        "GuanLiYuan123",
        "W0aini-2026!",
        "Rexian12345!",
        "Clerk-clerk-1",  # the name
    ],
)
def test_a_weak_password_is_refused_in_chinese(clerk: User, password: str) -> None:
    with pytest.raises(ValidationError) as caught:
        passwords.change(user=clerk, new=password, at=clock.now())
    assert "\u4e00" <= str(caught.value.messages[0])[0] <= "\u9fff"
    assert User.objects.get(pk=clerk.pk).check_password(RIGHT)


def test_none_of_the_last_five_is_taken_again_and_the_one_before_them_is(clerk: User) -> None:
    used = [f"Qiu-tian-{n}-ye-zi" for n in range(6)]
    for one in used:
        passwords.change(user=clerk, new=one, at=clock.now())
    for one in used[1:]:
        with pytest.raises(ValidationError):
            passwords.change(user=clerk, new=one, at=clock.now())
    passwords.change(user=clerk, new=used[0], at=clock.now())


@pytest.mark.parametrize("days, must", [(89, False), (90, True)])
def test_a_password_grows_too_old(clerk: User, days: int, must: bool) -> None:
    now = clock.now()
    passwords.change(user=clerk, new=NEW, at=now)
    assert passwords.must_change(clerk, now + timedelta(days=days)) is must


# --- Given by another -----------------------------------------------------------------------------


def test_a_password_that_an_administrator_gave_is_changed_before_anything_else(clerk: User) -> None:
    root = signed_in(make_user("root", is_staff=True, is_superuser=True))
    page = reverse("admin:auth_user_password_change", args=[clerk.pk])
    assert root.post(page, {"password1": NEW, "password2": NEW, "usable_password": "true"}).status_code == 302
    problem(token("clerk", NEW), 403)
    client = Client()
    client.post("/admin/login/", {"username": "clerk", "password": NEW})
    assert client.get(HOME)["Location"] == ACCOUNT
    assert "请先修改密码" in client.get(ACCOUNT).content.decode()
    own = "Dong-tian-8-xue"
    assert client.post(ACCOUNT, {"password": NEW, "new_password": own, "again": own}).status_code == 302
    assert client.get(HOME).status_code == 200
    assert ok(token("clerk", own))["token"]


def test_a_new_user_changes_the_password_first(db: None) -> None:
    root = signed_in(make_user("root", is_staff=True, is_superuser=True))
    data = {"username": "novice", "password1": NEW, "password2": NEW, "usable_password": "true"}
    data |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    root.post(reverse("admin:auth_user_add"), data)
    assert Account.objects.get(user__username="novice").must_change


# --- One's own ------------------------------------------------------------------------------------


@pytest.fixture
def vendor(db: None) -> User:
    make_roles()
    return member(VENDOR, make_contract(check_ids=()).vendor)


def test_the_vendor_changes_its_own_password_over_the_api(vendor: User) -> None:
    key = client_of(vendor)
    data = {"username": vendor.username, "password": RIGHT, "new_password": NEW}
    problem(client_of().post(f"{V1}/auth/password", data | {"password": "x"}, format="json"), 401)
    refused = problem(client_of().post(f"{V1}/auth/password", data | {"new_password": "short"}, format="json"), 400)
    assert {error["field"] for error in refused["errors"]} == {"new_password"}
    ok(client_of().post(f"{V1}/auth/password", data, format="json"), 204)
    problem(key.get(f"{V1}/me"), 401)
    problem(token(vendor.username, RIGHT), 401)
    assert ok(token(vendor.username, NEW))["token"]


def test_the_vendor_sees_and_ends_its_own_tokens_and_no_others(vendor: User) -> None:
    stranger, _text = AuthToken.objects.create(user=make_user("stranger"))
    one, two = client_of(vendor), client_of(vendor)
    listed = ok(one.get(f"{V1}/me/tokens"))
    assert len(listed) == 2 and sum(row["is_this"] for row in listed) == 1
    other = next(row["key"] for row in listed if not row["is_this"])
    problem(one.delete(f"{V1}/me/tokens/{stranger.token_key}"), 404)
    ok(one.delete(f"{V1}/me/tokens/{other}"), 204)
    problem(two.get(f"{V1}/me"), 401)
    ok(one.get(f"{V1}/me"))
    assert AuthToken.objects.filter(pk=stranger.pk).exists()


def test_the_small_page_does_the_same_for_people_without_pages(vendor: User) -> None:
    client = Client()
    assert client.get(ACCOUNT)["Location"].startswith("/account/sign-in")
    signed = client.post("/account/sign-in", {"username": vendor.username, "password": RIGHT})
    assert signed["Location"] == reverse("portal") and client.get(HOME).status_code == 302
    mine, _text = AuthToken.objects.create(user=vendor)
    stranger, _text = AuthToken.objects.create(user=make_user("stranger"))
    assert mine.token_key in client.get(ACCOUNT).content.decode()
    for key in (mine, stranger):
        client.post("/account/end-key", {"key": key.token_key})
    assert list(AuthToken.objects.all()) == [stranger]
    wrong = client.post(ACCOUNT, {"password": "x", "new_password": NEW, "again": NEW + "x"})
    text = wrong.content.decode()
    assert "现用密码不正确" in text and "两次输入的新密码不一致" in text
    assert (
        "不得仅由常用词"
        in client.post(
            ACCOUNT, {"password": RIGHT, "new_password": "Woaini-2026!", "again": "Woaini-2026!"}
        ).content.decode()
    )
