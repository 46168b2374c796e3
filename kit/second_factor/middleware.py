"""Leads whoever needs a second factor and has not given it to the page that asks for it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kit import second_factor

# Pages about oneself, for people of either side.
OWN = ("account", "account-end-key", "account-calendar-link")
# Where people work who sign in there.
WORK = "portal"
# Leaving, and a password that has to be changed first, need none.
FREE = ("admin:login", "admin:logout", "admin:jsi18n", "admin:password_change", "admin:password_change_done")


class SecondFactorMiddleware:
    """Behind django-otp's own, which knows whether this session has given a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if self._asks(request.path_info, user) and not user.is_verified():
            return redirect(f"{reverse('second-factor')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)

    def _asks(self, path: str, user: Any) -> bool:
        home, pages = reverse("admin:index"), reverse("second-factor")
        if path.startswith(home):
            return not path.startswith(pages) and path not in map(reverse, FREE) and second_factor.is_needed(user)
        # A password alone changes no password and ends no key of who has a device; a first password
        # is changed before one is set up.
        return (path in map(reverse, OWN) or path.startswith(reverse(WORK))) and second_factor.has_device(user)
