"""A new password, a closed account or another role end every key and session of the person, for good."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.utils import timezone
from knox.models import AuthToken

from contract.access.models import Account
from contract.access.passwords import must_change
from contract.models import Membership
from contract.signals import password_given

POWER = ("is_active", "is_staff", "is_superuser")
BEGAN, SEEN, MUST_CHANGE = "began_at", "seen_at", "must_change_password"
KEPT_HASHES = 24


def end_access(user_ids: set[int]) -> None:
    """Delete tokens and sessions. Sessions name their user inside: the few that live are looked through."""
    AuthToken.objects.filter(user_id__in=user_ids).delete()
    names = {str(pk) for pk in user_ids}
    ended = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") in names
    ]
    Session.objects.filter(pk__in=ended).delete()


def connect() -> None:
    """Listen to what changes what a person may do."""
    pre_save.connect(_before_user, sender=User, dispatch_uid="access-before-user")
    post_save.connect(_user, sender=User, dispatch_uid="access-user")
    for through in (User.groups.through, User.user_permissions.through):
        m2m_changed.connect(_rights, sender=through, dispatch_uid=f"access-{through.__name__}")
    for signal in (post_save, post_delete):
        signal.connect(_membership, sender=Membership, dispatch_uid="access-membership")
    user_logged_in.connect(_signed_in, dispatch_uid="access-session")
    password_given.connect(_given, dispatch_uid="access-password-given")


def _before_user(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    instance._as_stored = None
    if instance.pk and not raw:
        instance._as_stored = User.objects.filter(pk=instance.pk).values("password", *POWER).first()


def _user(instance: Any, created: bool, **kwargs: Any) -> None:
    stored = getattr(instance, "_as_stored", None)
    if stored is None:
        return
    rehashed = getattr(instance, "_password", None) is None and set(kwargs.get("update_fields") or ()) == {"password"}
    if rehashed:  # the same password under a newer algorithm, at a sign-in
        return
    if stored["password"] != instance.password:
        account, _created = Account.objects.get_or_create(user=instance)
        account.earlier = [stored["password"], *account.earlier][:KEPT_HASHES]
        account.changed_at = timezone.now()
        account.save()
    if any(stored[name] != getattr(instance, name) for name in ("password", *POWER)):
        end_access({instance.pk})


def _rights(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    if action == "pre_clear" and reverse:
        end_access(set(instance.user_set.values_list("pk", flat=True)))
    elif action in ("post_add", "post_remove", "post_clear") and (pk_set or action == "post_clear"):
        end_access(set(pk_set or ()) if reverse else {instance.pk})


def _membership(instance: Any, **kwargs: Any) -> None:
    end_access({instance.user_id})


def _given(user: Any, **kwargs: Any) -> None:
    Account.objects.update_or_create(user=user, defaults={"must_change": True})


def _signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    session = getattr(request, "session", None)
    if session is None:
        return
    now = timezone.now()
    session[BEGAN] = session[SEEN] = now.timestamp()
    if must_change(user, now):
        session[MUST_CHANGE] = True
