"""Hears of every write and keeps an entry of it, in the transaction of the write."""

import sys
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils import timezone
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from contract import acting
from contract.choices import ChangeKind
from contract.history import seals
from contract.history.content import Values, as_set, as_set_of_values, difference, owners, set_key, values
from contract.history.models import ChainHead, ChangeEntry, ChangeLink
from contract.models.agreement import Contract
from contract.models.base import history_of, watched
from contract.signals import history_added, rows_added, rows_updated, values_added

AT_ONCE = 500
# Links before a position among whose entries one may still wait for its own: more than a moment brings.
LOOKED_BACK = 1000


def connect() -> None:
    """Listen to the writes of every watched model."""
    for label, model in watched().items():
        history = history_of(model)
        if history is None:
            pre_save.connect(_before_save, sender=model, dispatch_uid=f"audit-before-{label}")
            post_save.connect(_saved, sender=model, dispatch_uid=f"audit-saved-{label}")
            post_delete.connect(_deleted, sender=model, dispatch_uid=f"audit-deleted-{label}")
            rows_added.connect(_added, sender=model, dispatch_uid=f"audit-added-{label}")
            values_added.connect(_values_added, sender=model, dispatch_uid=f"audit-values-{label}")
            rows_updated.connect(_updated, sender=model, dispatch_uid=f"audit-updated-{label}")
        else:
            pre_create_historical_record.connect(_before_history, sender=history, dispatch_uid=f"audit-before-{label}")
            post_create_historical_record.connect(_history, sender=history, dispatch_uid=f"audit-history-{label}")
            history_added.connect(_histories, sender=history, dispatch_uid=f"audit-histories-{label}")


def entry(row: models.Model, kind: ChangeKind, changes: Values, *, note: str = "", history: Any = None) -> ChangeEntry:
    """An entry about a row, not yet written."""
    contract_pk, party_pk = owners(row)
    actor = acting.actor() if history is None else history.history_user
    return ChangeEntry(
        label=row._meta.label,
        row_pk=row.pk,
        kind=kind,
        route=acting.route(),
        history_pk=None if history is None else history.history_id,
        actor_id=None if actor is None else actor.pk,
        at=acting.now() if history is None else history.history_date,
        written_at=timezone.now(),
        contract_pk=contract_pk,
        party_pk=party_pk,
        changes=changes,
        note=note[:200],
    )


def keep(entries: Iterable[ChangeEntry]) -> None:
    """Write entries; they are chained once the transaction is committed."""
    written = ChangeEntry.objects.bulk_create(list(entries), batch_size=AT_ONCE)
    if written:
        seals.after_commit(entry.pk for entry in written)


def versions(contract_ids: Iterable[int]) -> dict[int, tuple[dict[str, int], dict[str, int]]]:
    """How many entries there are by record type: of each contract, and of none (two queries).

    Entries are counted, not their last number compared: one with a smaller number may be committed later.
    What belongs to a party, or to nobody, may bear on every contract.
    """
    ids = list(contract_ids)
    entries = ChangeEntry.objects.order_by()
    own: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    found = entries.filter(contract_pk__in=ids).values_list("contract_pk", "label")
    for pk, label, number in found.annotate(models.Count("pk")):
        own[pk][label] = number
    shared = dict(entries.filter(contract_pk=None).values_list("label").annotate(models.Count("pk")))
    return {pk: (own[pk], shared) for pk in ids}


def position() -> int:
    """The number of the chain's last link: what has it or a smaller one is committed, what comes later has a greater
    one. An entry that is not sealed yet has none."""
    return ChainHead.objects.filter(pk=seals.CHANGES.head).values_list("sequence", flat=True).first() or 0


def since(position: int) -> list[tuple[int | None, str, int]]:
    """What was written after a position: contract (None: of none), record type, and the greatest link of those (two
    queries, on what is new). An entry that is not sealed yet is later than any."""
    links = ChangeLink.objects.order_by().filter(sequence__gt=position)
    sealed = links.values_list("entry__contract_pk", "entry__label").annotate(models.Max("sequence"))
    # What was written long before has its link, or is sealed by the next job and is new to the next night.
    long_before = ChangeLink.objects.filter(sequence=position - LOOKED_BACK).values("entry_id")
    floor = Coalesce(models.Subquery(long_before), 0, output_field=models.BigIntegerField())
    waiting = seals.unsealed().order_by().filter(pk__gt=floor).values_list("contract_pk", "label").distinct()
    return [*sealed, *((contract_pk, label, sys.maxsize) for contract_pk, label in waiting)]


