"""The address that a request comes from, where NUM_PROXIES proxies stand in front of the program."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings


def client_address(request: Any) -> str:
    """What the outermost of our own proxies saw; the peer's address where there is none.

    Each proxy appends to `X-Forwarded-For` whom it was asked by: with two of our own, the second
    from the right is the client. What stands further left the client has written itself. "" where
    neither is an address (a socket of the machine).
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    count = settings.NUM_PROXIES
    passed = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")]
    named = passed[-min(count, len(passed))] if count else ""
    return _valid(named) or _valid(peer)


def _valid(text: str) -> str:
    try:
        return str(ip_address(text.removeprefix("::ffff:")))
    except ValueError:
        return ""
