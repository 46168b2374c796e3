"""The one writer of kept records: entered, corrected, withdrawn with a reason, never deleted.

A model says what its records are about (`FIXED`), what must have come by the day on which it is
written down (`PAST`), what it is a part of (`PART_OF`) and whose writers wait for each other
(`LOCKED_BY`); see `contract.models.base.Record`. Everything else is the same for all of them.
"""

import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from contract.models.base import Record
from contract.models.refusals import ANOTHER_CONTRACT, GIVE_THE_REASON, Problems, ahead, refuse
from kit.errors import Conflict
from kit.workbooks.taking_in import Taken

R = TypeVar("R", bound=Record)
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def enter(row: R, *, today: date | None = None, now: datetime | None = None) -> R:
    """Write a new record. ValidationError names the field at fault; then nothing is written."""
    refuse(ahead({name: getattr(row, name) for name in row.PAST}, today, now))
    lock(row)
    if (parent := getattr(row, row.PART_OF, None) if row.PART_OF else None) is not None:
        require_standing(fresh(parent))
    return _write(row)


@transaction.atomic
def correct(row: R, *, today: date | None = None, now: datetime | None = None, **changes: Any) -> R:
    """Change fields of a record that stands; equal values write nothing."""
    refuse(ahead({name: value for name, value in changes.items() if name in row.PAST}, today, now))
    current = standing(row)
    return _write(current) if apply(current, changes) else current


@transaction.atomic
def withdraw(row: R, *, on: date, reason: str, **cleared: Any) -> R:
    """Withdraw a record that was wrong, or that is revoked. It stays readable and counts no more.

    `cleared` are fields that others may use once it stands no more.
    """
    current = standing(row)
    day, why = current.WITHDRAWAL
    setattr(current, why, reason_given(reason, why))
    setattr(current, day, on)
    apply(current, cleared)
    return _write(current)


def enter_or_correct(
    row: R, values: Mapping[str, Any], *, today: date | None = None, now: datetime | None = None, writer: Any = None
) -> Taken:
    """A row of a list: a new record with these values, or one that stands and now has them."""
    writer = writer or sys.modules[__name__]
    if row._state.adding:
        for name, value in values.items():
            setattr(row, name, value)
        writer.enter(row, today=today, now=now)
        return Taken.CREATED
    if all(getattr(row, name) == value for name, value in values.items()):
        return Taken.UNCHANGED
    writer.correct(row, today=today, now=now, **values)
    return Taken.CHANGED


@transaction.atomic
def save(row: Row) -> Row:
    """Write a row as it is in hand, new or corrected; the history keeps what stood there."""
    lock(row)
    return _write(row)


def _write(row: Row) -> Row:
    """Validate a row wholly, then write it; its writer holds the lock. Lines lose blanks around them."""
    for field in row._meta.concrete_fields:
        if type(field) is models.CharField and isinstance(text := getattr(row, field.name), str):
            setattr(row, field.name, text.strip())
    row.full_clean()
    row.save()
    return row


def correctable(row: Record) -> set[str]:
    """The fields that people may correct: all that they enter, but for what the record is about."""
    entered = {field.name for field in row._meta.concrete_fields if field.editable and not field.primary_key}
    return entered - set(row.FIXED)


def apply(row: Record, changes: Mapping[str, Any]) -> bool:
    """Set the named fields; True where a value differs. TypeError for what people do not correct."""
    if unknown := set(changes) - correctable(row):
        raise TypeError(f"{row._meta.label}: cannot set {', '.join(sorted(unknown))}")
    differs = any(getattr(row, name) != value for name, value in changes.items())
    for name, value in changes.items():
        setattr(row, name, value)
    return differs


def lock_contract(contract_id: int) -> Contract:
    """The contract as it is now: its writers come one after the other until the transaction ends.

    PostgreSQL locks the row; on SQLite every write transaction is IMMEDIATE, which says the same of
    the whole database. What is checked under the lock stays true until it is written.
    """
    return Contract.objects.select_for_update(no_key=True).get(pk=contract_id)


