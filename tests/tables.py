"""The empty tables, made once for each state of the migrations; every other test database is a copy.

Applying the migrations is most of what a run of a few tests takes. The first process does that and
keeps what came out (SQLite: a file under .pytest_cache; PostgreSQL: a database to copy from), the
others wait for it. `migrate` still runs on every copy, finds nothing to apply, and tells whoever
listens that it is done.
"""

import fcntl
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from tests import factories

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "tables"
# What the tables depend on: migrations, what they are written with, and the locked versions.
SOURCES = ("*/migrations/*.py", "kit/database/*.py", "contract/history/**/*.py", "requirements.txt")
PREFIX = "hotline_tables_"


def state() -> str:
    """The state of the migrations, in sixteen letters."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Tables:
    """Stands around the making of a test database: a copy of the kept tables, or one to be kept."""

    def __init__(self) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        self.lock = (KEPT / "lock").open("w")
        self.in_file = connection.vendor == "sqlite"
        self.kept = KEPT / f"{state()}.sqlite3"
        self.template = PREFIX + state()
        self.making = False

    def prepare(self) -> None:
        """Before the test database is made: offer the kept tables, or take the lock to make them."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.making = not self._offered()
        if not self.making:
            self.lock.close()

    def keep(self) -> None:
        """After it was made: keep the tables where they were not, for the next process."""
        filled = _counts()
        _standing.update({name: count for name, count in filled.items() if name in STANDING})
        _filled.update({name: _rows(name) for name in filled if name not in STANDING})
        if self.making:
            self._keep()
            self.lock.close()

    def _offered(self) -> bool:
        if self.in_file:
            if self.kept.exists():
                Path(connection.settings_dict["TEST"]["NAME"]).write_bytes(self.kept.read_bytes())
            return self.kept.exists()
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
            found = cursor.fetchone() is not None
        if found:
            connection.settings_dict["TEST"]["TEMPLATE"] = self.template
        return found

    def _keep(self) -> None:
        connection.close()
        name = connection.settings_dict["NAME"]
        if self.in_file:
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            beside = self.kept.with_suffix(".part")
            beside.unlink(missing_ok=True)
            with sqlite3.connect(name) as source:
                source.execute("VACUUM INTO ?", [str(beside)])
            beside.rename(self.kept)
            return
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s AND pg_get_userbyid(datdba) = current_user",
                [PREFIX + "%"],
            )
            for (old,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{self.template}" TEMPLATE "{name}"')


# What `migrate` fills: content types and rights. No test changes them but those that say so.
STANDING = ("django_content_type", "auth_permission")
_standing: dict[str, int] = {}
# The few rows that it puts into other tables, which tests write too: they are laid anew.
_filled: dict[str, list[tuple[Any, ...]]] = {}


def empty() -> None:
    """Delete what a test has committed, instead of emptying all tables and filling the standing ones anew.

    Where a standing table has more or fewer rows than `migrate` gave it, Django's own way is taken.
    """
    filled = _counts()
    standing = {name: filled.pop(name) for name in STANDING if name in filled}
    if standing != _standing:
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        factories._held.cache_clear()  # permissions have other numbers now
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for name in filled:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
        for name, rows in _filled.items():
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {connection.ops.quote_name(name)} VALUES ({places})", rows)


def _rows(name: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
        return list(cursor.fetchall())


def _counts() -> dict[str, int]:
    """The tables with rows, in one query; all rows are counted in the standing ones alone."""
    parts = []
    for name in connection.introspection.django_table_names(only_existing=True, include_views=False):
        table = connection.ops.quote_name(name)
        rows = table if name in STANDING else f"(SELECT 1 FROM {table} LIMIT 1) AS first_row"
        parts.append(f"SELECT '{name}', (SELECT count(*) FROM {rows})")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: count for name, count in cursor.fetchall() if count}
