"""Tells pages, the API, and files taken in by either."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from contract.acting import acting
from contract.choices import Route


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
