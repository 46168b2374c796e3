"""Entries of the log as people read them: fields by their names, choices by theirs."""

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contract import registry
from contract.admin.cases.figures import in_words
from contract.choices import ChangeKind
from contract.history.content import columns, from_set, set_key
from contract.history.models import ChangeEntry
from contract.models.base import MASKED_FIELDS, watched
from contract.terms import POLICIES
from kit.database.fields import EncryptedTextField
from law.identity import mask_telephone

TECHNICAL = frozenset({"id", "created_at", "updated_at", "version"})
TEXT_SHOWN = 80
Change = tuple[str, str, str]


def title(entry: ChangeEntry) -> str:
    """The kind of record and its number."""
    model: Any = watched().get(entry.label)
    return f"{model._meta.verbose_name if model else entry.label} {entry.row_pk}"


def changes(entry: ChangeEntry, *, named: bool = False, brief: bool = False) -> list[Change]:
    """Field, old, new: of a new record what is not empty, of a set how many of each value.

    With `named`, records that are referred to are read for their names (a query each). In `brief`, for a list, names by
    which only the program calls a row, texts in English and structures are left to the page of the entry.
    """
    model: Any = watched().get(entry.label)
    if model is None:
        return []
    if set_key(model):
        return _of_set(model, entry)
    found = []
    for field in columns(model):
        if _is_technical(field) or field.attname not in entry.changes or (brief and _is_detail(field)):
            continue
        value = entry.changes[field.attname]
        old, new = value if entry.kind == ChangeKind.CHANGED else (None, value)
        if entry.kind == ChangeKind.CHANGED or new not in (None, "", [], {}):
            name = str(field.verbose_name)
            found.append((name, _spoken(field, old, named), _spoken(field, new, named)))
    return found


def _is_technical(field: Any) -> bool:
    """Fields that nobody gave a name are the program's own."""
    return field.attname in TECHNICAL or field.verbose_name == field.name.replace("_", " ")


def _is_detail(field: Any) -> bool:
    return isinstance(field, models.SlugField | models.JSONField) or field.name.endswith("_en")


def _of_set(model: Any, entry: ChangeEntry) -> list[Change]:
    rows = list(from_set(entry.changes))
    days = sorted({str(row["day"]) for row in rows if "day" in row})
    found = [(_("number of rows"), "", str(len(rows)))]
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
        found.insert(0, (_("span of days"), "", span))
    for field in columns(model):
        if field.choices:
            for value, name in field.flatchoices:
                count = sum(row.get(field.attname) == value for row in rows)
                if count:
                    found.append((f"{field.verbose_name} {name}", "", str(count)))
    return found


def _spoken(field: Any, value: Any, named: bool) -> str:
    if value in (None, ""):
        return ""
    if field.name in MASKED_FIELDS:
        return mask_telephone(str(value))
    if isinstance(field, EncryptedTextField):
        return _("encrypted")
    definitions = getattr(field.model, "DEFINITIONS", {}) if field.name == "key" else {}
    if definitions and value in definitions:
        return str(definitions[value].label)
    if field.name == "policy" and value in POLICIES:
        return str(POLICIES[value].label)
    if field.name == "check_id":
        return registry.title(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        related = named and field.related_model._base_manager.filter(pk=value).first()
        return str(related or f"#{value}")
    if isinstance(field, models.DateTimeField):
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict):
        value = "；".join(f"{label} {said}" for label, said in in_words(value))
    elif isinstance(field, models.JSONField):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"
