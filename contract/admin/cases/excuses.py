"""Excuses in the browser: proposed for a finding, approved by a second person, revoked."""

from copy import deepcopy
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from contract import registry
from contract.admin import confirmation
from contract.admin.cases.alerts import subject_line
from contract.admin.cases.display import excuse_mark
from contract.admin.records import KeptAdmin
from contract.choices import Outcome
from contract.models import Assessment, Excuse
from contract.selectors import visible_contracts
from contract.services import excuses
from kit import clock
from kit.errors import Conflict


class FindingField(forms.ModelChoiceField):
    """A finding by its contract, its check and its subject."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.contract.number} · {registry.title(obj.check_id)} · {subject_line(obj)}"


class ExcuseForm(forms.ModelForm):
    """A new excuse is for a finding at risk or not met; what it is about comes from there."""

    finding = FindingField(
        label=_("finding"),
        queryset=Assessment.objects.none(),
        empty_label=_("Select value"),
        widget=UnfoldAdminSelectWidget(),
        help_text=_("A current finding “at risk” or “not met”."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        finding = data.get("finding")
        if finding is not None:
            self.instance.contract = finding.contract
            self.instance.check_id = finding.check_id
            self.instance.subject_label = finding.subject_label
            self.instance.subject_pk = finding.subject_pk
            self.instance.subject_name = finding.subject_name
        return data


@admin.register(Excuse)
class ExcuseAdmin(KeptAdmin):
    form = ExcuseForm
    list_display = ["check_name", "subject_name", "cause", "from_on", "to_on", "mark", "contract_number"]
    list_filter = [("cause", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["subject_name", "document", "reason"]
    actions = ["approve"]
    change_form_before_template = "admin/contract/approve_excuse.html"
    autocomplete_fields: list[str] = []
    extra_readonly = ("check_name", "subject_name", "proposed_by", "approved_by", "approved_on", "revoked_on")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about: list[Any] = ["finding"] if obj is None else ["contract", "check_name", "subject_name"]
        steps: list[Any] = (
            []
            if obj is None
            else [(_("Two people"), {"fields": [("proposed_by", "approved_by"), "approved_on", "revoked_on"]})]
        )
        return [
            (None, {"fields": about}),
            (
                _("Cause and window"),
                {"fields": ["cause", "event", ("from_on", "to_on"), "person_days", "document", "reason"]},
            ),
            *steps,
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        # A field of the class, so every request has its own: another's findings are not offered.
        field = deepcopy(form.base_fields.pop("finding", None))
        if isinstance(field, FindingField) and obj is None:
            field.queryset = Assessment.objects.filter(
                contract__in=visible_contracts(request.user),
                is_current=True,
                is_withdrawn=False,
                outcome__in=[Outcome.AT_RISK, Outcome.NOT_MET],
            ).select_related("contract")
            form.base_fields["finding"] = field
        return form

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Excuse:
        return excuses.propose(excuse=obj, actor=request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the page itself a second person approves what a colleague proposed, or revokes it."""
        excuse = self.get_object(request, object_id)
        may = excuse is not None and self.has_change_permission(request, excuse)
        can_approve = may and not (excuse.approved_on or excuse.revoked_on) and excuse.proposed_by_id != request.user.pk
        if can_approve and "_approve" in request.POST:
            try:
                confirmation.require(request, _("Approve"), lambda: _foretold(excuse))
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            self.approve(request, Excuse.objects.filter(pk=object_id))
            return HttpResponseRedirect(request.path)
        if may and "_revoke" in request.POST:
            self._revoke(request, excuse)
            return HttpResponseRedirect(request.path)
        can_revoke = may and excuse.approved_on and not excuse.revoked_on
        context = {"can_approve": can_approve, "can_revoke": can_revoke, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _revoke(self, request: HttpRequest, excuse: Excuse) -> None:
        try:
            excuses.revoke(excuse=excuse, on=clock.today())
        except (ValidationError, Conflict) as error:
            said = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.error(request, f"{excuse}: {' '.join(said)}")
        else:
            done = gettext("Revoked: from today on its finding stands again as it is.")
            messages.success(request, done)

    @admin.action(description=_("Approve the selected excuses"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Excuse]) -> None:
        done = 0
        for excuse in queryset:
            try:
                excuses.approve(excuse=excuse, actor=request.user, on=clock.today())
                done += 1
            except (ValidationError, Conflict, PermissionDenied) as error:
                said = error.messages if isinstance(error, ValidationError) else [str(error)]
                messages.error(request, f"{excuse}: {' '.join(said)}")
        if done:
            messages.success(request, gettext("Approved: %(count)d") % {"count": done})

    @display(description=_("check"), ordering="check_id")
    def check_name(self, row: Excuse) -> str:
        return registry.title(row.check_id)

    @display(description=_("state"))
    def mark(self, row: Excuse) -> SafeString:
        return excuse_mark(row)


def _foretold(excuse: Excuse) -> list[str]:
    """What the approval of an excuse means, before it is given."""
    window = {"first": excuse.from_on, "last": excuse.to_on or "–", "what": registry.title(excuse.check_id)}
    return [
        gettext("You are the second person: the excuse of %(who)s takes effect.") % {"who": excuse.proposed_by},
        gettext("%(what)s is excused from %(first)s to %(last)s; its finding stays readable.") % window,
        gettext("It is not deleted; it can be revoked, and then the finding stands again as it is."),
    ]
