"""Keeps entries of accesses: signing in and out, what is handed out, and what others report."""

import logging
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from contract import acting
from contract.choices import AccessKind
from contract.history import seals
from contract.history.models import AccessEntry
from kit.addresses import client_address
from kit.second_factor import set_up

logger = logging.getLogger(__name__)


def note(
    kind: AccessKind,
    *,
    request: HttpRequest | None = None,
    user: Any = None,
    row: models.Model | None = None,
    text: str = "",
    username: str = "",
    changes: dict[str, Any] | None = None,
) -> AccessEntry:
    """Keep an entry and chain it after the commit.

    `user` is who did it (default: who acts now), `row` what it was done to, `text` the reason or
    the name of the file.
    """
    who = user or acting.actor()
    entry = AccessEntry(
        kind=kind,
        at=timezone.now(),
        user_pk=getattr(who, "pk", None),
        username=(username or (who.get_username() if who is not None else ""))[:150],
        address=client_address(request)[:45] if request is not None else "",
        route=acting.route(),
        path=request.path[:200] if request is not None else "",
        note=text[:200],
        changes=changes or {},
    )
    if row is not None:
        entry.label, entry.row_key = row._meta.label, str(row.pk)[:64]
    return keep(entry)


def keep(entry: AccessEntry) -> AccessEntry:
    """Write an entry; it is chained once the transaction is committed."""
    entry.save()
    seals.after_commit([entry.pk], seals.ACCESSES)
    return entry


def connect() -> None:
    """Listen to who signs in, who does not, and who leaves."""
    user_logged_in.connect(_in, dispatch_uid="access-in")
    user_logged_out.connect(_out, dispatch_uid="access-out")
    user_login_failed.connect(_failed, dispatch_uid="access-failed")
    set_up.connect(_set_up, dispatch_uid="access-second-factor")
    user_locked_out.connect(_locked, dispatch_uid="access-locked")


def _in(request: Any = None, user: Any = None, **kwargs: Any) -> None:
    note(AccessKind.LOGIN, request=request, user=user)


def _out(request: Any = None, user: Any = None, **kwargs: Any) -> None:
    if user is not None:
        note(AccessKind.LOGOUT, request=request, user=user)


def _failed(credentials: Any = None, request: Any = None, **kwargs: Any) -> None:
    note(AccessKind.FAILED, request=request, username=_typed(credentials))


def _set_up(request: Any, user: Any, **kwargs: Any) -> None:
    note(AccessKind.CHANGED, request=request, user=user, row=user, text=gettext("second factor set up"))


def _locked(request: Any = None, username: Any = None, **kwargs: Any) -> None:
    note(AccessKind.LOCKED, request=request, username=_typed({"username": username}))


def _typed(credentials: Any) -> str:
    """The name that was typed; of one that nobody has only its beginning: it may be a password."""
    name = str((credentials or {}).get("username") or "")[:150]
    known = get_user_model().objects.filter(username=name).exists()
    return name if known or len(name) < 3 else f"{name[:2]}…"
