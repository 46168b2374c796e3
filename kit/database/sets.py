"""Many rows in one statement, without an object and a parameter for each value."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connections, models


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    using: str,
    key: Sequence[str] = (),
    renewed: Sequence[str] = (),
) -> None:
    """Insert rows of numbers, days and words, never None; `columns` names the attributes that they are values of.

    Where a row of the same `key` stands already, its `renewed` columns take the new values; without a key such a
    row is an IntegrityError. PostgreSQL takes one array a column, SQLite one statement that it has prepared.
    """
    connection = connections[using]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    name = {attname: connection.ops.quote_name(str(field.column)) for attname, field in fields.items()}
    table = connection.ops.quote_name(model._meta.db_table)
    into = f"INSERT INTO {table} ({', '.join(name[column] for column in columns)})"
    values = ", ".join(f"{name[column]} = EXCLUDED.{name[column]}" for column in renewed)
    conflict = f" ON CONFLICT ({', '.join(name[column] for column in key)}) DO UPDATE SET {values}" if key else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Without its length: a cast to varchar(8) would cut what is longer instead of refusing it.
            kinds = [str(fields[column].db_type(connection)).partition("(")[0] for column in columns]
            arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
            given = [_array(values) for values in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}){conflict}", given)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{into} VALUES ({places}){conflict}", [_plain(row) for row in rows])


def _plain(row: Iterable[Any]) -> list[Any]:
    return [value if type(value) is int else str(value) for value in row]


def _array(values: Iterable[Any]) -> str:
    """Values as PostgreSQL writes an array."""
    return "{" + ",".join(_written(value) for value in values) + "}"


def _written(value: Any) -> str:
    if type(value) is int or isinstance(value, date):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
