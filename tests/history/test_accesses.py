"""The log of accesses: who came in, what was taken out, whose account or role changed; chained and compared."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from contract.choices import AccessKind
from contract.history import services, verification
from contract.history.access import accounts, log
from contract.history.models import AccessEntry, AccessLink, ChangeLink
from contract.history.problems import Fault
from contract.models import Membership
from contract.roles import ADMINISTRATORS, AUDIT_ADMIN, REVIEWER, SECURITY_ADMIN, STAFF, SYSTEM_ADMIN, create_roles
from tests.api import client_of
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-one-for-the-test-7"
NO_FORMS = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}


def person(name: str, role: str = "", **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def inside(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kinds(**wanted: Any) -> list[str]:
    return list(AccessEntry.objects.filter(**wanted).order_by("pk").values_list("kind", flat=True))


def newest() -> AccessEntry:
    return AccessEntry.objects.latest("pk")


def by_hand(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


# --- Coming in, going out ---------------------------------------------------------------------


def test_signing_in_well_and_badly_and_leaving_are_kept_with_the_address() -> None:
    person("office")
    client = Client(REMOTE_ADDR="10.1.2.3")
    login = reverse("admin:login")
    client.post(login, {"username": "office", "password": "wrong"})
    client.post(login, {"username": "office", "password": PASSWORD})
    client.post(reverse("admin:logout"))
    came = AccessEntry.objects.filter(label="").order_by("pk")
    assert [(e.kind, e.username, e.address) for e in came] == [
        (kind, "office", "10.1.2.3") for kind in (AccessKind.FAILED, AccessKind.LOGIN, AccessKind.LOGOUT)
    ]


def test_of_a_name_that_nobody_has_only_the_beginning_is_kept_for_it_may_be_a_password() -> None:
    Client().post(reverse("admin:login"), {"username": "my-secret-password", "password": "x"})
    assert (newest().kind, newest().username) == (AccessKind.FAILED, "my…")
    assert newest().address == "127.0.0.1"


def test_behind_a_proxy_the_address_is_the_clients(settings: Any) -> None:
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    client.post(reverse("admin:login"), {"username": "x", "password": "x"})
    assert newest().address == "10.0.0.1"  # nobody said that there is one
    settings.NUM_PROXIES = 1
    client.post(reverse("admin:login"), {"username": "x", "password": "x"})
    assert newest().address == "203.0.113.9"


def test_every_file_that_leaves_is_kept_with_its_name_and_no_query() -> None:
    contract = make_contract()
    user = make_user(party=contract.vendor, permissions=["contract.view_servicereport", "contract.add_servicereport"])
    answer = client_of(user).get("/api/v1/service-reports/template.xlsx", {"contract": contract.pk})
    assert answer.status_code == 200
    entry = AccessEntry.objects.get(kind=AccessKind.DOWNLOAD)
    assert (entry.user_pk, entry.path) == (user.pk, "/api/v1/service-reports/template.xlsx")
    assert entry.note.endswith(".xlsx")


def test_a_number_shown_whole_is_kept_with_its_row_and_the_reason() -> None:
    contract, user = make_contract(), person("office")
    log.note(AccessKind.SHOWN, user=user, row=contract, text="核对参保记录")
    assert (newest().username, newest().label, newest().row_key) == ("office", "contract.Contract", str(contract.pk))
    assert newest().note == "核对参保记录"


# --- Accounts and roles -----------------------------------------------------------------------


def test_accounts_roles_and_keys_are_kept_with_old_and_new_and_no_password() -> None:
    create_roles()
    user = person("office", STAFF)
    user.is_active = False
    user.set_password("another-long-one-8")
    user.save()
    _token, text = AuthToken.objects.create(user=user)
    AuthToken.objects.filter(user=user).delete()
    about_user = AccessEntry.objects.filter(label="auth.User", row_key=str(user.pk)).order_by("pk")
    assert [e.kind for e in about_user] == ["added", "changed", "changed"]
    staff = Group.objects.get(name=STAFF).pk
    assert about_user[1].changes == {"groups": [[], [staff]]}
    assert set(about_user[2].changes) == {"is_active", "password"}
    assert kinds(label="knox.AuthToken") == ["added", "removed"]
    kept = str(list(AccessEntry.objects.values_list("changes", "note")))
    assert user.password not in kept and text not in kept


def test_signing_in_changes_no_account() -> None:
    user = person("office")
    Client().login(username="office", password=PASSWORD)
    assert kinds(label="auth.User", row_key=str(user.pk)) == ["added"]


def test_members_are_kept_from_either_side_and_when_a_role_goes() -> None:
    create_roles()
    user, role = person("office"), Group.objects.get(name=STAFF)
    role.user_set.add(user)
    role.user_set.clear()
    user.groups.add(role)
    role.delete()
    pk = AccessEntry.objects.get(label="auth.Group", kind="removed", note=STAFF).row_key
    changes = AccessEntry.objects.filter(label="auth.User", kind="changed").order_by("pk")
    assert [e.changes["groups"] for e in changes] == [[[], [int(pk)]], [[int(pk)], []]] * 2
    assert list(accounts.verify()) == []


@pytest.mark.parametrize(
    ("sql", "fault", "field"),
    [
        ("UPDATE auth_user SET is_superuser = TRUE WHERE username = 'office'", Fault.ROW_CHANGED, "is_superuser"),
        ("UPDATE auth_user SET password = 'x' WHERE username = 'office'", Fault.ROW_CHANGED, "password"),
        ("UPDATE auth_user SET is_active = FALSE WHERE username = 'office'", Fault.ROW_CHANGED, "is_active"),
        ("DELETE FROM auth_user_groups", Fault.ROW_CHANGED, "groups"),
        ("DELETE FROM auth_group_permissions WHERE group_id = 1", Fault.ROW_CHANGED, "permissions"),
        ("DELETE FROM knox_authtoken", Fault.ROW_GONE, ""),
        ("UPDATE knox_authtoken SET expiry = NULL", Fault.ROW_CHANGED, "expiry"),
    ],
)
def test_an_account_written_behind_the_programs_back_is_named(sql: str, fault: Fault, field: str) -> None:
    create_roles()
    user = person("office", STAFF)
    AuthToken.objects.create(user=user)
    assert list(accounts.verify()) == []
    by_hand(sql.replace("group_id = 1", f"group_id = {Group.objects.get(name=STAFF).pk}"))
    result, problems = services.check(timezone.now())
    assert [(p.fault, p.field) for p in problems] == [(fault, field)] and result.problems == 1


def test_what_was_there_before_the_log_is_taken_over_with_a_reason() -> None:
    create_roles()
    user = person("office", STAFF)
    by_hand("UPDATE auth_user SET is_superuser = TRUE WHERE username = 'office'")
    assert accounts.adopt("首次启用") == 1
    assert (newest().kind, newest().note, newest().row_key) == (AccessKind.ADOPTED, "首次启用", str(user.pk))
    assert list(accounts.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_accesses_have_a_chain_of_their_own_and_an_edited_entry_is_named() -> None:
    person("office")
    Client().post(reverse("admin:login"), {"username": "office", "password": "wrong"})
    assert AccessLink.objects.count() == AccessEntry.objects.count() == 2 and not ChangeLink.objects.exists()
    assert list(verification.verify(timezone.now())) == []
    by_hand("UPDATE contract_accessentry SET kind = 'login' WHERE kind = 'failed'")
    assert [p.fault for p in verification.verify(timezone.now())] == [Fault.ENTRY_CHANGED]


def test_an_entry_is_neither_changed_nor_removed_by_the_program() -> None:
    entry = log.note(AccessKind.REFUSED)
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        AccessEntry.objects.all().delete()


# --- Three administrators ---------------------------------------------------------------------


def page(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


def send(client: Client, user: User, **changed: Any) -> Any:
    data = {"username": user.username, "is_active": "on", "is_staff": "on", **NO_FORMS, **changed}
    return client.post(page(user), data)


def test_no_administrator_opens_a_page_of_the_contract() -> None:
    create_roles()
    contract = make_contract()
    for role in ADMINISTRATORS:
        client = inside(person(role, role))
        assert client.get(reverse("admin:index")).status_code == 200
        for name in (
            "contract_contract",
            "contract_alert",
            "contract_changeentry",
            "staffing_operator",
            "billing_claim",
        ):
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403, (role, name)
        assert contract.number not in client.get(reverse("admin:index")).content.decode()


def test_the_system_administrator_makes_users_and_gives_no_role() -> None:
    create_roles()
    user, client = person("new"), inside(person("sys", SYSTEM_ADMIN))
    staff = Group.objects.get(name=STAFF)
    send(client, user, first_name="张三", groups=[staff.pk], is_superuser="on")
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser, user.groups.count()) == ("张三", False, 0)
    assert client.get(reverse("admin:auth_user_add")).status_code == 200
    assert client.get(reverse("admin:contract_accessentry_changelist")).status_code == 403
    assert client.get(reverse("admin:contract_membership_add")).status_code == 403


def test_the_security_administrator_gives_roles_and_changes_no_account() -> None:
    create_roles()
    user, client = person("new", first_name="张三"), inside(person("sec", SECURITY_ADMIN))
    reviewer = Group.objects.get(name=REVIEWER)
    send(client, user, first_name="李四", groups=[reviewer.pk], is_superuser="on")
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser, list(user.groups.all())) == ("张三", False, [reviewer])
    for who in (client, inside(person("sys", SYSTEM_ADMIN))):
        page = who.get(reverse("admin:auth_user_change", args=[user.pk])).content.decode()
        assert "姓名" in page and "名字" not in page
    assert client.get(reverse("admin:auth_user_add")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[user.pk])
    assert client.get(password).status_code == 403 and client.post(password, {}).status_code == 403


def test_the_security_administrator_reads_what_a_role_may_in_chinese() -> None:
    create_roles()
    group = Group.objects.get(name=REVIEWER)
    page = (
        inside(person("sec", SECURITY_ADMIN)).get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()
    )
    assert "合同 | 预警：" in page and "Can view" not in page and "Can change" not in page


def test_nobody_gives_anything_to_themselves() -> None:
    create_roles()
    contract, me = make_contract(), person("sec", SECURITY_ADMIN)
    client, staff = inside(me), Group.objects.get(name=STAFF)
    forms = {"memberships-TOTAL_FORMS": 1, "memberships-0-party": contract.office.pk}
    send(client, me, groups=[staff.pk], **forms)
    data = {"user": me.pk, "party": contract.office.pk}
    assert client.post(reverse("admin:contract_membership_add"), data).status_code == 200  # the form again
    assert [g.name for g in me.groups.all()] == [SECURITY_ADMIN] and not Membership.objects.filter(user=me).exists()


def test_an_administrator_has_one_role_and_acts_for_no_party() -> None:
    create_roles()
    contract, user, client = make_contract(), person("new"), inside(person("sec", SECURITY_ADMIN))
    audit, staff = Group.objects.get(name=AUDIT_ADMIN), Group.objects.get(name=STAFF)
    assert "不得兼任" in send(client, user, groups=[audit.pk, staff.pk]).content.decode()
    forms = {"memberships-TOTAL_FORMS": 1, "memberships-0-party": contract.office.pk, "memberships-0-user": user.pk}
    assert "不得代表" in send(client, user, groups=[audit.pk], **forms).content.decode()
    send(client, user, groups=[audit.pk])
    assert list(user.groups.all()) == [audit]
    data = {"user": user.pk, "party": contract.office.pk}
    assert "不得代表" in client.post(reverse("admin:contract_membership_add"), data).content.decode()
    assert not Membership.objects.filter(user=user).exists()


def test_the_audit_administrator_reads_the_log_in_chinese_and_writes_nothing() -> None:
    create_roles()
    me = person("audit", AUDIT_ADMIN)
    client = inside(me)
    Client().post(reverse("admin:login"), {"username": "audit", "password": "wrong"})
    shown = client.get(reverse("admin:contract_accessentry_changelist")).content.decode()
    assert "登录失败" in shown and "访问日志" in shown
    for entry in AccessEntry.objects.all():
        at = reverse("admin:contract_accessentry_change", args=[entry.pk])
        assert "+00:00" not in client.get(at).content.decode()
        assert client.get(at).status_code == 200 and client.post(at, {"username": "x"}).status_code == 403
    assert client.get(reverse("admin:contract_accessentry_add")).status_code == 403


def test_the_first_administrators_are_three_persons_without_a_superuser(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_administrators", "sys", "sec", "audit")
    told = capsys.readouterr().out
    for name, role in zip(("sys", "sec", "audit"), ADMINISTRATORS, strict=True):
        user = User.objects.get(username=name)
        assert [g.name for g in user.groups.all()] == [role] and user.is_staff and not user.is_superuser
        password = next(line for line in told.splitlines() if f" {name} " in f" {line} " and role in line).split()[-1]
        assert user.check_password(password)
    with pytest.raises(CommandError, match="已有"):
        call_command("first_administrators", "a", "b", "c")
    with pytest.raises(CommandError, match="三个不同"):
        call_command("first_administrators", "a", "a", "c")
    assert User.objects.count() == 3
