"""What a person is told when the database refuses a row.

Validation repeats every constraint with a sentence of its own; this is for the row that a second
writer slipped in after the validation.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?!index)(?P<columns>[\w., ]+)")
_SQLITE_NAME = re.compile(r"(?:CHECK constraint failed: |UNIQUE constraint failed: index ')(?P<name>\w+)")


@dataclass(frozen=True)
class Violation:
    """The field (empty where several are at fault), a sentence, and "unique" or "check"."""

    field: str
    message: str
    code: str


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
                return Violation(field.name, _taken(model, [field]), "unique")
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
    return Violation(fields[0].name if len(fields) == 1 else "", message, kind)


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
