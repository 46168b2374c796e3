"""The content security policy, as strict as each page allows."""

from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse


class PolicyMiddleware(CSPMiddleware):
    """Scripts come from files of this server, none from a page, and none is made out of text.

    The last does not hold in the admin: Alpine.js inside unfold evaluates expressions that it finds
    in attributes.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(reverse("admin:index")):
            update: dict[str, Any] = {**(parts.update or {}), "script-src": ["'unsafe-eval'"]}
            parts.update = update
        return parts
