"""Which addresses a webhook may be sent to. Whatever is not on the allow-list is refused.

`WEBHOOK_ALLOWED` holds items, comma separated:

- a host (`qyapi.weixin.qq.com`): HTTPS on port 443, and only while it resolves to public
  addresses;
- an origin (`http://10.20.30.40:8080`, `https://hooks.intra.example`): exactly this scheme, host
  and port, which may resolve to an address of the intranet. Loopback and link-local addresses only
  where the item names them itself.

The address is resolved and judged at the moment of sending, and the connection goes to the very
address that was judged.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"https": 443, "http": 80}
URL_LENGTH = 1000
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+")
# IPv6 ranges that carry an IPv4 address: translation (NAT64) and 6to4.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotAllowed(Exception):
    """The destination is not permitted; the sentence says why. Trying again does not help."""


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port. `intranet`: the allow-list names it with its scheme."""

    scheme: str
    host: str
    port: int
    intranet: bool = False


@dataclass(frozen=True)
class Destination:
    """A permitted address, split for sending."""

    origin: Origin
    path: str

    @property
    def shown(self) -> str:
        """What may be shown of it: no path, no key."""
        origin = self.origin
        port = "" if origin.port == PORTS[origin.scheme] else f":{origin.port}"
        return f"{origin.scheme}://{_bracketed(origin.host)}{port}"


def permitted(url: str) -> Destination:
    """The destination of an address on the allow-list. Raises NotAllowed with the reason."""
    parts = _split(url)
    origin = _origin(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for item in allowed(settings.WEBHOOK_ALLOWED):
        if (item.scheme, item.host, item.port) == (origin.scheme, origin.host, origin.port):
            return Destination(item, path)
    raise NotAllowed(
        _(
            "The receiver %(host)s is not on the allow-list of this installation "
            "(WEBHOOK_ALLOWED, see docs/operations.md)."
        )
        % {"host": origin.host}
    )


def resolve(origin: Origin) -> list[str]:
    """The addresses of a permitted origin. Raises NotAllowed where any of them is out of bounds.

    OSError where the name does not resolve at all: that may pass.
    """
    found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))
    for text in addresses:
        if not _may_be(ipaddress.ip_address(text), origin):
            raise NotAllowed(
                _("%(host)s resolves to %(address)s, an address that messages are not sent to.")
                % {"host": origin.host, "address": text}
            )
    return addresses


@lru_cache(maxsize=8)
def allowed(written: str) -> tuple[Origin, ...]:
    """The allow-list. Raises ImproperlyConfigured with the item at fault."""
    found = []
    for item in filter(None, map(str.strip, written.split(","))):
        bare = "//" not in item
        try:
            parts = _split(f"https://{item}" if bare else item)
            origin = _origin(parts)
        except NotAllowed as error:
            raise ImproperlyConfigured(f"WEBHOOK_ALLOWED, {item!r}: {error}") from error
        if parts.path not in ("", "/") or parts.query:
            raise ImproperlyConfigured(f"WEBHOOK_ALLOWED, {item!r}: no path, only a host or origin")
        found.append(Origin(origin.scheme, origin.host, origin.port, intranet=not bare))
    return tuple(found)


def _split(url: str) -> SplitResult:
    # Whatever two parsers could read in two ways is refused.
    if not url.isascii() or not url.isprintable() or re.search(r"[\s\\]", url):
        raise NotAllowed(_("The address holds characters that an address cannot have."))
    if len(url) > URL_LENGTH:
        raise NotAllowed(_("The address is too long."))
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise NotAllowed(_("This is no address of a web server.")) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotAllowed(_("The address must begin with https:// and name a host."))
    if "@" in parts.netloc or parts.fragment:
        raise NotAllowed(_("The address must hold neither a user name nor a fragment (#)."))
    return parts


def _origin(parts: SplitResult) -> Origin:
    host = (parts.hostname or "").rstrip(".").lower()
    if not _HOST.fullmatch(host):
        raise NotAllowed(_("This is no address of a web server."))
    return Origin(parts.scheme, host, parts.port or PORTS[parts.scheme])


def _may_be(address: Address, origin: Origin) -> bool:
    inner = _embedded(address)
    if inner is not None:
        return _may_be(inner, origin)
    if not origin.intranet:
        return address.is_global and not address.is_multicast
    if address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback or address.is_link_local:
        named = origin.host == str(address)
        return named or (address.is_loopback and origin.host == "localhost")
    return address.is_private or address.is_global


def _embedded(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@checks.register(checks.Tags.security)
def check_allow_list(app_configs: Sequence[Any] | None, **kwargs: Any) -> Iterable[checks.CheckMessage]:
    """The program does not start with an allow-list that it cannot read."""
    try:
        allowed(settings.WEBHOOK_ALLOWED)
    except ImproperlyConfigured as error:
        yield checks.Error(str(error), hint="See docs/operations.md.", id="contract.E002")
