"""Tells pages, the API, and files taken in by either; says on the page what was just written changes."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from contract.acting import acting
from contract.admin.consequences import tell
from contract.choices import Route
from contract.history.log import newest, touched


class RouteMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(route=route_of(request.path_info)):
            return self.get_response(request)


def route_of(path: str) -> Route:
    """By which way a request comes. Addresses that take files in end with `import`."""
    if path.rstrip("/").endswith("/import"):
        return Route.FILE
    return Route.API if path.startswith("/api/") else Route.SCREEN


class ConsequencesMiddleware:
    """What a person writes on the office's pages shows there at once what it changes, whichever page it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.is_staff or not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        before = newest()
        response = self.get_response(request)
        if response.status_code == HTTPStatus.FOUND and request.user.is_staff:
            tell(request, touched(before, request.user))
        return response
