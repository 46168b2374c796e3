"""Which keys the stored values need, and their move to a new one.

Every encrypted column is known by its field: current rows, and their versions in the history. Beside
some stands a blind index, by which a row is found by its value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Min, TextField, Value
from django.db.models.functions import Cast, StrIndex, Substr
from django.utils.translation import gettext as _

from kit.database.fields import DecryptionError, EncryptedTextField, blind_index, decrypt, parse_keys

START = len("v1:") + 1


@dataclass(frozen=True)
class Column:
    """An encrypted column of a table, current or historical."""

    model: Any
    field: EncryptedTextField

    @property
    def raw(self) -> Any:
        """The rows with their value as it is stored: `stored`."""
        return self.model._base_manager.annotate(stored=Cast(self.field.attname, TextField())).order_by("pk")

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"


def encrypted_columns() -> list[Column]:
    """All of them, in the order of their tables."""
    return [
        Column(model, field)
        for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table)
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def key_ids(column: Column) -> dict[str, str]:
    """The ids of the keys in use in a column, each with one stored value (one query)."""
    rest = Substr("stored", START)
    rows = (
        column.raw.order_by()
        .filter(stored__isnull=False)
        .annotate(key=Substr(rest, 1, StrIndex(rest, Value(":")) - 1))
        .values("key")
        .annotate(sample=Min("stored"))
    )
    return {row["key"]: row["sample"] for row in rows}


def problems() -> Iterator[str]:
    """Why stored values cannot be read or found with the keys of the settings, in sentences."""
    try:
        known = parse_keys(settings.FIELD_ENCRYPTION_KEYS)
    except ImproperlyConfigured as error:
        yield str(error)
        return
    for column in encrypted_columns():
        for key_id, sample in key_ids(column).items():
            if key_id not in known:
                yield _(
                    "FIELD_ENCRYPTION_KEYS lacks key “%(key)s”, with which values of %(column)s are encrypted. "
                    "Put the keys there that were used before."
                ) % {"key": key_id, "column": column}
                return
            try:
                decrypt(sample, column.field.context)
            except DecryptionError:
                yield _(
                    "Key “%(key)s” of FIELD_ENCRYPTION_KEYS is another one than that with which %(column)s was "
                    "encrypted. Put the keys there that were used before."
                ) % {"key": key_id, "column": column}
                return
    yield from _index_problems()


def _index_problems() -> Iterator[str]:
    """The last key makes the blind index: a row must be found by what it holds."""
    for column in encrypted_columns():
        if column.field.index is None:
            continue
        index, purpose = column.field.index
        row = column.model._base_manager.order_by("pk").first()
        if row is not None and getattr(row, index) != blind_index(getattr(row, column.field.attname), purpose):
            yield _(
                "The last of FIELD_ENCRYPTION_KEYS is not the one that %(column)s is found by. Keep the order of the "
                "keys; after `rotate_keys` only the new one stays."
            ) % {"column": column}
            return
