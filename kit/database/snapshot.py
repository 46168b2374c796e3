"""One moment of the database for a long look at it, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot(schema: str = "") -> Iterator[None]:
    """Every query inside sees the same moment; nobody waits for it. Nothing may be written inside.

    Within a transaction that is already open the moment is that transaction's own. On PostgreSQL a table or view in
    `schema` is read in place of the program's own of that name.
    """
    if connection.in_atomic_block:
        with _schema_first(schema):
            yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with _schema_first(schema):
                yield
    else:
        # Django begins IMMEDIATE here, which keeps every writer out; a reader's transaction does not.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


@contextmanager
def _schema_first(schema: str) -> Iterator[None]:
    if not schema or connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        (before,) = cursor.fetchone()
        path = "SELECT set_config('search_path', %s, true)"
        cursor.execute(path, [f"{connection.ops.quote_name(schema)}, {before}"])
        yield
        cursor.execute(path, [before])  # not where it failed: there the transaction ends, and with it the path
