"""How each database is copied while others write to it, and put into an empty one."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


@contextmanager
def copied(target: Path) -> Iterator[Any]:
    """Copy the database into the file `target`; gives a cursor that sees exactly what was copied."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(target)) as copy:
            with closing(sqlite3.connect(_path())) as source:
                source.backup(copy, pages=4096, sleep=0.05)
            copy.execute("PRAGMA journal_mode=DELETE")
            yield copy.cursor()
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        form = ("--format=custom", "--no-owner", "--no-privileges")
        _run("pg_dump", *form, f"--snapshot={snapshot}", f"--file={target}")
        yield cursor


def is_empty() -> bool:
    """Whether the database holds no table yet."""
    if connection.vendor == "sqlite":
        path = Path(_path())
        if not path.exists() or path.stat().st_size == 0:
            return True
    return not connection.introspection.table_names()


def put_back(source: Path) -> None:
    """Fill the empty database with a copy; all of it, or nothing."""
    connection.close()
    if connection.vendor == "sqlite":
        path = Path(_path())
        part = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, part)
            for leftover in ("-wal", "-shm"):
                path.with_name(path.name + leftover).unlink(missing_ok=True)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        return
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source))


def clear() -> None:
    """Empty again a database that was filled just now and is not what it should be."""
    if connection.vendor == "sqlite":
        connection.close()
        Path(_path()).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")


def _path() -> str:
    return str(connection.settings_dict["NAME"])


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, for the database of this program."""
    if shutil.which(program) is None:
        raise CommandError(
            _("%(program)s is not installed. Run: apt-get install postgresql-client") % {"program": program}
        )
    settings = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = os.environ | {name: str(settings[key]) for name, key in names.items() if settings[key]}
    if program == "pg_restore":
        arguments = (f"--dbname={settings['NAME']}", *arguments)
    done = subprocess.run([program, *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise CommandError(_("%(program)s failed: %(reason)s") % {"program": program, "reason": reason})
