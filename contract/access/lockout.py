"""Wrong passwords wait: by name and address, by name, and by address. Trying does not prolong it.

Nobody can keep somebody else out for ever: a lock lasts WAIT and is not begun anew while it lasts;
the locks of a name and of an address let through who has signed in from there lately. Names are
counted as they were typed, whether there is such a user or not.
"""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from axes.conf import settings
from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from axes.signals import user_locked_out
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contract.access import events
from contract.access.choices import Scope
from contract.access.models import LoginLock
from contract.choices import AccessKind
from contract.history.models import AccessEntry
from kit import clock
from kit.addresses import client_address

WAIT = timedelta(minutes=15)
LIMITS = {Scope.PAIR: 8, Scope.NAME: 24, Scope.ADDRESS: 40}
KNOWN_FOR = timedelta(days=30)


def plain(name: Any) -> str:
    """A name as it is counted: width and case make no other name."""
    return unicodedata.normalize("NFKC", str(name or "")).strip().casefold()[:150]


def waits_until(name: str, address: str, now: datetime) -> datetime | None:
    """Until when attempts under this name from this address wait; None: not at all."""
    standing = LoginLock.objects.filter(until__gt=now, lifted_at__isnull=True).filter(
        Q(scope=Scope.PAIR, name=name, address=address or None)
        | Q(scope=Scope.NAME, name=name)
        | Q(scope=Scope.ADDRESS, address=address or None)
    )
    found = list(standing)
    if any(lock.scope != Scope.PAIR for lock in found) and _is_known(name, address, now):
        found = [lock for lock in found if lock.scope == Scope.PAIR]
    return max((lock.until for lock in found), default=None)


def failed(request: Any, name: str) -> datetime | None:
    """Count a failure; until when further attempts wait, where it was one too many."""
    now, address = clock.now(), client_address(request)
    for scope, limit in LIMITS.items():
        count = events.counted(_key(scope, name, address), WAIT)
        if count >= limit:
            LoginLock.objects.create(
                scope=scope,
                name="" if scope == Scope.ADDRESS else name,
                address=None if scope == Scope.NAME else address or None,
                since=now,
                until=now + WAIT,
                failures=count,
            )
            events.forget(_key(scope, name, address))
            user_locked_out.send("axes", request=request, username=name, ip_address=address)  # for the access log
    return waits_until(name, address, now)


def succeeded(request: Any, user: Any) -> None:
    """The name begins anew; the address does not, or an account of one's own would open it."""
    events.forget(_key(Scope.PAIR, plain(user.get_username()), client_address(request)))


def lift(lock: LoginLock, *, request: Any, at: datetime) -> bool:
    """End a lock by hand. False where it has ended already."""
    ended = LoginLock.objects.filter(pk=lock.pk, until__gt=at, lifted_at__isnull=True).update(
        lifted_by=request.user, lifted_at=at
    )
    if ended:
        events.note(request, AccessKind.UNLOCKED, user=request.user, text=str(lock))
    return bool(ended)


def _key(scope: Scope, name: str, address: str) -> str:
    parts = {Scope.PAIR: (name, address), Scope.NAME: (name,), Scope.ADDRESS: (address,)}[scope]
    return f"failed:{scope}:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def _is_known(name: str, address: str, now: datetime) -> bool:
    """Whether this name has signed in from this address lately."""
    came_in = AccessEntry.objects.filter(kind=AccessKind.LOGIN, at__gt=now - KNOWN_FOR)
    return came_in.filter(username__iexact=name, address=address).exists()


class Handler(AbstractAxesHandler, AxesBaseHandler):
    """What django-axes asks: its backend and middleware refuse, the counting is ours."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        until = waits_until(_named(credentials), client_address(request), clock.now())
        request.waits_until = until
        return until is not None

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        return settings.AXES_FAILURE_LIMIT if self.is_locked(request, credentials) else 0

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        if request is None or request.axes_locked_out:  # what waits is not counted
            return
        request.waits_until = failed(request, _named(credentials))
        request.axes_locked_out = request.waits_until is not None

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        succeeded(request, user)

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        pass


def _named(credentials: dict[str, Any] | None) -> str:
    return plain((credentials or {}).get("username"))


def minutes_left(request: Any) -> int:
    """How long an attempt of this request has to wait, in whole minutes, at least one."""
    until = getattr(request, "waits_until", None) or clock.now()
    return max(1, -int((clock.now() - until).total_seconds() // 60))


def response(request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The page that says how long to wait, in the same words for every name."""
    minutes = minutes_left(request)
    page = render(request, "admin/lockout.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page
