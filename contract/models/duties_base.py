"""What the records of the contract's duties check alike, with messages that name the field."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.terms import TERMS


def ordered(row: models.Model, *pairs: tuple[str, str]) -> None:
    """Each pair of dates in its order; ValidationError at the second one."""
    problems = {}
    for earlier, later in pairs:
        first, second = getattr(row, earlier), getattr(row, later)
        if first and second and second < first:
            problems[later] = _("This lies before “%(field)s” (%(day)s).") % {
                "field": _label(row, earlier),
                "day": first,
            }
    if problems:
        raise ValidationError(problems)


def in_term(row: Any, *fields: str) -> None:
    """Each date within the contract's term; ValidationError at the field that is not."""
    if row.contract_id is None:
        return
    first, last = row.contract.starts_on, row.contract.last_day
    problems = {
        field: _("The contract's term runs from %(first)s to %(last)s (article 5).")
        % {"first": first, "last": last}
        for field in fields
        if (day := getattr(row, field)) and not first <= day <= last
    }
    if problems:
        raise ValidationError(problems)


def together(row: models.Model, field: str, *others: str) -> None:
    """`field` is given with all the others or without any; ValidationError at what is missing."""
    if _empty(getattr(row, field)):
        problems = {
            other: _("Only together with “%(field)s”.") % {"field": _label(row, field)}
            for other in others
            if not _empty(getattr(row, other))
        }
    else:
        problems = {
            other: _("“%(field)s” asks for this.") % {"field": _label(row, field)}
            for other in others
            if _empty(getattr(row, other))
        }
    if problems:
        raise ValidationError(problems)


def same_contract(row: Any, *fields: str) -> None:
    """Each row referred to belongs to the contract of this one."""
    problems = {
        field: _("This belongs to another contract.")
        for field in fields
        if getattr(row, f"{field}_id") and getattr(row, field).contract_id != row.contract_id
    }
    if problems:
        raise ValidationError(problems)


def one_of_the_terms(key: str, value: str) -> str:
    """The written form of a figure of the contract; ValidationError at `key` or `value`."""
    if key not in TERMS:
        raise ValidationError({"key": _("This key is not known to the program.")})
    try:
        return TERMS[key].write(TERMS[key].parse(value))
    except ValueError as error:
        raise ValidationError({"value": str(error)}) from error


def later(*days: date | None) -> date | None:
    """The latest of days, or None where one is missing."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _label(row: models.Model, field: str) -> Any:
    return row._meta.get_field(field).verbose_name  # type: ignore[union-attr]
