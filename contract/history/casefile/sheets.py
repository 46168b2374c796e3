"""Tables of a case file: CSV that opens in WPS and Excel, text that stays text."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.timezone import localtime

from contract.models import Alert
from contract.models.base import MASKED_FIELDS
from kit.database.fields import EncryptedTextField
from law.identity import mask_telephone

ROWS_AT_MOST = 20_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """A table of the file; `folder` and `name` make its path."""

    folder: str
    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}.csv" if self.folder else f"{self.name}.csv"

    @property
    def text_rows(self) -> list[list[str]]:
        return [[text(cell) for cell in row] for row in self.rows]

    def content(self) -> bytes:
        """UTF-8 with a byte order mark, by which Excel knows it."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.header)
        for row in self.text_rows[:ROWS_AT_MOST]:
            writer.writerow([_defused(cell) for cell in row])
        if len(self.rows) > ROWS_AT_MOST:
            writer.writerow([f"……另有 {len(self.rows) - ROWS_AT_MOST} 行未列出"])
        return out.getvalue().encode("utf-8-sig")


def text(value: Any) -> str:
    """A value as it is printed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def of_rows(folder: str, name: str, rows: Iterable[models.Model], model: Any) -> Sheet:
    """Rows of one model in full: every column that has a name, people's numbers masked."""
    fields = [field for field in model._meta.concrete_fields if _is_shown(field)]
    return Sheet(
        folder,
        name,
        str(model._meta.verbose_name),
        ["编号", *(_name(field) for field in fields)],
        [[row.pk, *(value_of(row, field) for field in fields)] for row in rows],
    )


def value_of(row: Any, field: Any) -> Any:
    """A column as it may be read: choices by their names, numbers of persons masked."""
    if isinstance(field, EncryptedTextField):
        return getattr(row, f"{field.name}_masked", "（已加密，不予摘录）")
    value = getattr(row, field.attname)
    if value in (None, ""):
        return value
    if field.name in MASKED_FIELDS:
        return mask_telephone(str(value))
    if field.is_relation:
        related = getattr(row, field.name)
        return f"{related}（{related.pk}）" if not _is_user(related) else name_of(related)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value) if isinstance(field, models.FileField) else value


def name_of(user: Any) -> str:
    """A user by name; the program where there is none."""
    return (user.get_full_name() or user.get_username()) if user is not None else "系统"


def referring(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows with everything that they refer to, in one query."""
    names = [
        field.name
        for field in rows.model._meta.concrete_fields
        if field.is_relation and field.related_model is not Alert
    ]
    return rows.select_related(*names) if names else rows


def _is_shown(field: Any) -> bool:
    named = field.verbose_name != field.name.replace("_", " ")
    return not field.primary_key and named


def _name(field: Any) -> str:
    return str(field.verbose_name)


def _is_user(row: Any) -> bool:
    return hasattr(row, "get_username")


def _defused(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
