"""Leads whoever needs a second factor and has not given it to the page that asks for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kit import second_factor

# Leaving, and a password that has to be changed first, need none.
FREE = ("admin:login", "admin:logout", "admin:jsi18n", "admin:password_change", "admin:password_change_done")


class SecondFactorMiddleware:
    """Behind django-otp's own, which knows whether this session has given a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        home, pages = reverse("admin:index"), reverse("second-factor")
        path = request.path_info
        if path.startswith(home) and not path.startswith(pages) and path not in map(reverse, FREE):
            user = request.user
            if second_factor.is_needed(user) and not user.is_verified():  # type: ignore[union-attr]
                return redirect(f"{pages}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)
