"""The rota, taken in by sets: a month of a team in one call, all or nothing.

A row is a person and a day with all of that day's shifts; it takes the place of what stood there.
An empty row clears the day. People and days that are not sent stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from contract.records import lock_contract
from kit.errors import RowError, RowErrors
from staffing import selectors
from staffing.models import Operator, Shift, ShiftBatch
from staffing.rules.presence import ONE_DAY
from staffing.rules.spans import SPANS_AT_MOST, Span, instants, overlapping, span_of
from staffing.services.attendance import ROWS_AT_MOST, AttendanceFile
from staffing.services.duty import refresh_duty


@dataclass(frozen=True)
class RotaRow:
    """All shifts of a person (by primary key) that begin on a day; none: no duty."""

    operator_id: int
    day: date
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class RotaResult:
    """How many shifts were new, were replaced or cleared, and stood there already."""

    created: int
    replaced: int
    unchanged: int
    batch: ShiftBatch | None = None


class RotaErrors(RowErrors):
    """Rows that cannot be taken in; nothing was written."""


def enter(
    *,
    contract: Contract,
    rows: Iterable[RotaRow],
    actor: Any,
    route: str,
    at: datetime,
    file: AttendanceFile | None = None,
) -> RotaResult:
    """Write a set of the rota, with the daily duty that follows from it.

    A set that says only what is known already writes nothing (`batch` is None). Raises RotaErrors
    with every bad row.
    """
    wanted = list(rows)
    if len(wanted) > ROWS_AT_MOST:
        raise RotaErrors([_too_many(len(wanted))])
    with transaction.atomic():
        contract = lock_contract(contract.pk)
        people = {row.operator_id for row in wanted}
        # Locked in their order: a person may stand in the rota of several contracts.
        known_people = set(
            Operator.objects.select_for_update(no_key=True)
            .filter(vendor_id=contract.vendor_id, pk__in=people)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        known = _Known(wanted)
        _check(contract, wanted, known_people, known)
        new: list[RotaRow] = []
        gone: list[int] = []
        unchanged = 0
        for row in wanted:
            stood = known.here(contract.pk, row)
            added = tuple(span for span in row.spans if span not in stood.values())
            dropped = [pk for pk, span in stood.items() if span not in row.spans]
            unchanged += len(stood) - len(dropped)
            if added or dropped:
                new.append(RotaRow(row.operator_id, row.day, added))
                gone.extend(dropped)
        if not new:
            return RotaResult(0, 0, unchanged)
        created = sum(len(row.spans) for row in new)
        batch = ShiftBatch.objects.create(
            contract=contract,
            actor=actor,
            at=at,
            route=route,
            file_name=file.name[:200] if file else "",
            file_sha256=file.sha256 if file else "",
            created=created,
            replaced=len(gone),
            unchanged=unchanged,
        )
        if gone:
            Shift.objects.filter(pk__in=gone).update(replaced_by=batch)
        Shift.objects.bulk_create(_shifts(batch, new))
        days = [row.day for row in new]
        refresh_duty(contract=contract, first=min(days), last=max(days))
    return RotaResult(created, len(gone), unchanged, batch)


class _Known:
    """The live shifts of these people around these days, on any contract (one query)."""

    def __init__(self, rows: Sequence[RotaRow]) -> None:
        self.rows: dict[tuple[int, int, date], dict[int, Span]] = defaultdict(dict)
        if not rows:
            return
        days = [row.day for row in rows]
        stored = Shift.objects.filter(
            replaced_by__isnull=True,
            operator_id__in={row.operator_id for row in rows},
            day__range=(min(days) - ONE_DAY, max(days) + ONE_DAY),
        )
        for pk, contract_id, operator_id, day, starts_at, ends_at, kind in stored.order_by("starts_at").values_list(
            "pk", "contract_id", "operator_id", "day", "starts_at", "ends_at", "kind"
        ):
            span = span_of(day, starts_at, ends_at, kind)
            self.rows[contract_id, operator_id, day][pk] = span

    def here(self, contract_id: int, row: RotaRow) -> dict[int, Span]:
        return self.rows.get((contract_id, row.operator_id, row.day), {})

    def beside(self, contract_id: int, replaced: set[tuple[int, date]]) -> dict[int, dict[date, list[Span]]]:
        """The shifts by person and day that a set leaves as they are."""
        found: dict[int, dict[date, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for (on, operator_id, day), spans in self.rows.items():
            if on != contract_id or (operator_id, day) not in replaced:
                found[operator_id][day].extend(spans.values())
        return found


def _check(contract: Contract, rows: Sequence[RotaRow], people: set[int], known: _Known) -> None:
    """Everything that can be wrong with a row, told at once."""
    stints = selectors.stint_spans(contract, people)
    seen: dict[tuple[int, date], int] = {}
    errors: list[RowError] = []
    after = known.beside(contract.pk, {(row.operator_id, row.day) for row in rows})
    for index, row in enumerate(rows):
        first = seen.setdefault((row.operator_id, row.day), index)
        assigned = any(span.first <= row.day <= span.last for span in stints.get(row.operator_id, ()))
        if row.operator_id not in people:
            message = _("The contract's vendor has no such operator.")
            errors.append(RowError(index, "operator", message, "unknown_operator"))
        elif first != index:
            message = _("Row %(row)d gives this person's shifts of this day already.")
            errors.append(RowError(index, "day", message % {"row": first + 1}, "duplicate"))
        elif not contract.starts_on <= row.day <= contract.last_day:
            message = _("%(day)s lies outside the contract's term, %(first)s to %(last)s.") % {
                "day": row.day,
                "first": contract.starts_on,
                "last": contract.last_day,
            }
            errors.append(RowError(index, "day", message, "outside_term"))
        elif row.spans and not assigned:
            message = _("This person is not assigned to the contract on %(day)s.")
            errors.append(RowError(index, "operator", message % {"day": row.day}, "not_assigned"))
        elif len(row.spans) > SPANS_AT_MOST:
            message = _("%(count)d shifts on one day; at most %(most)d can be taken in.")
            errors.append(
                RowError(index, "shifts", message % {"count": len(row.spans), "most": SPANS_AT_MOST}, "too_many")
            )
        else:
            after[row.operator_id][row.day].extend(row.spans)
    errors.extend(_overlaps(after, seen))
    if errors:
        raise RotaErrors(sorted(errors, key=lambda error: error.index))


def _overlaps(after: dict[int, dict[date, list[Span]]], seen: dict[tuple[int, date], int]) -> Iterable[RowError]:
    """A person cannot be on duty twice at once; told at the row that is sent."""
    for operator_id, days in after.items():
        for day in sorted(overlapping(days)):
            row_day = day if (operator_id, day) in seen else day - ONE_DAY
            index = seen.get((operator_id, row_day))
            if index is not None:
                message = _(
                    "The shifts of this person overlap on %(day)s, with each other or with those "
                    "of the day before (also of another contract)."
                ) % {"day": day}
                yield RowError(index, "shifts", message, "overlap")


def _shifts(batch: ShiftBatch, rows: Iterable[RotaRow]) -> Iterable[Shift]:
    for row in rows:
        for span in row.spans:
            starts_at, ends_at = instants(row.day, span)
            yield Shift(
                contract_id=batch.contract_id,
                operator_id=row.operator_id,
                day=row.day,
                kind=span.kind,
                starts_at=starts_at,
                ends_at=ends_at,
                batch=batch,
            )


def _too_many(count: int) -> RowError:
    message = _("%(count)d rows in one set; at most %(most)d can be taken in. Send them by month.")
    return RowError(ROWS_AT_MOST, "", message % {"count": count, "most": ROWS_AT_MOST}, "too_many")
