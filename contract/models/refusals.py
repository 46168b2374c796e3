"""What the records of the contract's duties check alike, with messages that name the field."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contract.terms import TERMS

Problems = dict[str, Any]

ANOTHER_CONTRACT = _("This belongs to another contract.")
GIVE_THE_REASON = _("Give the reason: it is kept with the record.")
AHEAD = _("%(day)s lies in the future: record it when it has happened.")


def refuse(*found: Problems) -> None:
    """Raise ValidationError with everything that was found, each at its field."""
    problems = {field: text for each in reversed(found) for field, text in each.items()}
    if problems:
        raise ValidationError(problems)


def ordered(row: models.Model, *pairs: tuple[str, str]) -> Problems:
    """Each pair of dates in its order; the problem stands at the second one."""
    problems = {}
    for earlier, later in pairs:
        first, second = getattr(row, earlier), getattr(row, later)
        if first and second and second < first:
            problems[later] = _("This lies before “%(field)s” (%(day)s).") % {
                "field": _label(row, earlier),
                "day": first,
            }
    return problems


def ahead(values: Mapping[str, Any], today: date | None, now: datetime | None = None) -> Problems:
    """What has happened lies not in the future: each day by `today`, each instant by `now`.

    TypeError where a value is given and the day, or the moment, of writing is not.
    """
    problems: Problems = {}
    for field, value in values.items():
        limit = now if isinstance(value, datetime) else today
        if value is not None and value > limit:
            problems[field] = AHEAD % {"day": value if limit is today else timezone.localtime(value).strftime("%F %R")}
    return problems


def in_term(row: Any, *fields: str) -> Problems:
    """Each date within the contract's term; the problem stands at the one that is not."""
    if row.contract_id is None:
        return {}
    first, last = row.contract.starts_on, row.contract.last_day
    return {
        field: _("The contract's term runs from %(first)s to %(last)s.") % {"first": first, "last": last}
        for field in fields
        if (day := getattr(row, field)) and not first <= day <= last
    }


def together(row: models.Model, field: str, *others: str) -> Problems:
    """`field` is given with all the others or without any; the problem stands at the others."""
    if _empty(getattr(row, field)):
        return {
            other: _("Only together with “%(field)s”.") % {"field": _label(row, field)}
            for other in others
            if not _empty(getattr(row, other))
        }
    return {
        other: _("“%(field)s” asks for this.") % {"field": _label(row, field)}
        for other in others
        if _empty(getattr(row, other))
    }


def same_contract(row: Any, *fields: str) -> Problems:
    """Each row referred to belongs to the contract of this one."""
    return {
        field: ANOTHER_CONTRACT
        for field in fields
        if getattr(row, f"{field}_id") and getattr(row, field).contract_id != row.contract_id
    }


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
