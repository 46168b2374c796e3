"""Figures, taken in by the office: all days of a file or none; what differs keeps its old figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from contract import records
from contract.models import Contract
from hotline.figures import BY_HALF_HOUR, LABELS, OF_A_DAY
from hotline.intake.seats import SeatDayRead
from hotline.intake.sums import DayRead
from hotline.models import Platform, ServiceDay, ServiceMonth
from kit.errors import RowError, RowErrors
from kit.workbooks.taking_in import ListResult

DAYS_AT_MOST = 1_200


@dataclass(frozen=True)
class Difference:
    """A figure of a day that is on record, and what the file says of it."""

    day: date
    name: str
    old: int
    new: int

    @property
    def label(self) -> str:
        return str(LABELS[self.name])


@dataclass(frozen=True)
class Taken:
    """What was taken in, and what it changed."""

    result: ListResult
    differences: tuple[Difference, ...]


@transaction.atomic
def take_in(*, contract: Contract, days: Sequence[DayRead], today: date, platform: Platform | None = None) -> Taken:
    """Write the figures of days that are over. What a file does not give stays as it is.

    Raises RowErrors with every day at fault, and then nothing is written.
    """
    records.lock_contract(contract.pk)
    refuse_days(contract, days, today, platform)
    wanted = [one.day for one in days]
    known = {row.day: row for row in ServiceDay.objects.filter(contract=contract, day__in=wanted)}
    new, changed, differences, errors = [], [], [], []
    for index, one in enumerate(days):
        row = known.get(one.day)
        if row is None:
            row = ServiceDay(contract=contract, day=one.day, platform=platform, taken_in_on=today)
            before = None
        else:
            before = (row.figures, dict(row.halves))
        _apply(row, one)
        try:
            row.clean_fields(exclude={"contract", "platform"})  # known here; each would ask the database
            row.clean()
        except ValidationError as error:
            errors += [RowError(index, str(one.day), text) for text in error.messages]
            continue
        if before is None:
            new.append(row)
        elif before != (row.figures, dict(row.halves)):
            row.platform = platform or row.platform
            changed.append(row)
            differences += [
                Difference(row.day, name, old, row.figures[name] or 0)
                for name, old in before[0].items()
                if old is not None and old != row.figures[name]
            ]
    if errors:
        raise RowErrors(errors)
    if new:
        bulk_create_with_history(new, ServiceDay, batch_size=200)
    if changed:
        _touch(changed)
        bulk_update_with_history(changed, ServiceDay, [*OF_A_DAY, "halves", "platform", "updated_at"], batch_size=200)
    result = ListResult(len(new), len(changed), len(days) - len(new) - len(changed))
    return Taken(result, tuple(differences))


def enter(row: ServiceDay | ServiceMonth, *, today: date, now: datetime | None = None) -> ServiceDay | ServiceMonth:
    """One day or month by hand."""
    row.taken_in_on = today
    return records.enter(row, today=today, now=now)


def correct(
    row: ServiceDay | ServiceMonth, *, today: date, now: datetime | None = None, **changes: object
) -> ServiceDay | ServiceMonth:
    """Other figures of a day or month. Half hours that no longer add up to a figure go with it."""
    if isinstance(row, ServiceDay):
        with transaction.atomic():
            current = records.locked(row)
            stale = [name for name in set(changes) & set(BY_HALF_HOUR) if getattr(current, name) != changes[name]]
            if set(stale) & set(current.halves):
                current.halves = {name: numbers for name, numbers in current.halves.items() if name not in stale}
                for name in stale:
                    setattr(current, name, changes[name])
                records.save(current)
            return records.correct(row, today=today, now=now, **changes)
    return records.correct(row, today=today, now=now, **changes)


def _apply(row: ServiceDay, one: DayRead) -> None:
    halves = dict(row.halves)
    for name, figure in one.figures.items():
        if figure is None:
            continue
        setattr(row, name, figure)
        halves.pop(name, None)
    row.halves = halves | {name: list(numbers) for name, numbers in one.halves.items()}


def _touch(rows: Iterable[ServiceDay]) -> None:
    for row in rows:  # bulk_update asks no field for its value
        row.updated_at = ServiceDay._meta.get_field("updated_at").pre_save(row, add=False)


def refuse_days(
    contract: Contract, days: Sequence[DayRead | SeatDayRead], today: date, platform: Platform | None = None
) -> None:
    """RowErrors for days that cannot be taken in: told twice, outside the term, not over yet, or empty."""
    errors = []
    seen: set[date] = set()
    if len(days) > DAYS_AT_MOST:
        raise RowErrors([RowError(DAYS_AT_MOST, "", _("More days than three years have. Look at the clock."))])
    for index, one in enumerate(days):
        problem = ""
        if one.day in seen:
            problem = _("%(day)s stands in several rows.") % {"day": one.day}
        elif not contract.starts_on <= one.day <= contract.last_day:
            problem = _("%(day)s lies outside the contract's term, %(first)s to %(last)s.") % {
                "day": one.day,
                "first": contract.starts_on,
                "last": contract.last_day,
            }
        elif one.day >= today:
            problem = _("%(day)s is not over yet: it is taken in from the day after.") % {"day": one.day}
        elif platform is not None and one.day < platform.since:
            problem = _("This platform gives figures from %(since)s on only.") % {"since": platform.since}
        elif isinstance(one, DayRead) and not any(figure is not None for figure in one.figures.values()):
            problem = _("The day has no figure.")
        seen.add(one.day)
        if problem:
            errors.append(RowError(index, str(one.day), problem))
    if errors:
        raise RowErrors(errors)
