"""Compares the tables with the log, and the log with its chain: names what does not agree.

The log says of every row what stands in it. So a row that was changed, added or removed behind the
program's back differs from what its entries come to; a version in the history differs from the
entry that it belongs to; an entry that was edited or removed differs from its link; and a link
from the one before it. Rows stream in the order of their numbers: memory does not grow with them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice, zip_longest
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from contract.choices import ChangeKind
from contract.history import redaction, seals
from contract.history.access import forgetting
from contract.history.content import (
    GONE,
    Values,
    columns,
    digest,
    digested,
    encode,
    fingerprint_of,
    fingerprint_of_stored,
    from_set,
    set_key,
)
from contract.history.models import ChainHead, ChangeEntry
from contract.history.problems import Fault, Problem
from contract.models import Contract
from contract.models.base import history_of, watched
from kit.database.fields import EncryptedTextField
from kit.database.snapshot import snapshot
from kit.hashing import ALGORITHMS, SHA_256

CHUNK = 2000
# A set has up to 20,000 rows: so many are read at once.
SETS = 20
# What is written in sets is compared contract by contract; by this column (the first of LOGGED_BY).
OWNER = "contract_id"
ENTRY_COLUMNS = ("pk", "row_pk", "kind", "history_pk", "at", "actor_id", "changes")
HISTORY_KEPT = "history"
"""Where an adoption keeps the fingerprint of the versions that it found."""


@dataclass
class Checked:
    """The head that the chain comes to, and how many links were followed."""

    sequence: int = 0
    hash: str = "0" * 64
    entries: int = 0

    @property
    def head(self) -> list[Any]:
        """Where the chain stands, as it is kept."""
        return [self.sequence, self.hash]


def verify(now: datetime, *came_to: Checked) -> Iterator[Problem]:
    """Everything that does not agree: first the chains, then table by table.

    All of it is seen at one moment: what is written and chained meanwhile is no fault. `came_to` takes the heads of
    the chains, as far as wanted.
    """
    with snapshot(settings.ARCHIVE_SCHEMA):
        for of, checked in zip_longest(seals.CHAINS, came_to):
            yield from chain(now, checked or Checked(), of)
        for label, model in sorted(watched().items()):
            yield from (sets(label, model) if set_key(model) else rows(label, model))
        gone = ChangeEntry.objects.exclude(label__in=watched()).order_by()
        for label in gone.values_list("label", flat=True).distinct():
            yield Problem(Fault.TABLE_GONE, label, 0)


# --- The chain --------------------------------------------------------------------------------


def chain(now: datetime, checked: Checked, of: seals.Chain = seals.CHANGES) -> Iterator[Problem]:
    """Links in their order from `checked` on, each with its entry; then entries without a link, and the head."""
    up_to, in_all = forgetting.told() if of is seals.ACCESSES else (0, 0)
    gone, first = 0, checked.sequence
    other = redaction.redacted() if of is seals.CHANGES else {}
    following = of.links.objects.filter(sequence__gt=first).order_by("sequence")
    for links in batched(following.iterator(CHUNK), CHUNK):
        entries = of.entries.objects.in_bulk([link.entry_id for link in links if link.entry_id is not None])
        for link in links:
            had_to_go = link.entry_id is None and link.sequence <= up_to
            gone += had_to_go
            may_be = other.get(link.entry_id, set()) | {link.digest}
            yield from _link(of, link, entries.get(link.entry_id), checked, had_to_go, may_be)
    if not first and gone != in_all:
        yield Problem(Fault.ENTRY_GONE, of.entries._meta.label, 0, "", str(in_all), str(gone), f"1–{up_to}")
    head = ChainHead.objects.filter(pk=of.head).first() or ChainHead()
    if (head.sequence, head.hash) != (checked.sequence, checked.hash):
        yield Problem(
            Fault.HEAD_CHANGED, "contract.ChainHead", head.sequence, expected=head.hash[:16], found=checked.hash[:16]
        )
    when = "written_at" if of is seals.CHANGES else "at"
    late = seals.unsealed(of).filter(**{f"{when}__lt": now - seals.SEALED_WITHIN})
    for entry in late.order_by("pk").iterator(chunk_size=CHUNK):
        yield Problem(
            Fault.UNSEALED, entry._meta.label, entry.pk, about=f"{entry.label} {getattr(entry, 'row_pk', '')}".strip()
        )


def _link(
    of: seals.Chain, link: Any, entry: Any, checked: Checked, had_to_go: bool, may_be: set[str]
) -> Iterator[Problem]:
    label = of.entries._meta.label
    if link.sequence != checked.sequence + 1:
        gone = checked.sequence + 1
        yield Problem(Fault.LINKS_GONE, of.links._meta.label, gone, found=str(link.sequence))
    elif link.algorithm not in ALGORITHMS or seals.chained(checked.hash, link.digest, link.algorithm) != link.hash:
        yield Problem(Fault.LINK_CHANGED, of.links._meta.label, link.sequence)
    if entry is None:
        if not had_to_go:
            yield Problem(Fault.ENTRY_GONE, label, link.entry_id or 0, about=str(link.sequence))
    elif link.algorithm in ALGORITHMS and _digest(entry, link) not in may_be:
        yield Problem(Fault.ENTRY_CHANGED, label, link.entry_id, about=f"{entry.label} {getattr(entry, 'row_pk', '')}")
    checked.entries += 1
    checked.sequence, checked.hash = link.sequence, link.hash


def _digest(entry: Any, link: Any) -> str:
    """The digest anew, by the version and the algorithm of its link; empty for a version that is none."""
    return digest(entry, link.version, link.algorithm) if link.version in digested(entry) else ""


def since(sequence: int, hash_: str, of: seals.Chain = seals.CHANGES) -> Problem | None:
    """Whether a chain still leads through a head that was kept; the problem if not."""
    link = of.links.objects.filter(sequence=sequence).first()
    if link is not None and link.hash == hash_:
        return None
    found = link.hash[:16] if link else ""
    return Problem(Fault.OTHER_CHAIN, of.links._meta.label, sequence, expected=hash_[:16], found=found)


# --- Rows -------------------------------------------------------------------------------------


def rows(label: str, model: Any, pks: list[int] | None = None) -> Iterator[Problem]:
    """A table of rows with an entry for each write; of it these rows, where they are named."""
    history = history_of(model)
    entries = ChangeEntry.objects.filter(label=label).order_by("row_pk", "pk")
    if pks is not None:
        entries = entries.filter(row_pk__in=pks)
    streams = {
        "entries": entries.values_list(*ENTRY_COLUMNS, named=True).iterator(chunk_size=CHUNK),
        "row": stored(model, model, pks),
        "versions": stored(history, model, pks) if history else iter(()),
    }
    keys = {"entries": "row_pk", "row": "pk", "versions": "pk"}
    for pk, found in _together(streams, keys):
        row = found["row"][0].values if found["row"] else None
        yield from _row(label, model, pk, found["entries"], row, found["versions"])


def _row(
    label: str, model: Any, pk: int, entries: list[Any], row: Values | None, versions: list[Any]
) -> Iterator[Problem]:
    known = {version.history_id: version for version in versions}
    state: Values | None = None
    for entry in _from_adoption(entries):
        state = folded(state, entry.kind, entry.changes)
        if entry.kind == ChangeKind.ADOPTED:
            yield from _adopted(label, pk, entry, known)
        elif entry.history_pk is not None:
            version = known.pop(entry.history_pk, None)
            yield from _version(label, pk, entry, state, version)
    for history_id in known:
        yield Problem(Fault.VERSION_ADDED, label, pk, about=str(history_id))
    if row is None and state is not None:
        yield Problem(Fault.ROW_GONE, label, pk)
    elif row is not None and state is None:
        yield Problem(Fault.ROW_BACK if entries else Fault.ROW_ADDED, label, pk)
    elif row is not None and state is not None:
        yield from _differences(Fault.ROW_CHANGED, label, pk, state, row)


def _from_adoption(entries: list[Any]) -> list[Any]:
    """What was taken over as it stood is compared from there on."""
    adopted = [place for place, entry in enumerate(entries) if entry.kind == ChangeKind.ADOPTED]
    return entries[adopted[-1] :] if adopted else entries


def folded(state: Values | None, kind: str, changes: Values) -> Values | None:
    """What a row holds after a write; None where it is gone."""
    if kind == ChangeKind.REMOVED or (kind == ChangeKind.ADOPTED and GONE in changes):
        return None
    if kind == ChangeKind.CHANGED:
        return {**(state or {}), **{name: pair[1] for name, pair in changes.items()}}
    return {name: value for name, value in changes.items() if name != HISTORY_KEPT}


def _version(label: str, pk: int, entry: Any, state: Values | None, version: Any) -> Iterator[Problem]:
    if version is None:
        yield Problem(Fault.VERSION_GONE, label, pk, about=str(entry.history_pk))
        return
    wanted = {
        **(state or {}),
        "history_date": entry.at.isoformat(),
        "history_user_id": entry.actor_id,
        "history_type": entry.kind,
    }
    found = {
        **version.values,
        "history_date": version.history_date.isoformat(),
        "history_user_id": version.history_user_id,
        "history_type": version.history_type,
    }
    if entry.kind == ChangeKind.REMOVED:  # what stood there last is compared by the entry before
        wanted = {name: wanted[name] for name in wanted if name.startswith("history_")}
    yield from _differences(Fault.VERSION_CHANGED, label, pk, wanted, found, about=str(entry.history_pk))


def _adopted(label: str, pk: int, entry: Any, known: dict[int, Any]) -> Iterator[Problem]:
    """Versions from before the log: together as they were found then."""
    old = [history_id for history_id in sorted(known) if history_id <= (entry.history_pk or 0)]
    if fingerprint_of_versions(known.pop(history_id) for history_id in old) != entry.changes.get(HISTORY_KEPT):
        yield Problem(Fault.VERSION_CHANGED, label, pk, about=f"≤ {entry.history_pk}")


def fingerprint_of_versions(versions: Iterable[Any]) -> str | None:
    """One fingerprint for the versions in a history; None where there is none."""
    contents = [
        [v.history_id, v.history_date.isoformat(), v.history_user_id, v.history_type, v.values] for v in versions
    ]
    return fingerprint_of(contents, SHA_256) if contents else None


def _differences(
    fault: Fault, label: str, pk: int, wanted: Values, found: Values, about: str = ""
) -> Iterator[Problem]:
    """Value by value; columns that the log does not know yet say nothing."""
    for name, value in wanted.items():
        if name in found and found[name] != value:
            yield Problem(fault, label, pk, name, _text(value), _text(found[name]), about)


# --- Sets -------------------------------------------------------------------------------------


def sets(label: str, model: Any) -> Iterator[Problem]:
    """A table written in sets: what the sets come to, against the rows; contract by contract, for its memory."""
    several = spread(label, model)
    for contract_pk in contracts_of(label, several):
        yield from sets_of(label, model, contract_pk, several)


def sets_of(label: str, model: Any, contract_pk: int, several: list[int]) -> Iterator[Problem]:
    """The same of one contract."""
    wanted = expected_rows(label, model, contract_pk, several)
    yield from compared(label, model, wanted, stored(model, model, contract_id=contract_pk))


def compared(
    label: str, model: Any, wanted: dict[tuple[Any, ...], Values], found: Iterable["Stored"]
) -> Iterator[Problem]:
    """Rows as they stand against those that are wanted, by what names each; `wanted` is used up."""
    key = set_key(model)
    for stored_row in found:
        row = stored_row.values
        expected = wanted.pop(tuple(row[name] for name in key), None)
        about = " ".join(f"{name.removesuffix('_id')} {row[name]}" for name in key)
        if expected is None:
            yield Problem(Fault.ROW_ADDED, label, stored_row.pk, about=about)
        else:
            yield from _differences(Fault.ROW_CHANGED, label, stored_row.pk, expected, row, about=about)
    for gone in wanted:
        about = " ".join(f"{name.removesuffix('_id')} {part}" for name, part in zip(key, gone, strict=True))
        yield Problem(Fault.ROW_GONE, label, 0, about=about)


def expected_rows(label: str, model: Any, contract_pk: int, several: list[int]) -> dict[tuple[Any, ...], Values]:
    """What the sets of a table come to: the rows of a contract, by what names each."""
    key = set_key(model)
    wanted: dict[tuple[Any, ...], Values] = {}
    entries = ChangeEntry.objects.filter(label=label).filter(
        models.Q(contract_pk=contract_pk) | models.Q(pk__in=several)
    )
    for changes in entries.order_by("pk").values_list("changes", flat=True).iterator(chunk_size=SETS):
        for row in from_set(changes):
            if row[OWNER] != contract_pk:
                continue
            name = tuple(row[column] for column in key)
            if GONE in changes:
                wanted.pop(name, None)
            else:
                wanted[name] = row
    return wanted


def spread(label: str, model: Any) -> list[int]:
    """The entries that do not speak of their own contract alone: adoptions, as a rule none."""
    found = []
    entries = ChangeEntry.objects.filter(label=label).values_list("pk", "contract_pk", "changes")
    for pk, contract_pk, changes in entries.order_by().iterator(chunk_size=SETS):
        place = changes["columns"].index(OWNER)
        if any(group[place] != contract_pk for group in changes["groups"]):
            found.append(pk)
    return found


def contracts_of(label: str, several: list[int]) -> list[int]:
    """The contracts that have rows, or of which the log says that they have."""
    numbers = set(Contract.objects.values_list("pk", flat=True))
    named = ChangeEntry.objects.filter(label=label).exclude(contract_pk=None).order_by()
    numbers.update(pk for pk in named.values_list("contract_pk", flat=True).distinct() if pk is not None)
    for changes in ChangeEntry.objects.filter(pk__in=several).values_list("changes", flat=True):
        numbers.update(row[OWNER] for row in from_set(changes))
    return sorted(numbers)


# --- Reading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stored:
    """A row, or a version of it, as the database gives it."""

    pk: int
    values: Values
    history_id: int = 0
    history_date: Any = None
    history_user_id: int | None = None
    history_type: str = ""


def stored(table: Any, model: Any, pks: list[int] | None = None, **where: Any) -> Iterator[Stored]:
    """The rows of `model`, or of its history table, by number; also those that cannot be read."""
    fields = columns(model)
    key = model._meta.pk.attname
    versions = ("history_id", "history_date", "history_user_id", "history_type")
    extra = versions if table is not model else ()
    secret = {
        f"raw_{f.attname}": Cast(f.attname, models.TextField()) for f in fields if isinstance(f, EncryptedTextField)
    }
    names = [f"raw_{f.attname}" if f"raw_{f.attname}" in secret else f.attname for f in fields]
    found = table._base_manager.filter(**where).annotate(**secret).order_by(key, *extra[:1])
    if pks is not None:
        found = found.filter(**{f"{key}__in": pks})
    for line in found.values_list(*names, *extra).iterator(chunk_size=CHUNK):
        values = {
            field.attname: (
                fingerprint_of_stored(field, value) if isinstance(field, EncryptedTextField) else encode(field, value)
            )
            for field, value in zip(fields, line, strict=False)
        }
        number: Any = values[key]
        yield Stored(number, values, *line[len(fields) :])


def _together(streams: dict[str, Iterator[Any]], keys: dict[str, str]) -> Iterator[tuple[int, dict[str, list[Any]]]]:
    """Streams that are sorted by the number of the row, side by side."""
    grouped = {
        name: groupby(stream, key=lambda item, key=keys[name]: getattr(item, key))  # type: ignore[misc]
        for name, stream in streams.items()
    }
    heads: dict[str, tuple[int, list[Any]] | None] = {}

    def step(name: str) -> None:
        pair = next(grouped[name], None)
        heads[name] = None if pair is None else (pair[0], list(pair[1]))

    for name in streams:
        step(name)
    while left := [head[0] for head in heads.values() if head is not None]:
        pk = min(left)
        found: dict[str, list[Any]] = {}
        for name in streams:
            head = heads[name]
            found[name] = head[1] if head is not None and head[0] == pk else []
            if found[name]:
                step(name)
        yield pk, found


def batched(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` items."""
    while batch := list(islice(items, size)):
        yield batch


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:120]
