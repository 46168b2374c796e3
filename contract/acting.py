"""Who acts, by which way, and at what instant: known to every write without being passed along."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from simple_history.models import HistoricalRecords

from contract.choices import Route


@dataclass(frozen=True)
class Setting:
    """What holds for the writes of the present request, job or command.

    `at` is set only where records of another day are entered (the sample year); the log keeps the
    real instant beside it. `silent`: a scratch database, in which nothing is logged.
    """

    route: str = ""
    actor: Any = None
    at: datetime | None = None
    silent: bool = False


_setting: ContextVar[Setting] = ContextVar("audit_setting")
_NOTHING = Setting()
_process = {"route": Route.COMMAND}


@contextmanager
def acting(**changes: Any) -> Iterator[None]:
    """Writes inside bear this `route`, `actor` and `at`; what is left out stays as it is."""
    token = _setting.set(replace(_setting.get(_NOTHING), **changes))
    try:
        yield
    finally:
        _setting.reset(token)


def process_route(route: Route) -> None:
    """The way of everything in this process that says nothing else (the worker: jobs)."""
    _process["route"] = route


def route() -> str:
    return str(_setting.get(_NOTHING).route or _process["route"])


def instant() -> datetime | None:
    """The instant that writes are given, or None: the clock's."""
    return _setting.get(_NOTHING).at


def now() -> datetime:
    return _setting.get(_NOTHING).at or timezone.now()


def is_silent() -> bool:
    return _setting.get(_NOTHING).silent


def actor() -> Any:
    """The user on whose behalf the program writes; None for the program itself."""
    given = _setting.get(_NOTHING).actor
    if given is not None:
        return given
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return user if getattr(user, "is_authenticated", False) else None
