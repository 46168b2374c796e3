"""Sees every answer, and notes down the refusals."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from contract.access import events

WATCHED = ("/api/", "/admin/", "/portal/")
STATUSES = frozenset({401, 403, 404, 405})


class AccessMiddleware:
    """Stands inside of who signs people in (`request.user`), outside of the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(WATCHED):
            response.headers.setdefault("Cache-Control", "private, no-store")
            user = getattr(request, "user", None)
            user = user if getattr(user, "is_authenticated", False) else None
            out_of_scope = getattr(request, "out_of_scope", False)
            if out_of_scope or (response.status_code in STATUSES and self._is_refusal(request, response, user)):
                events.refused(request, user, response.status_code)
        return response

    def _is_refusal(self, request: HttpRequest, response: HttpResponse, user: object) -> bool:
        if user is None:  # a wrong or missing key; addresses that do not exist are no door
            return response.status_code in (401, 403) and _exists(request)
        return response.status_code != 404 or _exists(request)


def _exists(request: HttpRequest) -> bool:
    """Whether there is such an address at all: a row that is not there, or not theirs, is behind it."""
    try:
        resolve(request.path_info)
    except Resolver404:
        return False
    return True
