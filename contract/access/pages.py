"""A small page of one's own, for people of either side: the password, and the keys of the interface."""

import secrets
from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm as PlainForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from knox.models import AuthToken
from unfold.forms import AuthenticationForm

from contract.access import passwords
from contract.access.ending import MUST_CHANGE
from contract.access.models import Account
from contract.delivery import feed
from contract.models import Membership
from kit import clock, ics


def acts_for_a_vendor(user: Any) -> bool:
    """Whether this person speaks for the vendor of some contract (one query)."""
    return Membership.objects.filter(user=user.pk, party__contracts_as_vendor__isnull=False).exists()


class OfficeSignInForm(AuthenticationForm):
    """The form of the office's door. Who belongs elsewhere signs in too and is led to their own pages."""

    error_messages = PlainForm.error_messages

    def confirm_login_allowed(self, user: Any) -> None:
        PlainForm.confirm_login_allowed(self, user)


class SignInView(LoginView):
    """For people of either side; the pages of the office stay closed to the vendor's, who have their own."""

    template_name = "account/sign_in.html"
    next_page = "account"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        user: Any = self.request.user
        return reverse("portal") if acts_for_a_vendor(user) else super().get_default_redirect_url()


class PasswordForm(forms.Form):
    """The present password and the new one, twice."""

    password = forms.CharField(label=_("present password"), widget=forms.PasswordInput, strip=False, max_length=1024)
    new_password = forms.CharField(label=_("new password"), widget=forms.PasswordInput, strip=False, max_length=1024)
    again = forms.CharField(label=_("new password again"), widget=forms.PasswordInput, strip=False, max_length=1024)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not self.user.check_password(given):
            raise ValidationError(_("This is not your present password."))
        return given

    def clean(self) -> None:
        data = super().clean() or {}
        if "again" in data and data["again"] != data.get("new_password"):
            self.add_error("again", _("The two do not agree."))


@never_cache
@login_required(login_url="account-sign-in")
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, my password, my keys."""
    user: Any = request.user
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.change(user=user, new=form.cleaned_data["new_password"], at=clock.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            update_session_auth_hash(request, user)  # this session goes on, every other has ended
            request.session.pop(MUST_CHANGE, None)
            messages.success(request, gettext("The password is changed. Other sessions and all keys have ended."))
            return redirect("account")
    context = {
        "form": form,
        "keys": AuthToken.objects.filter(user=request.user.pk).order_by("-created"),
        "has_calendar": Account.objects.filter(user=user.pk).exclude(calendar_sha256="").exists(),
        "is_vendor": acts_for_a_vendor(user),
        "must_change": request.session.get(MUST_CHANGE, False),
        "rules": [rule.get_help_text() for rule in passwords.rules()],
    }
    return render(request, "account/account.html", context)


@require_POST
@never_cache
@login_required(login_url="account-sign-in")
def calendar_link(request: HttpRequest) -> HttpResponse:
    """A new address of one's calendar, shown once, or none any more; the one before ends either way."""
    user: Any = request.user
    row, _made = Account.objects.get_or_create(user=user)
    secret = secrets.token_urlsafe(32) if "end" not in request.POST else ""
    row.calendar_sha256 = sha256(secret.encode()).hexdigest() if secret else ""
    row.save(update_fields=["calendar_sha256"])
    if secret:
        address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
        messages.success(
            request, gettext("The address of your calendar, shown this once: %(address)s") % {"address": address}
        )
    else:
        messages.success(request, gettext("The calendar has no address any more."))
    return redirect("account")


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The clocks of whoever has made this address; for calendar programs, which cannot sign in."""
    digest = sha256(secret.encode()).hexdigest()
    rows = Account.objects.filter(calendar_sha256=digest, user__is_active=True).select_related("user")
    row = rows.first()
    today = clock.today()
    if row is None or (row.valid_until is not None and row.valid_until < today):
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        address = request.build_absolute_uri("/").rstrip("/")
        content = ics.calendar(gettext("12345 hotline contract"), feed.entries(row.user, today, address), clock.now())
    return HttpResponse(content, content_type=ics.MEDIA_TYPE)


@require_POST
@login_required(login_url="account-sign-in")
def end_key(request: HttpRequest) -> HttpResponse:
    """End one of one's own keys."""
    AuthToken.objects.filter(user=request.user.pk, token_key=request.POST.get("key", "")).delete()
    messages.success(request, gettext("The key has ended."))
    return redirect("account")
