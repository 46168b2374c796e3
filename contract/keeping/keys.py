"""Which keys the stored values need, and their move to a new one.

Every encrypted column is known by its field: current rows, and their versions in the history. Beside
some stands a blind index, by which a row is found by its value.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import Min, TextField, Value
from django.db.models.functions import Cast, StrIndex, Substr
from django.utils.translation import gettext as _

from contract.history import log, services, verification
from contract.history.models import ChangeEntry
from contract.models.base import watched
from kit.database.fields import (
    VERSION,
    DecryptionError,
    EncryptedTextField,
    Key,
    blind_index,
    decrypt,
    encrypt,
    parse_keys,
)

START = len(f"{VERSION}:") + 1
AT_ONCE = 500


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
        .annotate(sealed_by=Substr(rest, 1, StrIndex(rest, Value(":")) - 1))
        .values("sealed_by")
        .annotate(sample=Min("stored"))
    )
    return {row["sealed_by"]: row["sample"] for row in rows}


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


# --- Moving to a new key ----------------------------------------------------------------------


def move(tell: Callable[[str], object]) -> int:
    """Seal every value anew with the first key, batch by batch; returns how many were moved.

    May run while the program does, may be killed and run again. Each value is read with its old key,
    sealed, and read back before it is written; one that somebody has changed meanwhile is left for
    the next round. Raises CommandError where a value cannot be read: nothing of its batch is written.
    """
    new = next(iter(parse_keys(settings.FIELD_ENCRYPTION_KEYS)))
    moved = 0
    for column in encrypted_columns():
        count = 0
        while batch := list(_elsewhere(column, new).values_list("pk", "stored")[:AT_ONCE]):
            with transaction.atomic():
                count += sum(_seal_anew(column, pk, stored) for pk, stored in batch)
        tell(_("%(column)s: %(count)d values moved to key %(key)s.") % {"column": column, "count": count, "key": new})
        moved += count
    return moved


def finish() -> int:
    """Let the blind indexes and the log's fingerprints follow the first key; returns how many rows.

    To be done while nothing else runs, all of it or nothing: afterwards only the new key may stay.
    What the log says of an encrypted value was made with the old key, so each row gets an entry that
    takes it over as it stands; before that, every one is compared. Raises CommandError otherwise.
    """
    written = next(item.strip() for item in settings.FIELD_ENCRYPTION_KEYS.split(",") if item.strip())
    (new,) = parse_keys(written).values()
    if left := [str(column) for column in encrypted_columns() if _elsewhere(column, new.id).exists()]:
        raise CommandError(
            _("Values are on an older key yet (%(columns)s): run rotate_keys first.") % {"columns": left}
        )
    labels = {label: model for label, model in watched().items() if any(_encrypted(model))}
    with transaction.atomic():
        for label, model in labels.items():
            _require_agreement(label, model)
        for column in encrypted_columns():
            if column.field.index is not None:
                _index_anew(column, new)
        before, settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS, written
        try:
            count = sum(_take_over(label, model, new.id) for label, model in labels.items())
            for label, model in labels.items():
                _require_agreement(label, model)
        finally:
            settings.FIELD_ENCRYPTION_KEYS = before
    return count


def _elsewhere(column: Column, key_id: str) -> Any:
    return column.raw.filter(stored__isnull=False).exclude(stored__startswith=f"{VERSION}:{key_id}:")


def _seal_anew(column: Column, pk: int, stored: str) -> int:
    context = column.field.context
    try:
        text = decrypt(stored, context)
    except DecryptionError as error:
        raise CommandError(f"{column} {pk}: {error}") from error
    sealed = encrypt(text, context)
    if decrypt(sealed, context) != text:
        raise CommandError(f"{column} {pk}: {_('the new key does not give back what it was given')}")
    return _write(column, str(column.field.column), pk, sealed, stored)


def _write(column: Column, name: str, pk: int, value: str, stored: str) -> int:
    """Past the fields, which would seal it once more, and past the history, of which this is no change."""
    quote, meta = connection.ops.quote_name, column.model._meta
    where = f"{quote(str(meta.pk.column))} = %s AND {quote(str(column.field.column))} = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {quote(meta.db_table)} SET {quote(name)} = %s WHERE {where}", [value, pk, stored])
        count: int = cursor.rowcount
    return count


def _index_anew(column: Column, new: Key) -> None:
    assert column.field.index is not None
    index, purpose = column.field.index
    for pk, stored in column.raw.values_list("pk", "stored").iterator(chunk_size=AT_ONCE):
        value = blind_index(decrypt(stored, column.field.context), purpose, new)
        _write(column, str(column.model._meta.get_field(index).column), pk, value, stored)


def _take_over(label: str, model: Any, key_id: str) -> int:
    pks = set(ChangeEntry.objects.filter(label=label).order_by().values_list("row_pk", flat=True))
    entries = list(services.adoptions(label, model, sorted(pks), f"rotate_keys {key_id}"))
    log.keep(entries)
    return len(entries)


def _require_agreement(label: str, model: Any) -> None:
    problem = next(verification.rows(label, model), None)
    if problem is not None:
        raise CommandError(
            _("The records do not agree with the change log, so nothing was moved: %(problem)s.") % {"problem": problem}
        )


def _encrypted(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
