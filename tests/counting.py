"""Counts what a piece of work asks of the database: the same figures on a busy machine as on an idle one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection
from django.db.models.sql import compiler


@dataclass
class Counted:
    queries: int = 0
    rows: int = 0
    """Rows that querysets have fetched."""


@contextmanager
def counted() -> Iterator[Counted]:
    """The queries and rows of the block; final when it is left."""
    found = Counted()
    fetch = compiler.cursor_iter

    def asked(execute: Any, *args: Any) -> Any:
        found.queries += 1
        return execute(*args)

    def fetched(*args: Any) -> Iterator[Any]:
        for rows in fetch(*args):
            found.rows += len(rows)
            yield rows

    with connection.execute_wrapper(asked), mock.patch.object(compiler, "cursor_iter", fetched):
        yield found
