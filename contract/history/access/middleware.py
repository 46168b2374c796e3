"""Notes every file that leaves the program: exports, documents, scans, by whichever view."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

from contract.choices import AccessKind
from contract.history.access import log

CAME = "handed_out"
"""A cookie that differs after each file: a page that waits for one learns from it that it has come (office.js)."""


class HandedOutMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        disposition = response.headers.get("Content-Disposition")
        user = getattr(request, "user", None)
        if disposition and response.status_code == 200 and getattr(user, "is_authenticated", False):
            log.note(AccessKind.DOWNLOAD, request=request, user=user, text=file_name(disposition))
            response.set_cookie(CAME, secrets.token_hex(4), max_age=60, samesite="Strict", secure=request.is_secure())
        return response


def file_name(disposition: str) -> str:
    """The name under which a file is handed out."""
    _kind, parameters = parse_header_parameters(disposition)
    return parameters.get("filename") or ""
