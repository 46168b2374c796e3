"""Carries out a comparison and keeps its result; takes over what stood there before the log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from contract.choices import ChangeKind
from contract.history import log, recent, seals, verification
from contract.history.access import accounts
from contract.history.content import GONE, Values, columns, encode, made, set_key
from contract.history.models import ChangeCheck, ChangeEntry
from contract.history.problems import Fault, Problem
from contract.models.base import history_of, watched

KEPT_PROBLEMS = 200


def check(now: datetime, *, full: bool = True) -> tuple[ChangeCheck, list[Problem]]:
    """Compare, and keep the result for the home page; all problems are returned.

    Everything, or with `full` False what was written since the last comparison. That one must have found
    everything in order: otherwise everything is compared, until it is, so that no problem is forgotten.
    """
    for chain in seals.CHAINS:
        seals.seal(chain)
    last = None if full else ChangeCheck.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    goes_on = last is not None and bool(last.heads) and not last.problems
    result = ChangeCheck.objects.create(started_at=now, is_full=not goes_on)
    if goes_on and last is not None:
        checked = [verification.Checked(*last.heads[str(chain.head)]) for chain in seals.CHAINS]
        compared = recent.verify(now, *checked)
    else:
        checked = [verification.Checked() for _chain in seals.CHAINS]
        compared = verification.verify(now, *checked)
    problems = [*compared, *accounts.verify()]
    result.finished_at = now
    result.entries = checked[0].entries
    result.head_sequence, result.head_hash = checked[0].sequence, checked[0].hash
    result.heads = {str(chain.head): one.head for chain, one in zip(seals.CHAINS, checked, strict=True)}
    result.problems = len(problems)
    result.found = [problem.as_dict() for problem in problems[:KEPT_PROBLEMS]]
    result.save()
    return result, problems


def last_full() -> ChangeCheck | None:
    """The newest comparison of everything that came to its end."""
    return ChangeCheck.objects.filter(finished_at__isnull=False, is_full=True).order_by("-pk").first()


def adopt(reason: str) -> int:
    """Take over, as they stand, the rows that do not agree with the log; returns how many.

    For rows from before the log, and after a migration that wrote rows by itself. Each one leaves
    an entry with the reason: nothing that was named vanishes without a trace.
    """
    taken = 0
    for label, model in sorted(watched().items()):
        with transaction.atomic():
            found = list(_sets(label, model, reason) if set_key(model) else _rows(label, model, reason))
            log.keep(found)
        taken += len(found)
    return taken + accounts.adopt(reason)


def _rows(label: str, model: Any, reason: str) -> Iterator[ChangeEntry]:
    """An entry for each row that does not agree with its entries."""
    wrong = sorted({problem.pk for problem in verification.rows(label, model)})
    for first in range(0, len(wrong), verification.CHUNK):
        yield from adoptions(label, model, wrong[first : first + verification.CHUNK], reason)


def adoptions(label: str, model: Any, pks: list[int], reason: str) -> Iterator[ChangeEntry]:
    """An entry for each of these rows, from which on it counts as it stands (or is gone)."""
    history = history_of(model)
    if pks:
        live = {row.pk: row.values for row in verification.stored(model, model, pks)}
        versions: dict[int, list[Any]] = defaultdict(list)
        for version in verification.stored(history, model, pks) if history else ():
            versions[version.pk].append(version)
        for pk in pks:
            yield adoption(label, model, pk, live.get(pk), versions[pk], reason)


def adoption(label: str, model: Any, pk: int, row: Values | None, versions: list[Any], reason: str) -> ChangeEntry:
    """An entry from which on a row (None: it is gone) and its versions count as they stand."""
    known = row if row is not None else _last_known(label, pk)
    found = log.entry(
        made(model, {**known, model._meta.pk.attname: pk}),
        ChangeKind.ADOPTED,
        {GONE: True} if row is None else dict(row),
        note=reason,
    )
    if versions:
        found.history_pk = versions[-1].history_id
        found.changes[verification.HISTORY_KEPT] = verification.fingerprint_of_versions(versions)
    return found


def _last_known(label: str, pk: int) -> Values:
    """What the log says of a row that is gone; so the entry names the contract that it belonged to."""
    state: Values = {}
    for kind, changes in (
        ChangeEntry.objects.filter(label=label, row_pk=pk).order_by("pk").values_list("kind", "changes")
    ):
        state = verification.folded(state, kind, changes) or state
    return state


def _sets(label: str, model: Any, reason: str) -> Iterator[ChangeEntry]:
    """Of each contract one entry for all rows that differ from their sets, and one for those that are gone."""
    faults = {Fault.ROW_ADDED, Fault.ROW_CHANGED}
    key = set_key(model)
    several = verification.spread(label, model)
    for contract_pk in verification.contracts_of(label, several):
        of = (label, model, contract_pk, several)
        wrong = sorted({p.pk for p in verification.sets_of(*of) if p.fault in faults})
        rows = list(model._base_manager.filter(pk__in=wrong).order_by("pk"))
        if rows:
            yield log.set_entry(model, rows, note=reason)
        wanted = verification.expected_rows(*of)
        stored = model._base_manager.filter(contract_id=contract_pk).values_list(*key)
        for row in stored.iterator(chunk_size=verification.CHUNK):
            wanted.pop(tuple(encode(field, value) for field, value in zip(_fields(model, key), row, strict=True)), None)
        if wanted:
            entry = log.set_entry(model, [made(model, values) for values in wanted.values()], note=reason)
            entry.changes[GONE] = True
            yield entry


def _fields(model: Any, names: Iterable[str]) -> list[Any]:
    known = {field.attname: field for field in columns(model)}
    return [known[name] for name in names]
