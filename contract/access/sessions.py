"""How long a session lasts, and what comes before anything else in it: a password of one's own."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from contract.access.ending import BEGAN, MUST_CHANGE, SEEN

# A sign of life is written once a minute, not with every request.
WRITTEN_EVERY = 60


class SessionMiddleware:
    """Ends a session that nobody used for SESSION_IDLE_SECONDS, or that began SESSION_COOKIE_AGE ago.

    Saving a session begins its age anew in Django: the absolute end is counted from the sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            seen = request.session.get(SEEN, now)
            began = request.session.get(BEGAN, now)
            if now - seen >= settings.SESSION_IDLE_SECONDS or now - began >= settings.SESSION_COOKIE_AGE:
                logout(request)
                return self.get_response(request)
            if now - seen >= WRITTEN_EVERY:
                request.session[SEEN] = now
            if request.session.get(MUST_CHANGE) and self._is_behind(request.path_info):
                return redirect("account")
        return self.get_response(request)

    def _is_behind(self, path: str) -> bool:
        """Pages that wait for the new password; the second factor of who has one is asked before it."""
        behind = path.startswith((reverse("admin:index"), reverse("portal")))
        return behind and path != reverse("second-factor")
