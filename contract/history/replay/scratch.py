"""A database in memory, in a thread that knows no other one.

Connections belong to threads. In a thread of its own the name `default` stands for an empty SQLite
database: checks, selectors and services run there unchanged, read nothing else, and could not write
to the real database if they tried. When the thread ends, the database is gone.
"""

import contextvars
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.utils.translation import gettext as _

from contract.acting import acting
from kit.errors import Conflict

Result = TypeVar("Result")

# Each holds a contract's rows in memory: more at once wait, and then are refused.
_places = threading.BoundedSemaphore(2)
WAIT_SECONDS = 20
ROWS_AT_ONCE = 500
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def in_scratch(rows: Mapping[Any, Iterable[Any]], work: Callable[[], Result]) -> Result:
    """Do `work` where these rows, by their model, are all there is; what it raises is raised.

    Raises Conflict where others keep the few places for too long.
    """
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Conflict(_("Other replays are still running. Try again in a minute."))
    try:
        return _in_thread(rows, work)
    finally:
        _places.release()


def _in_thread(rows: Mapping[Any, Iterable[Any]], work: Callable[[], Result]) -> Result:
    outcome: dict[str, Any] = {}
    given = contextvars.copy_context()

    def run() -> None:
        try:
            outcome["result"] = given.run(_work, rows, work)
        except BaseException as error:  # handed over to the caller
            outcome["error"] = error

    thread = threading.Thread(target=run, name="scratch", daemon=True)
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    result: Result = outcome["result"]
    return result


def _work(rows: Mapping[Any, Iterable[Any]], work: Callable[[], Result]) -> Result:
    connection = ConnectionHandler({DEFAULT_DB_ALIAS: SQLITE}).create_connection(DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = connection
    try:
        with acting(silent=True):
            _make_tables(connection)
            connection.disable_constraint_checking()  # rows may refer to what was not loaded
            for model, found in rows.items():
                model._base_manager.bulk_create(found, batch_size=ROWS_AT_ONCE)
            return work()
    finally:
        BaseDatabaseWrapper.close(connection)  # SQLite's own keeps databases in memory open
        del connections[DEFAULT_DB_ALIAS]


def _make_tables(connection: Any) -> None:
    """The tables of our apps with their histories, and the users that rows refer to."""
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name in {"contract", "staffing", "hotline", "billing", "confidentiality"}
        for model in config.get_models()
    ]
    with connection.schema_editor() as editor:
        for model in [get_user_model(), *ours]:
            editor.create_model(model)
