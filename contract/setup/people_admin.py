"""Users without a programmer: one form for a person, and a page of who has which role."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from contract.access import accounts, handover
from contract.admin import confirmation
from contract.admin.base import Part
from contract.models import Party
from contract.selectors import visible_contracts
from contract.setup.forms import ROLE_DOES, PersonForm, day
from kit import clock


class NewPersonForm(PersonForm):
    """A person with role, party and the last day on which the account holds."""

    party = forms.ModelChoiceField(
        Party.objects.all(),
        label=gettext_lazy("acts for"),
        empty_label=gettext_lazy("Select value"),
        widget=UnfoldAdminSelectWidget,
    )
    valid_until = day(gettext_lazy("valid until"), required=False)


class CloseForm(forms.Form):
    """Who takes over what waits for the person whose account is closed."""

    colleague = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("takes over"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Open turns and deputyships go to this colleague."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.queryset = handover.colleagues(user)
        field.label_from_instance = lambda one: (
            f"{one.get_full_name() or one.username} {'、'.join(group.name for group in one.groups.all())}"
        )


class PeoplePages(Part):
    """Who keeps accounts makes one with the role that it is to have; who gives roles gives it."""

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view
        return [
            path("people/", view(self.people_view), name="contract_contract_people"),
            path("people/new/", view(self.new_view), name="contract_contract_person"),
            path("people/<int:pk>/close/", view(self.close_view), name="contract_contract_person_close"),
        ]

    def people_view(self, request: HttpRequest) -> HttpResponse:
        """Everybody with role, party and validity; a proposed role is given here."""
        may_give = request.user.has_perm("contract.assign_roles")
        keeps = request.user.has_perm("auth.add_user")
        if not (may_give or keeps or request.user.has_perm("contract.view_membership")):
            raise PermissionDenied
        if request.method == "POST":
            if not may_give:
                raise PermissionDenied
            self._give(request)
            return redirect("admin:contract_contract_people")
        context = {
            "title": _("Who has which role"),
            "rows": _rows(request),
            "may_give": may_give,
            "may_close": keeps,
            "roles": ROLE_DOES.items(),
            "new_url": reverse("admin:contract_contract_person") if keeps else "",
        }
        return self._page(request, "people", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """One form for a person. The answer shows a link that is good once, to hand over."""
        if not request.user.has_perm("auth.add_user"):
            raise PermissionDenied
        form = NewPersonForm(accounts.PARTY_ROLES, request.POST or None)
        context: dict[str, Any] = {"title": _("A new person"), "form": form}
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            role, party = data.pop("role"), data.pop("party")
            try:
                user, _password = accounts.account(**data)
            except ValidationError as error:
                for name, sentences in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, sentences)
            else:
                gives = request.user.has_perm("contract.assign_roles")
                accounts.give(user, role=role, party=party) if gives else accounts.propose(user, role=role, party=party)
                context |= {"made": user, "link": request.build_absolute_uri(invitation(user)), "awaits": not gives}
        return self._page(request, "person", context)

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close an account: what waits for the person, who takes it over; described before it is done."""
        if not request.user.has_perm("auth.add_user"):
            raise PermissionDenied
        user = User.objects.filter(pk=pk, is_superuser=False, is_active=True).exclude(pk=request.user.pk or 0).first()
        if user is None:
            raise Http404
        form = CloseForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                self._close(request, user, form.cleaned_data["colleague"])
            except confirmation.Needed as needed:
                return needed.page(self.model_admin.admin_site)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The account of %(user)s is closed.") % {"user": _named(user)})
                return redirect("admin:contract_contract_people")
        context = {
            "title": _("Close the account of %(user)s") % {"user": _named(user)},
            "form": form,
            "turns": handover.turns(user),
            "untaken": handover.untaken(user, None),
        }
        return self._page(request, "close", context)

    def _close(self, request: HttpRequest, user: User, colleague: User | None) -> None:
        def step() -> None:
            handover.close(
                user, colleague=colleague, actor=request.user, today=clock.today(), at=clock.now(), request=request
            )

        def consequences() -> list[str]:
            waiting = handover.turns(user)
            confirmation.rehearsed(step)
            to = _named(colleague) if colleague else _("waits until somebody has the role")
            moved = [_("%(turn)s, next: %(name)s") % {"turn": turn, "name": to} for turn in waiting]
            return [_("Sessions and keys of %(user)s end at once; records stay.") % {"user": _named(user)}, *moved]

        confirmation.require(request, _("Close the account of %(user)s") % {"user": _named(user)}, consequences)
        step()

    def _give(self, request: HttpRequest) -> None:
        wanted = request.POST.get("user", "")
        user = User.objects.filter(pk=wanted, is_superuser=False).first() if wanted.isdecimal() else None
        held = getattr(user, "account", None)
        if user is None or held is None or not held.proposed_role or user == request.user:
            raise Http404
        accounts.give(user, role=held.proposed_role, party=held.proposed_party)
        messages.success(request, _("%(user)s has the role now.") % {"user": user.get_full_name() or user.username})

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        site = self.model_admin.admin_site
        frame = {**site.each_context(request), "opts": self.model_admin.opts}
        return TemplateResponse(request, f"admin/setup/{name}.html", frame | context)


def _named(user: User) -> str:
    return user.get_full_name() or user.username


def invitation(user: User) -> str:
    """The address at which a new person chooses a password: good once, and for some days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("account-invitation", args=[uid, default_token_generator.make_token(user)])


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Everybody, for who keeps users and roles; for others the people of both sides of their contracts."""
    users = User.objects.filter(is_superuser=False).select_related("account__proposed_party")
    if not request.user.has_perm("auth.view_user"):
        contracts = visible_contracts(request.user)
        sides = Q(memberships__party__in=contracts.values("office")) | Q(
            memberships__party__in=contracts.values("vendor")
        )
        users = users.filter(sides).distinct()
    users = users.prefetch_related("groups", "memberships__party").order_by("-is_active", "username")
    return [
        {
            "user": user,
            "roles": "、".join(group.name for group in user.groups.all()),
            "parties": "、".join(str(one.party) for one in user.memberships.all()),
            "account": getattr(user, "account", None),
            "own": user.pk == request.user.pk,
        }
        for user in users
    ]
