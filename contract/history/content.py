"""Rows as comparable values: the same for a row in hand and for the row that the database gives."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from contract.models.agreement import Contract, Party
from kit.database.fields import DecryptionError, EncryptedTextField, blind_index, decrypt
from kit.hashing import hexdigest

Values = dict[str, Any]

PURPOSE = "contract.audit"
UNREADABLE = "unreadable"
HOPS = 3
Encoder = Callable[[Any], Any]
AS_IT_IS = {models.IntegerField: int, models.BooleanField: bool, models.CharField: str, models.TextField: str}
"""What a value of a kind of field is in JSON and in Python alike."""
GONE = "gone"
"""Marks an entry that takes over a removal by hand: of a row, or of the rows of a set."""


def set_key(model: Any) -> tuple[str, ...]:
    """The columns that name a row of a model whose rows are logged by sets; else empty."""
    return tuple(getattr(model, "LOGGED_BY", ()))


@lru_cache
def columns(model: Any) -> tuple[Any, ...]:
    """The fields of a model, in their order."""
    return tuple(model._meta.concrete_fields)


def values(row: models.Model, model: Any = None) -> Values:
    """Every value of a row (or of a version of it in the history of `model`)."""
    return {name: write(getattr(row, name)) for name, write in encoders(model or type(row))}


@lru_cache
def encoders(model: Any) -> tuple[tuple[str, Encoder], ...]:
    """The names of a model's columns, each with the way in which its values are encoded."""
    return tuple((field.attname, _encoder(field)) for field in columns(model))


def _encoder(field: Any) -> Encoder:
    """`encode` for a field that is known: a value that has its form already needs no look at the field."""
    if isinstance(field, EncryptedTextField | models.FileField | models.JSONField):
        return partial(encode, field)
    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.DateTimeField):
        return lambda value: value.astimezone(UTC).isoformat() if type(value) is datetime else encode(field, value)
    if isinstance(field, models.DateField):
        return lambda value: value.isoformat() if type(value) is date else encode(field, value)
    form = next((form for kind, form in AS_IT_IS.items() if isinstance(field, kind)), None)
    return lambda value: value if type(value) is form else encode(field, value)


def encode(field: Any, value: Any) -> Any:
    """A value as JSON knows it, in one form however it was written."""
    if value is None:
        return None
    if isinstance(field, EncryptedTextField):
        return fingerprint(value)
    if isinstance(field, models.FileField):
        return str(getattr(value, "name", value) or "")
    if isinstance(field, models.JSONField):
        encoder: Any = field.encoder or DjangoJSONEncoder
        return json.loads(_json(encoder)(value)) if value or type(value) is not dict else {}
    while field.is_relation:
        field = field.target_field
    value = field.to_python(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal(1).scaleb(-field.decimal_places)))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    return str(value)


def decode(field: Any, value: Any) -> Any:
    """The value behind `encode`; an encrypted one is not in it."""
    if value is None or isinstance(field, models.JSONField | models.FileField):
        return value
    while field.is_relation:
        field = field.target_field
    return field.to_python(value)


def made(model: Any, content: Values) -> Any:
    """A row with these values, as if read; encrypted ones are left out."""
    known = {
        field.attname: decode(field, content[field.attname])
        for field in columns(model)
        if field.attname in content and not isinstance(field, EncryptedTextField)
    }
    return model(**known)


def fingerprint(text: str) -> str:
    """What stands in the log for an encrypted value: equal for equal values, and no way back."""
    return "#" + blind_index(text, PURPOSE)[:32]


def fingerprint_of_stored(field: EncryptedTextField, stored: str | None) -> str | None:
    """The same of a value as it stands in the database, also where it cannot be read."""
    if stored is None:
        return None
    try:
        return fingerprint(decrypt(stored, field.context))
    except DecryptionError:
        return UNREADABLE


def difference(old: Values, new: Values) -> dict[str, list[Any]]:
    """Old and new of what differs."""
    return {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}


def as_set(model: Any, rows: Iterable[models.Model]) -> Values:
    """The rows of a set by what they have in common: the last column of the key is listed."""
    member, common = _of_set(model)
    read = attrgetter(*(field.attname for field in common))
    return _grouped(model, ((read(row), getattr(row, member)) for row in rows))


