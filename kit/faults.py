"""What a machine does to a program: its disk is full, its database or its documents are away.

None of these is a mistake of the program or of its user: each has a name, a status and a sentence
that says what to do, wherever it surfaces (API, page, command, job).
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.utils import Error as DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# EFBIG: a limit on the size of a file (ulimit) is as full as the disk.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
UNREACHABLE = frozenset({errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EROFS})


@dataclass(frozen=True)
class Fault:
    """A fault of the machine. `retry_after` in seconds; None where waiting alone does not help."""

    code: str
    status: int
    title: str | Promise
    sentence: str | Promise
    retry_after: int | None = None


DISK_FULL = Fault(
    "disk_full",
    507,
    _("The disk of the server is full"),
    _(
        "The disk of the server is full: nothing was written. "
        "Tell the administrator to free some space, then do it again."
    ),
)
DATABASE_AWAY = Fault(
    "database_away",
    503,
    _("The database does not answer for the moment"),
    _("The database does not answer for the moment: nothing was written. Try again in half a minute."),
    30,
)
DATABASE_BUSY = Fault(
    "database_busy",
    503,
    _("The database is busy for the moment"),
    _("Others are writing to the database for too long: nothing was written. Try again in a few seconds."),
    5,
)
DOCUMENTS_AWAY = Fault(
    "documents_away",
    503,
    _("The documents cannot be reached for the moment"),
    _("The folder of the documents cannot be reached or written: nothing was written. Tell the administrator."),
    60,
)

# Names of SQLite's result codes, and classes and codes of PostgreSQL's SQLSTATE.
_SQLITE = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_IOERR_WRITE": DISK_FULL,
    "SQLITE_CANTOPEN": DATABASE_AWAY,
    "SQLITE_IOERR": DATABASE_AWAY,
    "SQLITE_READONLY": DATABASE_AWAY,
    "SQLITE_BUSY": DATABASE_BUSY,
    "SQLITE_LOCKED": DATABASE_BUSY,
}
_SQLSTATE = {
    "53100": DISK_FULL,
    "53300": DATABASE_AWAY,  # too many connections
    "57P01": DATABASE_AWAY,
    "57P02": DATABASE_AWAY,
    "57P03": DATABASE_AWAY,
    "25006": DATABASE_AWAY,  # read only: a standby
    "40001": DATABASE_BUSY,
    "40P01": DATABASE_BUSY,
    "55P03": DATABASE_BUSY,
}


def cause(error: BaseException | None) -> Fault | None:
    """The fault of the machine behind an error; None where it is none, or not one of these."""
    return next((fault for each in _chain(error) if (fault := _named(each)) is not None), None)


def sentence(error: BaseException) -> str:
    """What to tell of an error that ended a job: the fault in words, or what the error says."""
    fault = cause(error)
    if fault is not None:
        return str(fault.sentence)
    return " ".join(map(str, getattr(error, "messages", None) or [str(error) or type(error).__name__]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it was raised from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> Fault | None:
    if isinstance(error, DatabaseError):
        return _of_database(error)
    if isinstance(error, OSError) and error.errno in FULL:
        return DISK_FULL
    return DOCUMENTS_AWAY if isinstance(error, OSError) and error.errno in UNREACHABLE else None


def _of_database(error: BaseException) -> Fault | None:
    driver: Any = error.__cause__
    if name := getattr(driver, "sqlite_errorname", None):
        found = _SQLITE.get(name)
        return found or next((fault for code, fault in _SQLITE.items() if name.startswith(f"{code}_")), None)
    code = getattr(driver, "pgcode", None)
    if code:
        return _SQLSTATE.get(code) or (DATABASE_AWAY if code.startswith("08") else None)
    # Without a code it never came to an answer: no connection, or one that broke. The tables and
    # columns of a statement are never at fault then.
    module = type(driver).__module__
    away = isinstance(error, OperationalError | InterfaceError) and module.startswith("psycopg")
    return DATABASE_AWAY if away else None
