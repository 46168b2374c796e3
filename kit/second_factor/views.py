"""The page that asks for a code, and the one on which a device is set up."""

from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import user_login_failed
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_otp import login, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from kit import second_factor

RECOVERY_CODES = 10
NAME = "pages"


@never_cache
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """A code of the device, or one of the recovery codes, each of which holds once."""
    user: Any = request.user
    if not user_has_device(user, confirmed=True):
        return redirect(_with_next(request, "second-factor-setup"))
    error = ""
    if request.method == "POST":
        device = second_factor.match(user, _code(request))
        if device is not None:
            login(request, device)
            return redirect(_next(request))
        user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
        error = _("The code is wrong, was used already, or came too soon after a wrong one. Wait for the next one.")
    return render(request, "second_factor/ask.html", {"error": error, "next": _next(request)})


@never_cache
@login_required
def setup(request: HttpRequest) -> HttpResponse:
    """Show a new secret as a picture and as text; a first right code makes it the user's device.

    Who has one already gives a code of it first: a password alone replaces no second factor.
    """
    user: Any = request.user
    if not user.is_staff:
        return redirect("home")
    if user_has_device(user, confirmed=True) and not user.is_verified():
        return redirect(_with_next(request, "second-factor"))
    device, _made = second_factor.device_model().objects.get_or_create(
        user=user, confirmed=False, defaults={"name": NAME}
    )
    error = ""
    if request.method == "POST":
        if device.verify_token(_code(request)):
            codes = _confirm(user, device)
            login(request, device)
            second_factor.set_up.send(sender=type(device), request=request, user=user)
            return render(request, "second_factor/codes.html", {"codes": codes, "next": _next(request)})
        error = _("The code is wrong. Check the clock of the telephone, and type the code that it shows now.")
    picture = segno.make(device.config_url).svg_data_uri(scale=5, dark="#000", light="#fff")
    context = {"error": error, "picture": picture, "secret": _secret(device), "next": _next(request)}
    return render(request, "second_factor/setup.html", context)


@transaction.atomic
def _confirm(user: Any, device: Any) -> list[str]:
    """The new device in place of all others, with recovery codes that are shown this once."""
    type(device).objects.filter(user=user).exclude(pk=device.pk).delete()
    StaticDevice.objects.filter(user=user).delete()
    device.confirmed = True
    device.save()
    recovery = StaticDevice.objects.create(user=user, name=NAME)
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=recovery, token=second_factor.fingerprint(code)) for code in codes
    )
    return codes


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "").replace(" ", "").strip()[:16].lower()


def _secret(device: Any) -> str:
    """The secret as people type it: Base32, in groups of four."""
    text = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _next(request: HttpRequest) -> str:
    """Where the user was going; never another server."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure() or bool(settings.SESSION_COOKIE_SECURE)
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure)
    return wanted if safe else reverse("admin:index")


def _with_next(request: HttpRequest, name: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': _next(request)})}"