def lock(row: Any) -> None:
    """One writer at a time for what a record belongs to."""
    owner = whole(row)
    if owner is None:
        return
    for name in owner.LOCKED_BY:
        if (pk := getattr(owner, f"{name}_id", None)) is not None:
            _hold(owner._meta.get_field(name).related_model, pk)
    if not owner.LOCKED_BY and owner.pk is not None:
        _hold(type(owner), owner.pk)


def _hold(model: Any, pk: int) -> None:
    list(model._default_manager.select_for_update(no_key=True).filter(pk=pk))


def fresh(row: Row) -> Row:
    """The row as it is now, whatever the caller has in hand."""
    return type(row)._default_manager.get(pk=row.pk)


def locked(row: Row) -> Row:
    """The row as it is now, and until its transaction ends."""
    lock(row)
    return fresh(row)


def standing(row: R) -> R:
    """The row as it is now, locked. ValidationError where it was withdrawn."""
    current = locked(row)
    require_standing(current)
    return current


def untaken(row: R, step: str, said: str) -> R:
    """The row as it is now, locked, for a step that is taken once. Conflict names its day (`said`)."""
    current = locked(row)
    if (day := getattr(current, step)) is not None:
        raise Conflict(said % {"day": day})
    return current


def step(row: R, **values: Any) -> R:
    """Write what a step says of a row that is locked."""
    for name, value in values.items():
        setattr(row, name, value)
    return _write(row)


def require_standing(row: Record) -> None:
    """Refuse what was withdrawn, unless its day is one that people type in, and so correct."""
    if not row.stands and not row._meta.get_field(row.WITHDRAWAL[0]).editable:
        day, why = (getattr(row, name) for name in row.WITHDRAWAL)
        raise ValidationError(
            _("This record was withdrawn on %(day)s (%(reason)s). Enter a new one.") % {"day": day, "reason": why}
        )


def whole(row: Any) -> Any:
    """The record that a row is a part of; the row itself where it is a part of none."""
    part_of = getattr(row, "PART_OF", "")
    return whole(getattr(row, part_of, None)) if part_of else row


def contract_of(row: Any) -> int | None:
    """The contract that a record or its parent belongs to."""
    found: int | None = getattr(whole(row), "contract_id", None)
    return found


def stored(row: Row) -> Row | None:
    """What the database holds of a row that is about to be written; None for a new one."""
    if row.pk is None:
        return None
    found: Row | None = type(row)._default_manager.filter(pk=row.pk).first()
    return found


def differs(row: models.Model, old: models.Model) -> bool:
    """Whether two versions of a row say something else."""
    return any(getattr(row, field.attname) != getattr(old, field.attname) for field in row._meta.concrete_fields)


def unchanged(row: models.Model, old: models.Model | None, *fields: str, why: str) -> None:
    """These fields must stay as they are; ValidationError at those that do not."""
    if old is None:
        return
    problems = {
        field: why for field in fields if getattr(row, _column(row, field)) != getattr(old, _column(row, field))
    }
    if problems:
        raise ValidationError(problems)


def required(text: str, field: str, why: Any = "") -> str:
    """The text without blanks around it; ValidationError at `field` where nothing is left."""
    text = text.strip()
    if not text:
        raise ValidationError({field: why or _("This field is required.")})
    return text


def reason_given(text: str, field: str) -> str:
    """The reason of a step, without blanks around it; ValidationError at `field` where there is none."""
    return required(text, field, GIVE_THE_REASON)


def target(label: str, pk: int | None, contract_id: int | None) -> tuple[Any, Problems]:
    """The row that a record names by its kind and number, and what is wrong with naming it."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None, {"subject_label": _("The program keeps no such records.")}
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        return None, {"subject_pk": _("There is no such record.")}
    if _owner(row) not in (None, contract_id):
        return None, {"subject_pk": ANOTHER_CONTRACT}
    return row, {}


def _owner(row: Any) -> int | None:
    """The contract of any row; None for one that belongs to no single contract."""
    return int(row.pk) if isinstance(row, Contract) else contract_of(row)


def _column(row: models.Model, field: str) -> str:
    return str(getattr(row._meta.get_field(field), "attname", field))
