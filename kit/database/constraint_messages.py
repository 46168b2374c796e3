"""What a person is told when the database refuses a row.

Validation repeats every constraint with a sentence of its own; this is for the row that a second
writer slipped in after the validation.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext as _

_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?!index)(?P<columns>[\w., ]+)")
_SQLITE_NAME = re.compile(r"(?:CHECK constraint failed: |UNIQUE constraint failed: index ')(?P<name>\w+)")


# The codes of errors that say: this stands there already.
DUPLICATE = frozenset({"unique", "unique_together"})


@dataclass(frozen=True)
class Violation:
    """The field (empty where several are at fault), a sentence, and "unique" or "check"."""

    field: str
    message: str
    code: str
    fields: tuple[str, ...] = ()


def explain(error: IntegrityError) -> Violation | None:
    """The broken constraint in words; None if it cannot be told which one it was."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name: str | None = getattr(diagnosis, "constraint_name", None)
    columns: set[str] = set()
    if match := _SQLITE_NAME.search(str(error)):
        name = match["name"]
    elif match := _SQLITE_COLUMNS.search(str(error)):
        columns = {column.strip() for column in match["columns"].split(",")}
    if "foreign key" in str(error).lower():
        return Violation("", _("A record that this one refers to does not exist (any more)."), "reference")
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name or (columns and columns == _columns(model, constraint)):
                return _of_constraint(model, constraint)
        for field in model._meta.local_fields:
            if field.unique and _is_index_of(model, field, name, columns):
                return Violation(field.name, _taken(model, [field]), "unique", (field.name,))
    return None


def _columns(model: type[models.Model], constraint: Any) -> set[str]:
    fields = getattr(constraint, "fields", ())
    return {f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in fields}  # type: ignore[union-attr]


def _of_constraint(model: type[models.Model], constraint: Any) -> Violation:
    kind = "unique" if isinstance(constraint, models.UniqueConstraint) else "check"
    fields = [model._meta.get_field(name) for name in getattr(constraint, "fields", ())]
    if constraint.violation_error_message != constraint.default_violation_error_message:
        message = str(constraint.get_violation_error_message())
    elif fields:
        message = _taken(model, fields)
    else:
        message = str(constraint.get_violation_error_message())
    names = tuple(field.name for field in fields)
    return Violation(names[0] if len(names) == 1 else "", message, kind, names)


def _is_index_of(model: type[models.Model], field: Any, name: str | None, columns: set[str]) -> bool:
    """PostgreSQL names the constraint of a unique column `<table>_<column>_<hash>_uniq` or _key."""
    table = model._meta.db_table
    if columns:
        return columns == {f"{table}.{field.column}"}
    prefix = f"{table}_{field.column}_"
    return bool(name and name.startswith(prefix) and name.endswith(("_key", "_uniq")))


def _taken(model: type[models.Model], fields: list[Any]) -> str:
    if len(fields) == 1 and (text := fields[0].error_messages.get("unique")):
        names = {"model_name": model._meta.verbose_name, "field_label": fields[0].verbose_name}
        return str(text) % names
    labels = ", ".join(str(field.verbose_name) for field in fields)
    return _("There is already a record with the same values: %(fields)s.") % {"fields": labels}


# --- Who was first ----------------------------------------------------------------------------


def recorded(row: Any, fields: Collection[str], condition: models.Q | None = None) -> str:
    """Who recorded, and when, the row that holds the same values as this one (up to three queries).

    Empty where there is no such row, or its table keeps no history.
    """
    if row is None or not fields:
        return ""
    model, meta = type(row), row._meta
    same = model._base_manager.filter(**{name: getattr(row, meta.get_field(name).attname) for name in fields})
    twin = same.filter(condition or models.Q()).exclude(pk=row.pk).order_by("pk").first()
    history = getattr(meta, "simple_history_manager_attribute", None)
    if twin is None or history is None:
        return ""
    first = getattr(twin, history).select_related("history_user").order_by("history_id").first()
    if first is None:
        return ""
    user = first.history_user
    who = str(user.get_full_name() or user.get_username()) if user else _("the program")
    return _(" It is number %(number)s, recorded by %(who)s at %(when)s.") % {
        "number": twin.pk,
        "who": who,
        "when": f"{timezone.localtime(first.history_date):%Y-%m-%d %H:%M}",
    }


def duplicates(row: Any, error: ValidationError) -> ValidationError:
    """What validation found wrong with a row; a duplicate says who was first, under the code `unique`."""
    found: dict[str, list[ValidationError]] = {}
    for name, errors in error.update_error_dict({}).items():
        found[name] = [one for one in errors if one.code not in DUPLICATE]
        for one in errors:
            if one.code in DUPLICATE:
                fields = (one.params or {}).get("unique_check") or (name,)
                text = f"{' '.join(one.messages)}{recorded(row, fields)}"
                found[name].append(ValidationError(text, code="unique"))
    return ValidationError({name: errors for name, errors in found.items() if errors})


def violated(row: Any, exclude: Collection[str] | None = None) -> ValidationError | None:
    """The constraints of its table that a row breaks; None where it breaks none."""
    found: dict[str, list[ValidationError]] = {}
    for model, constraints in row.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, row, exclude=exclude)
            except ValidationError as error:
                fields = tuple(getattr(constraint, "fields", ()))
                name = fields[0] if len(fields) == 1 else NON_FIELD_ERRORS
                if isinstance(constraint, models.UniqueConstraint):
                    text = f"{' '.join(error.messages)}{recorded(row, fields, constraint.condition)}"
                    error = ValidationError(text, code="unique")
                found.setdefault(name, []).extend(error.error_list)
    return ValidationError(found) if found else None
