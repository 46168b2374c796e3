"""What a database holds, in figures that can be compared: rows, sums of money, the head of the chain.

Read by plain SQL through any cursor: of the snapshot that is being copied, and of what was restored.
"""

from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

Tables = dict[str, dict[str, str]]


def tables(cursor: Any) -> Tables:
    """Of each table its number of rows, and the sum of each of its columns of money."""
    found: Tables = {}
    for name, columns in sorted(_known().items()):
        cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
        found[name] = {"rows": str(cursor.fetchone()[0])}
        for column, places in columns:
            # Added up here: SQLite's own sum of decimals is floating point.
            cursor.execute(f'SELECT "{column}" FROM "{name}" WHERE "{column}" IS NOT NULL')
            unit = Decimal(1).scaleb(-places)
            found[name][column] = str(sum((Decimal(str(row[0])).quantize(unit) for row in cursor), Decimal(0)))
    return found


def head(cursor: Any) -> str:
    """`number:hash` of the newest link of the change log."""
    cursor.execute('SELECT sequence, hash FROM "contract_chainhead"')
    row = cursor.fetchone()
    return f"{row[0]}:{row[1]}" if row else f"0:{'0' * 64}"


def migrations() -> dict[str, str]:
    """The last migration of each app, so that a restore by an older program is known for what it is."""
    return dict(sorted(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes()))


def differences(expected: Tables, found: Tables) -> list[tuple[str, str, str, str]]:
    """Table, column, what should be there, what is."""
    return [
        (name, column, value, found.get(name, {}).get(column, "–"))
        for name, columns in expected.items()
        for column, value in columns.items()
        if found.get(name, {}).get(column) != value
    ]


def _known() -> dict[str, list[tuple[str, int]]]:
    """Every table of the program, with its columns of decimals and their places."""
    return {
        model._meta.db_table: [
            (str(field.column), field.decimal_places)
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.DecimalField)
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
