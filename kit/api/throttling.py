"""How often one person, or one address, may ask. The counters are shared by all processes."""

import logging
from typing import Any

from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle, UserRateThrottle

from kit.addresses import client_address

logger = logging.getLogger(__name__)


class SharedCounters(SimpleRateThrottle):
    """Lets through what it cannot count: a store of counters that is away stops nobody's work."""

    def get_ident(self, request: Request) -> str:
        return client_address(request)

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except (RedisError, OSError) as error:
            logger.warning("requests are not counted: %s", error)
            return True


class LoginThrottle(ScopedRateThrottle, SharedCounters):
    """Attempts to sign in from one address (`DEFAULT_THROTTLE_RATES["login"]`)."""


class WriteThrottle(UserRateThrottle, SharedCounters):
    """Writes of one person (`DEFAULT_THROTTLE_RATES["writes"]`); what is read is bounded by pages."""

    scope = "writes"

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().allow_request(request, view)
