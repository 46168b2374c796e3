"""The first pages of an empty installation: who has the terminal's code makes the administrators and the office.

The code is drawn from the installation's secret key: nothing is kept, and it opens nothing once an office has
its people.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from contract.access import accounts
from contract.access.models import Account
from contract.access.passwords import rules
from contract.models import Membership, Party
from contract.records import save
from contract.roles import ADMINISTRATORS, VENDOR
from contract.setup.forms import ROLE_DOES, PartyForm, PersonForm, text

OPENED = "first_hour"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 12
PEOPLE = 6


def code() -> str:
    """The code of this installation, as `manage.py run --live` prints it: ABCD-EFGH-JKLM."""
    digest = salted_hmac("contract.setup.first", "code", algorithm="sha256").digest()
    drawn = "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:LENGTH])
    return "-".join(drawn[i : i + 4] for i in range(0, LENGTH, 4))


def is_empty() -> bool:
    """Whether nobody can sign in yet."""
    return not User.objects.exists()


def is_left_off() -> bool:
    """Whether the administrators are there and the office is not: who had the code went away in between."""
    return not Membership.objects.exists() and User.objects.filter(groups__name__in=ADMINISTRATORS).exists()


class CodeForm(forms.Form):
    """The code of the terminal."""

    code = text(gettext_lazy("code from the terminal"), most=20)

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"].upper().replace("-", "").replace(" ", "")
        if not constant_time_compare(given, code().replace("-", "")):
            raise ValidationError(_("This is not the code that stands in the terminal."))
        return given


class AdministratorsForm(CodeForm):
    """The code of the terminal, and the sign-in names of three persons."""

    system = text(ADMINISTRATORS[0], most=60)
    security = text(ADMINISTRATORS[1], most=60)
    audit = text(ADMINISTRATORS[2], most=60)


def home(request: HttpRequest) -> HttpResponse:
    """The first address: the home page, or the first of all pages where nobody can sign in yet."""
    return redirect("first-administrators" if is_empty() or is_left_off() else "admin:index")


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in of the office's pages, where there is somebody who could."""
    if request.method == "GET" and is_empty():
        return redirect("first-administrators")
    if request.method == "GET" and request.user.is_authenticated and not request.user.is_staff:
        return redirect("account-sign-in")  # which leads each to their own pages
    return admin.site.login(request)


class InvitationView(PasswordResetConfirmView):
    """A link that is good once: who has it chooses the password of one account."""

    template_name = "setup/invitation.html"
    success_url = reverse_lazy("account-sign-in")  # which leads each to their own pages

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        Account.objects.filter(user=self.user).update(must_change=False)  # chosen by the person
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rules": [rule.get_help_text() for rule in rules()]}


@never_cache
def administrators(request: HttpRequest) -> HttpResponse:
    """The first page: three administrators, who make users and see no contract. Left off, it goes on with the code."""
    if is_left_off():
        return go_on(request)
    if not is_empty():
        return redirect("admin:index")
    form = AdministratorsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        names = [form.cleaned_data[name] for name in ("system", "security", "audit")]
        try:
            made = accounts.administrators(names)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            request.session[OPENED] = True
            return render(request, "setup/passwords.html", {"made": made, "next": "first-office"})
    return render(request, "setup/first.html", {"form": form})


def go_on(request: HttpRequest) -> HttpResponse:
    """Back to the second page, for who has the code."""
    form = CodeForm(request.POST or None)
    if request.session.get(OPENED) or (request.method == "POST" and form.is_valid()):
        request.session[OPENED] = True
        return redirect("first-office")
    return render(request, "setup/first.html", {"form": form, "left_off": True})


PersonSet = forms.formset_factory(PersonForm, extra=PEOPLE, max_num=PEOPLE, absolute_max=PEOPLE)


@never_cache
def office(request: HttpRequest) -> HttpResponse:
    """The second page: the two parties, and their people with roles. It opens once, to whoever had the code."""
    if not request.session.get(OPENED) or Membership.objects.exists():
        return redirect("admin:index")
    own, other = PartyForm(request.POST or None, prefix="office"), PartyForm(request.POST or None, prefix="vendor")
    persons = PersonSet(request.POST or None, form_kwargs={"roles": accounts.PARTY_ROLES})
    valid = [form.is_valid() for form in (own, other, persons)]
    problem = ""
    if request.method == "POST" and all(valid):
        try:
            made = _make(own.cleaned_data, other.cleaned_data, [row for row in persons.cleaned_data if row])
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            del request.session[OPENED]
            return render(request, "setup/passwords.html", {"made": made, "next": "admin:index"})
    context = {"own": own, "other": other, "persons": persons, "problem": problem, "roles": ROLE_DOES.items()}
    return render(request, "setup/office.html", context)


@transaction.atomic
def _make(own: Any, other: Any, rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    if not any(row["role"] in accounts.OFFICE_ROLES[:1] for row in rows):
        raise ValidationError(
            _("Somebody must keep the contract: give one person the role %(role)s.")
            % {"role": accounts.OFFICE_ROLES[0]}
        )
    office, vendor = (save(Party(**facts)) for facts in (own, other))
    made = []
    for row in rows:
        role = row.pop("role")
        user, password = accounts.account(**row)
        accounts.give(user, role=role, party=vendor if role == VENDOR else office)
        made.append((f"{row['name']} {role}", row["username"], password))
    return made