def newest() -> int:
    """The number of the newest entry."""
    return ChangeEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def touched(since: int, actor: Any) -> list[int]:
    """The contracts of what this person has written since an entry; what belongs to a party touches all of its."""
    rows = ChangeEntry.objects.order_by().filter(pk__gt=since, actor=actor)
    owned = rows.values_list("contract_pk", "party_pk").distinct()
    contracts = {contract for contract, _party in owned if contract is not None}
    parties = {party for contract, party in owned if contract is None and party is not None}
    if parties:
        signed = models.Q(office__in=parties) | models.Q(vendor__in=parties)
        contracts |= set(Contract.objects.filter(signed).values_list("pk", flat=True))
    return sorted(contracts)


# --- Rows with a history ----------------------------------------------------------------------


def _before_history(history_instance: Any, **kwargs: Any) -> None:
    at, actor = acting.instant(), acting.actor()
    if at is not None:
        history_instance.history_date = at
    if history_instance.history_user_id is None and actor is not None:
        history_instance.history_user = actor


def _history(instance: Any, history_instance: Any, **kwargs: Any) -> None:
    _histories(rows=[history_instance], instances=[instance])


def _histories(rows: Any, instances: Any, **kwargs: Any) -> None:
    if acting.is_silent():
        return
    earlier = _earlier([row for row in rows if row.history_type == ChangeKind.CHANGED])
    found = []
    for row, instance in zip(rows, instances, strict=True):
        pk = getattr(row, instance._meta.pk.attname)
        kind, changes = ChangeKind(row.history_type), {}
        if kind != ChangeKind.REMOVED:
            changes = values(row, type(instance))
        if kind == ChangeKind.CHANGED:
            changes = difference(earlier.get(pk, {}), changes)
        if instance.pk is None:  # deleted: Django has forgotten the number
            instance.pk = pk
        found.append(entry(instance, kind, changes, note=row.history_change_reason or "", history=row))
    keep(found)


def _earlier(rows: list[Any]) -> dict[int, Values]:
    """What stood in the history before each of these versions (one query)."""
    if not rows:
        return {}
    history, model = type(rows[0]), rows[0].instance_type
    key = model._meta.pk.attname
    first = min(row.history_id for row in rows)
    pks = [getattr(row, key) for row in rows]
    newest = (
        history.objects.filter(**{f"{key}__in": pks}, history_id__lt=first)
        .order_by()
        .values(key)
        .annotate(newest=models.Max("history_id"))
        .values("newest")
    )
    found = history.objects.filter(history_id__in=newest)
    return {getattr(row, key): values(row, model) for row in found}


# --- Rows without one -------------------------------------------------------------------------


def _before_save(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    instance._as_logged = None
    if instance.pk is not None and not instance._state.adding and not acting.is_silent():
        stored = type(instance)._base_manager.filter(pk=instance.pk).first()
        instance._as_logged = stored and values(stored)


def _saved(instance: Any, created: bool, **kwargs: Any) -> None:
    if acting.is_silent():
        return
    model = type(instance)
    if set_key(model):
        keep([set_entry(model, [instance])])
    elif created:
        keep([entry(instance, ChangeKind.ADDED, values(instance))])
    else:
        changes = difference(instance._as_logged or {}, values(instance))
        if changes:
            keep([entry(instance, ChangeKind.CHANGED, changes)])


def _deleted(instance: Any, **kwargs: Any) -> None:
    if not acting.is_silent():
        keep([entry(instance, ChangeKind.REMOVED, {})])


def _added(sender: Any, rows: Any, **kwargs: Any) -> None:
    if acting.is_silent():
        return
    if set_key(sender):
        keep([set_entry(sender, rows)])
    else:
        keep([entry(row, ChangeKind.ADDED, values(row)) for row in rows])


def _values_added(sender: Any, columns: Any, rows: Any, **kwargs: Any) -> None:
    if not acting.is_silent():
        first = sender(**dict(zip(columns, rows[0], strict=True)))
        keep([_entry_of_set(sender, first, as_set_of_values(sender, columns, rows))])


def _updated(sender: Any, before: Any, after: Any, **kwargs: Any) -> None:
    if acting.is_silent():
        return
    if set_key(sender):
        if after:
            keep([set_entry(sender, after.values())])
        return
    keep(
        entry(row, ChangeKind.CHANGED, changes)
        for pk, row in sorted(after.items())
        if (changes := difference(values(before[pk]), values(row)))
    )


def set_entry(model: Any, rows: Any, note: str = "") -> ChangeEntry:
    """One entry for many rows; it bears the number of the set, where the rows name one."""
    rows = list(rows)
    return _entry_of_set(model, rows[0], as_set(model, rows), note)


def _entry_of_set(model: Any, first: Any, changes: Values, note: str = "") -> ChangeEntry:
    found = entry(first, ChangeKind.SET, changes, note=note)
    found.row_pk = getattr(first, getattr(model, "LOGGED_WITH", "pk"))
    return found