def as_set_of_values(model: Any, given: Sequence[str], rows: Iterable[Sequence[Any]]) -> Values:
    """The same of rows that are values of these columns."""
    member, common = _of_set(model)
    read, of = itemgetter(*(given.index(field.attname) for field in common)), given.index(member)
    return _grouped(model, ((read(row), row[of]) for row in rows))


def _of_set(model: Any) -> tuple[str, list[Any]]:
    """The column that is listed, and those that rows have in common."""
    member = set_key(model)[-1]
    return member, [field for field in columns(model) if field.attname not in (member, model._meta.pk.attname)]


def _grouped(model: Any, rows: Iterable[tuple[tuple[Any, ...], Any]]) -> Values:
    member, common = _of_set(model)
    names = [field.attname for field in common]
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for shared, one in rows:
        groups[shared].append(one)
    return {
        "columns": names,
        "member": member,
        "groups": [
            [*(encode(*pair) for pair in zip(common, shared, strict=True)), sorted(members)]
            for shared, members in groups.items()
        ],
    }


def from_set(changes: Values) -> Iterable[Values]:
    """The rows of a set, one by one."""
    for *shared, members in changes["groups"]:
        for member in members:
            yield {**dict(zip(changes["columns"], shared, strict=True)), changes["member"]: member}


# What a digest speaks of, by its version, which stands beside it in the link. A column more in the
# log is a version more here: entries that were sealed before keep the digest that they have.
_FIRST = (
    "id",
    "label",
    "row_pk",
    "history_pk",
    "kind",
    "route",
    "actor_id",
    "at",
    "written_at",
    "contract_pk",
    "party_pk",
    "changes",
    "note",
)
DIGESTED: dict[int, tuple[str, ...]] = {1: _FIRST, 2: (*_FIRST, "salt")}
DIGEST_VERSION = max(DIGESTED)
# The same of the log of accesses.
ACCESS_DIGESTED: dict[int, tuple[str, ...]] = {
    1: ("id", "kind", "at", "user_pk", "username", "address", "route", "path", "label", "row_key", "changes", "note")
}


def digested(entry: Any) -> dict[int, tuple[str, ...]]:
    """The columns by version, of the log that the entry stands in."""
    return ACCESS_DIGESTED if hasattr(entry, "row_key") else DIGESTED


def digest(entry: Any, version: int, algorithm: str) -> str:
    """The fingerprint of an entry: every column that the log had in that version of it.

    KeyError for a version that there never was.
    """
    model: Any = type(entry)
    wanted = digested(entry)[version]
    content = {name: write(getattr(entry, name)) for name, write in encoders(model) if name in wanted}
    return fingerprint_of(content if version == 1 else {**content, "digest": version}, algorithm)


def fingerprint_of(content: Any, algorithm: str) -> str:
    """The hash of a content that JSON can write, in its one form."""
    return hexdigest(algorithm, _in_one_form(content).encode())


_in_one_form = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@lru_cache
def _json(encoder: Any) -> Callable[[Any], str]:
    return encoder().encode


# --- To whom a row belongs --------------------------------------------------------------------


def owners(row: models.Model) -> tuple[int | None, int | None]:
    """The contract or, where there is none, the party that a row belongs to."""
    model: Any = type(row)
    contract_pk = _follow(row, path_to(model, Contract))
    if contract_pk is not None:
        return contract_pk, None
    return None, _follow(row, path_to(model, Party))


@lru_cache(maxsize=512)
def path_to(model: Any, target: Any) -> tuple[str, ...] | None:
    """The shortest chain of references from a model to `target`; the first named of two."""
    paths: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    for _hop in range(HOPS + 1):
        for reached, path in paths:
            if reached is target:
                return path
        paths = [
            (field.related_model, (*path, field.name))
            for reached, path in paths
            for field in columns(reached)
            if field.is_relation and field.related_model is not reached
        ]
    return None


def _follow(row: Any, path: tuple[str, ...] | None) -> int | None:
    if path is None:
        return None
    if not path:
        return int(row.pk)
    for name in path[:-1]:
        try:
            row = getattr(row, name)
        except ObjectDoesNotExist:  # what it referred to was removed by hand
            return None
        if row is None:
            return None
    found: int | None = getattr(row, f"{path[-1]}_id")
    return found
