"""Attendance, taken in by sets: a month of a whole team in one call, all or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from contract.records import lock_contract
from kit.errors import RowError, RowErrors
from staffing import selectors
from staffing.choices import AttendanceStatus
from staffing.models import Attendance, AttendanceBatch, AttendanceChange, Operator
from staffing.services.roll_up import settle

ROWS_AT_MOST = 20_000


@dataclass(frozen=True)
class AttendanceRow:
    """What is reported of a person (by primary key) on a day."""

    operator_id: int
    day: date
    status: str


@dataclass(frozen=True)
class AttendanceFile:
    """The file that a set came from; its checksum proves later which one it was."""

    name: str
    sha256: str


class Known(NamedTuple):
    """What stands in the table for a person and a day, and the set that wrote it."""

    status: str
    batch_id: int


@dataclass(frozen=True)
class AttendanceResult:
    """How many values were new, were replaced, and stood there already."""

    created: int
    changed: int
    unchanged: int
    batch: AttendanceBatch | None = None


class AttendanceErrors(RowErrors):
    """Rows that cannot be taken in; nothing was written."""


def enter(
    *,
    contract: Contract,
    rows: Iterable[AttendanceRow],
    actor: Any,
    route: str,
    at: datetime,
    today: date,
    file: AttendanceFile | None = None,
) -> AttendanceResult:
    """Write a set of attendance: new values, and changes of old ones with who and when.

    `today` is the Beijing day of `at`: no later day can be reported. A set that says only what
    is known already writes nothing (`batch` is None). Raises AttendanceErrors with every bad row.
    """
    wanted = list(rows)
    with transaction.atomic():
        contract = lock_contract(contract.pk)
        _check(contract, wanted, today)
        known = _known(contract, wanted)
        new: list[AttendanceRow] = []
        changed: list[tuple[AttendanceRow, Known]] = []
        for row in wanted:
            old = known.get((row.operator_id, row.day))
            if old is None:
                new.append(row)
            elif old.status != row.status:
                changed.append((row, old))
        unchanged = len(wanted) - len(new) - len(changed)
        if not new and not changed:
            return AttendanceResult(0, 0, unchanged)
        batch = AttendanceBatch.objects.create(
            contract=contract,
            actor=actor,
            at=at,
            route=route,
            file_name=file.name[:200] if file else "",
            file_sha256=file.sha256 if file else "",
            created=len(new),
            changed=len(changed),
            unchanged=unchanged,
        )
        touched = new + [row for row, _old in changed]
        _write(batch, touched, changed)
        days = [row.day for row in touched]
        settle(contract, {row.operator_id for row in touched}, min(days), max(days))
    return AttendanceResult(len(new), len(changed), unchanged, batch)


def _check(contract: Contract, rows: Sequence[AttendanceRow], today: date) -> None:
    """Everything that can be wrong with a row, told at once."""
    if not rows:
        return
    if len(rows) > ROWS_AT_MOST:
        raise AttendanceErrors([_too_many(len(rows))])
    people = set(
        Operator.objects.filter(vendor_id=contract.vendor_id, pk__in={row.operator_id for row in rows}).values_list(
            "pk", flat=True
        )
    )
    stints = selectors.stint_spans(contract, people)
    seen: dict[tuple[int, date], int] = {}
    errors: list[RowError] = []
    statuses, begin, end = frozenset(AttendanceStatus.values), contract.starts_on, contract.last_day
    latest = min(end, today)
    for index, row in enumerate(rows):
        first = seen.setdefault((row.operator_id, row.day), index)
        spans = stints.get(row.operator_id, ())
        assigned = any(span.first <= row.day <= span.last for span in spans)
        if assigned and first == index and row.status in statuses and begin <= row.day <= latest:
            continue
        if row.status not in statuses:
            errors.append(
                RowError(
                    index,
                    "status",
                    _("“%(status)s” is no attendance status. Use one of: %(choices)s.")
                    % {"status": str(row.status)[:40], "choices": ", ".join(AttendanceStatus.values)},
                    "unknown_status",
                )
            )
        if row.operator_id not in people:
            errors.append(
                RowError(index, "operator", _("The contract's vendor has no such operator."), "unknown_operator")
            )
        elif first != index:
            errors.append(
                RowError(
                    index,
                    "day",
                    _("Row %(row)d reports this person on this day already.") % {"row": first + 1},
                    "duplicate",
                )
            )
        elif not begin <= row.day <= end:
            errors.append(
                RowError(
                    index,
                    "day",
                    _("%(day)s lies outside the contract's term, %(first)s to %(last)s.")
                    % {"day": row.day, "first": begin, "last": end},
                    "outside_term",
                )
            )
        elif row.day > today:
            errors.append(
                RowError(
                    index,
                    "day",
                    _("%(day)s has not come yet (today is %(today)s).") % {"day": row.day, "today": today},
                    "future",
                )
            )
        elif not assigned:
            errors.append(
                RowError(
                    index,
                    "operator",
                    _("This person is not assigned to the contract on %(day)s.") % {"day": row.day},
                    "not_assigned",
                )
            )
    if errors:
        raise AttendanceErrors(errors)


def _too_many(count: int) -> RowError:
    return RowError(
        ROWS_AT_MOST,
        "",
        _("%(count)d rows in one set; at most %(most)d can be taken in. Send them by month.")
        % {"count": count, "most": ROWS_AT_MOST},
        "too_many",
    )


def _known(contract: Contract, rows: Sequence[AttendanceRow]) -> dict[tuple[int, date], Known]:
    if not rows:
        return {}
    days = [row.day for row in rows]
    stored = Attendance.objects.filter(
        contract=contract, day__range=(min(days), max(days)), operator_id__in={row.operator_id for row in rows}
    )
    return {
        (operator_id, day): Known(status, batch_id)
        for operator_id, day, status, batch_id in stored.order_by().values_list(
            "operator_id", "day", "status", "batch_id"
        )
    }


def _write(
    batch: AttendanceBatch, rows: Sequence[AttendanceRow], changed: Sequence[tuple[AttendanceRow, Known]]
) -> None:
    contract_id, batch_id = batch.contract_id, batch.pk
    Attendance.objects.insert_set(
        ("contract_id", "day", "operator_id", "status", "batch_id"),
        [(contract_id, row.day, row.operator_id, row.status, batch_id) for row in rows],
        renewed=("status", "batch_id") if changed else (),
    )
    AttendanceChange.objects.bulk_create(
        AttendanceChange(
            batch=batch,
            old_batch_id=old.batch_id,
            contract_id=batch.contract_id,
            operator_id=row.operator_id,
            day=row.day,
            old=old.status,
            new=row.status,
        )
        for row, old in changed
    )
