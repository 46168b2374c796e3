"""Compares what was written since heads that were verified: the links after them, and the rows of their entries.

What is older is not looked at, as little as a row that was changed behind the program's back and not written since:
that is for the comparison of everything (verification.verify). Memory holds the new rows of one contract.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min

from contract.history import seals, verification
from contract.history.content import GONE, Values, from_set, set_key
from contract.history.models import ChangeEntry
from contract.history.problems import Fault, Problem
from contract.models.base import watched
from kit.database.snapshot import snapshot


def verify(now: datetime, *checked: verification.Checked) -> Iterator[Problem]:
    """Everything new that does not agree. `checked` are the heads of the chains, and take the new ones.

    A chain that no longer leads through its head is a problem of its own, and is not followed.
    """
    with snapshot(settings.ARCHIVE_SCHEMA):
        first = checked[0].sequence
        for of, one in zip(seals.CHAINS, checked, strict=True):
            left = verification.since(one.sequence, one.hash, of) if one.sequence else None
            yield from (left,) if left else verification.chain(now, one, of)
        new = ChangeEntry.objects.filter(link__sequence__gt=first).order_by()
        models = watched()
        for label, oldest in sorted(new.values_list("label").annotate(Min("pk"))):
            if label not in models:
                yield Problem(Fault.TABLE_GONE, label, 0)
            elif set_key(models[label]):
                yield from _sets(label, models[label], oldest)
            else:
                numbers = new.filter(label=label).order_by("row_pk").values_list("row_pk", flat=True).distinct()
                for pks in verification.batched(numbers.iterator(verification.CHUNK), verification.CHUNK):
                    yield from verification.rows(label, models[label], pks)


def _sets(label: str, model: Any, oldest: int) -> Iterator[Problem]:
    """The rows that sets from an entry on name, contract by contract.

    From that entry on without a gap, also what was sealed earlier or not yet: of two about one row the later one
    counts.
    """
    entries = ChangeEntry.objects.filter(label=label, pk__gte=oldest).order_by("pk")
    whose: dict[int, set[int]] = {}
    for pk, changes in entries.values_list("pk", "changes").iterator(chunk_size=verification.SETS):
        place = changes["columns"].index(verification.OWNER)
        for group in changes["groups"]:
            whose.setdefault(group[place], set()).add(pk)
    for contract_pk, pks in sorted(whose.items()):
        yield from _sets_of(label, model, contract_pk, entries.filter(pk__in=pks))


def _sets_of(label: str, model: Any, contract_pk: int, entries: Any) -> Iterator[Problem]:
    key = set_key(model)
    wanted: dict[tuple[Any, ...], Values | None] = {}
    for changes in entries.values_list("changes", flat=True).iterator(chunk_size=verification.SETS):
        for row in from_set(changes):
            if row[verification.OWNER] == contract_pk:
                wanted[tuple(row[name] for name in key)] = None if GONE in changes else row
    # The rows from the first to the last of those that are named, by the column after the owner.
    spans = [name[1] for name in wanted]
    where: dict[str, Any] = {"contract_id": contract_pk, f"{key[1]}__range": (min(spans), max(spans))}
    stored = verification.stored(model, model, **where)
    named = (one for one in stored if tuple(one.values[name] for name in key) in wanted)
    standing = {name: row for name, row in wanted.items() if row is not None}
    yield from verification.compared(label, model, standing, named)
