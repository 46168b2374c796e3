"""Refusals: an entry of the access log and a line each, and an alarm where they are many."""

import logging
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from redis.exceptions import RedisError

from contract.choices import AccessKind
from contract.history.access import log
from kit.addresses import client_address

logger = logging.getLogger("contract.access")

BURST = 30
BURST_WITHIN = timedelta(minutes=10)
# Of somebody who is not signed in, so many refusals in that time are kept as entries, all as lines.
KEPT_OF_STRANGERS = 100


def note(request: Any, kind: AccessKind, *, user: Any = None, name: str = "", text: str = "") -> None:
    """Keep an entry and write a line. Never raises: what the database does not take is a line at least."""
    address = client_address(request) or "-"
    level = logging.ERROR if kind == AccessKind.BURST else logging.WARNING
    path = _printable(request.path)
    who = _printable(name or (user.get_username() if user else "-"))
    logger.log(level, "%s user=%s address=%s %s %s", kind.value, who, address, path, _printable(text))
    try:
        log.note(kind, request=request, user=user, username=name, text=_printable(text))
    except DatabaseError:
        logger.exception("an entry of the access log was not kept")


def refused(request: Any, user: Any, status: int) -> None:
    """A refusal: noted, and counted for the person, or for the address of who is not signed in.

    The count that reaches BURST within ten minutes is an alarm, once in that time.
    """
    who = f"user:{user.pk}" if user is not None else f"address:{client_address(request)}"
    count = counted(f"refused:{who}", BURST_WITHIN)
    text = f"{request.method} {status}"
    if user is not None or count <= KEPT_OF_STRANGERS:
        note(request, AccessKind.REFUSED, user=user, text=text)
    else:
        logger.warning("refused address=%s %s %s", client_address(request), _printable(request.path), text)
    if count == BURST:
        note(request, AccessKind.BURST, user=user, text=str(count))


def counted(key: str, within: timedelta) -> int:
    """One more under this key, in the counters that all processes share; 0 where they are away."""
    name = f"access:{key}"
    try:
        cache.add(name, 0, within.total_seconds())
        return cache.incr(name)
    except ValueError:  # it has run out in between
        return 1
    except (RedisError, OSError) as error:
        logger.error("attempts are not counted: %s", error)
        return 0


def forget(key: str) -> None:
    """Begin to count anew."""
    try:
        cache.delete(f"access:{key}")
    except (RedisError, OSError) as error:
        logger.error("attempts are not counted: %s", error)


def _printable(text: str) -> str:
    """On one line, so that nobody writes lines of the log by what they ask for."""
    return "".join(char if char.isprintable() else "?" for char in text[:200])
