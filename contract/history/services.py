"""Carries out a comparison and keeps its result; takes over what stood there before the log."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from contract.choices import ChangeKind
from contract.history import log, seals, verification
from contract.history.access import accounts
from contract.history.content import Values, made, set_key
from contract.history.models import ChangeCheck, ChangeEntry
from contract.history.problems import Fault, Problem
from contract.models.base import history_of, watched

KEPT_PROBLEMS = 200


def check(now: datetime) -> tuple[ChangeCheck, list[Problem]]:
    """Compare everything and keep the result for the home page; all problems are returned."""
    for chain in seals.CHAINS:
        seals.seal(chain)
    result = ChangeCheck.objects.create(started_at=now)
    checked = verification.Checked()
    problems = [*verification.verify(now, checked), *accounts.verify()]
    result.finished_at = now
    result.entries = checked.entries
    result.head_sequence, result.head_hash = checked.sequence, checked.hash
    result.problems = len(problems)
    result.found = [problem.as_dict() for problem in problems[:KEPT_PROBLEMS]]
    result.save()
    return result, problems


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
    history = history_of(model)
    wrong = sorted({problem.pk for problem in verification.rows(label, model)})
    for first in range(0, len(wrong), verification.CHUNK):
        pks = wrong[first : first + verification.CHUNK]
        live = {row.pk: row.values for row in verification.stored(model, model, pks)}
        versions: dict[int, list[Any]] = defaultdict(list)
        for version in verification.stored(history, model, pks) if history else ():
            versions[version.pk].append(version)
        for pk in pks:
            yield _entry(label, model, pk, live.get(pk), versions[pk], reason)


def _entry(label: str, model: Any, pk: int, row: Values | None, versions: list[Any], reason: str) -> ChangeEntry:
    gone = row is None
    found = log.entry(
        made(model, row or {model._meta.pk.attname: pk}),
        ChangeKind.REMOVED if gone else ChangeKind.ADOPTED,
        dict(row or {}),
        note=reason,
    )
    if versions and not gone:
        found.history_pk = versions[-1].history_id
        found.changes[verification.HISTORY_KEPT] = verification.fingerprint_of_versions(versions)
    return found


def _sets(label: str, model: Any, reason: str) -> Iterator[ChangeEntry]:
    """One entry for all rows of a table that differ from their sets."""
    faults = {Fault.ROW_ADDED, Fault.ROW_CHANGED}
    wrong = sorted({p.pk for p in verification.sets(label, model) if p.fault in faults})
    rows = list(model._base_manager.filter(pk__in=wrong).order_by("pk"))
    if rows:
        yield log.set_entry(model, rows, note=reason)
