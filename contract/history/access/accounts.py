"""Accounts, roles and access keys: every write of them is an entry, and the tables are compared with these.

They are tables of Django and of the token library, without a history of their own. What an account
may do stands partly in the tables between: its roles and permissions count as values of it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from knox.models import AuthToken

from contract import acting
from contract.choices import AccessKind
from contract.history.access import log
from contract.history.content import Values, columns, difference, encode, fingerprint
from contract.history.models import AccessEntry
from contract.history.problems import Fault, Problem

# What changes with every visit, and what never changes.
LEFT_OUT = {"last_login", "date_joined"}
MEMBERS = {User: ("groups", "user_permissions"), Group: ("permissions",), AuthToken: ()}


def connect() -> None:
    for model in MEMBERS:
        pre_save.connect(_before, sender=model, dispatch_uid=f"access-before-{model.__name__}")
        post_save.connect(_saved, sender=model, dispatch_uid=f"access-saved-{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"access-deleted-{model.__name__}")
    pre_delete.connect(_group_goes, sender=Group, dispatch_uid="access-group-goes")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_members, sender=through, dispatch_uid=f"access-members-{through.__name__}")


def state(row: Any, names: tuple[str, ...] | None = None) -> Values:
    """What an account, a role or a key comes to. Of a password its fingerprint only."""
    found: Values = {}
    model: Any = type(row)
    for field in columns(model):
        if field.attname not in LEFT_OUT:
            value = getattr(row, field.attname)
            found[field.attname] = fingerprint(value) if field.attname == "password" else encode(field, value)
    for name in MEMBERS.get(model, ()) if names is None else names:
        found[name] = members(row, name)
    return found


def members(row: Any, name: str) -> list[Any]:
    """The roles (by number) or permissions (by name) of a row."""
    related = getattr(row, name)
    if name == "groups":
        return sorted(related.values_list("pk", flat=True))
    pairs = related.order_by().values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{codename}" for app, codename in pairs)


# --- Hearing of writes ------------------------------------------------------------------------


def _keep(kind: AccessKind, row: models.Model, changes: Values, key: Any = None) -> None:
    who = acting.actor()
    log.keep(
        AccessEntry(
            kind=kind,
            at=timezone.now(),
            user_pk=getattr(who, "pk", None),
            username=who.get_username() if who is not None else "",
            route=acting.route(),
            label=row._meta.label,
            row_key=str(row.pk if key is None else key)[:64],
            changes=changes,
            note=str(row)[:200],
        )
    )


def _before(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    stored = None if instance._state.adding else type(instance)._base_manager.filter(pk=instance.pk).first()
    instance._as_logged = stored and state(stored, ())


def _saved(instance: Any, created: bool, **kwargs: Any) -> None:
    if acting.is_silent():
        return
    if created:
        _keep(AccessKind.ADDED, instance, state(instance))
    elif changes := difference(getattr(instance, "_as_logged", None) or {}, state(instance, ())):
        _keep(AccessKind.CHANGED, instance, changes)


def _deleted(instance: Any, **kwargs: Any) -> None:
    if not acting.is_silent():
        _keep(AccessKind.REMOVED, instance, {})


def _group_goes(instance: Any, **kwargs: Any) -> None:
    """The rows between go with it, in silence: its members lose it."""
    if acting.is_silent():
        return
    for user in User.objects.filter(groups=instance):
        held = members(user, "groups")
        _keep(AccessKind.CHANGED, user, {"groups": [held, [pk for pk in held if pk != instance.pk]]})


def _members(sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, model: Any, **kwargs: Any) -> None:
    """Called before and after each change, from either side of it."""
    moment, _, _what = action.partition("_")
    if moment == "pre":
        held = [instance] if not reverse else list(_touched(sender, instance, pk_set, model))
        name = next(n for owner in MEMBERS for n in MEMBERS[owner] if getattr(owner, n).through is sender)
        instance._held = [(row, name, members(row, name)) for row in held]
    elif not acting.is_silent():
        for row, name, old in getattr(instance, "_held", ()):
            if (new := members(row, name)) != old:
                _keep(AccessKind.CHANGED, row, {name: [old, new]})


def _touched(through: Any, instance: Any, pks: Any, model: Any) -> Any:
    """The users (or roles) that are given or lose this role (or permission)."""
    if pks is not None:
        return model.objects.filter(pk__in=pks)
    field = next(name for owner in MEMBERS for name in MEMBERS[owner] if getattr(owner, name).through is through)
    return model.objects.filter(**{field: instance})


# --- Comparing --------------------------------------------------------------------------------


def logged(label: str) -> dict[str, Values]:
    """What the rows of a table come to by their entries; those that are gone are not in it."""
    found: dict[str, Values] = {}
    entries = AccessEntry.objects.filter(label=label).exclude(kind__in=(AccessKind.SHOWN, AccessKind.REFUSED))
    for key, kind, changes in entries.order_by("pk").values_list("row_key", "kind", "changes").iterator():
        if kind == AccessKind.REMOVED:
            found.pop(key, None)
        elif kind == AccessKind.CHANGED:
            found.setdefault(key, {}).update({name: pair[1] for name, pair in changes.items()})
        elif kind in (AccessKind.ADDED, AccessKind.ADOPTED):
            found[key] = dict(changes)
    return found


def verify() -> Iterator[Problem]:
    """Accounts, roles and keys that were written behind the program's back, with what differs."""
    for model in MEMBERS:
        label = model._meta.label
        expected = logged(label)
        for row in model._base_manager.order_by("pk").iterator():
            known = expected.pop(str(row.pk)[:64], None)
            pk, about = _number(row), str(row)[:80]
            if known is None:
                yield Problem(Fault.ROW_ADDED, label, pk, about=about)
                continue
            for name, value in state(row).items():
                if name in known and known[name] != value:
                    yield Problem(Fault.ROW_CHANGED, label, pk, name, str(known[name])[:120], str(value)[:120], about)
        for key in expected:
            yield Problem(Fault.ROW_GONE, label, int(key) if key.isdigit() else 0, about=key)


def _number(row: models.Model) -> int:
    """An access key has none."""
    return row.pk if isinstance(row.pk, int) else 0


def adopt(reason: str) -> int:
    """Take over the accounts, roles and keys that do not agree, as they stand; returns how many."""
    taken = 0
    for model in MEMBERS:
        expected = logged(model._meta.label)
        for row in model._base_manager.order_by("pk"):
            known, now = expected.pop(str(row.pk)[:64], None), state(row)
            if known != now:
                _adopted(AccessKind.ADOPTED, model, str(row.pk)[:64], now, reason)
                taken += 1
        for key in expected:
            _adopted(AccessKind.REMOVED, model, key, {}, reason)
            taken += 1
    return taken


def _adopted(kind: AccessKind, model: Any, key: str, changes: Values, reason: str) -> None:
    entry = AccessEntry(kind=kind, at=timezone.now(), route=acting.route(), label=model._meta.label)
    entry.row_key, entry.changes, entry.note = key, changes, reason[:200]
    log.keep(entry)
