"""Assignments and leaves. What was entered by mistake is taken back, never deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from contract.admin.base import KeptMixin, ServiceAdmin, changed, entered
from contract.admin.display import badge
from contract.selectors import visible_contracts
from kit import clock
from staffing import services
from staffing.models import Assignment, Leave
from staffing.services.assignments import ASSIGNMENT_FIELDS
from staffing.services.leaves import LEAVE_FIELDS


class TakeBackForm(forms.ModelForm):
    """A form with one more field: a reason there takes the whole entry back."""

    take_back = forms.CharField(
        label=_("reason for taking it back"),
        max_length=200,
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Only for an entry made by mistake: it stays readable and counts no more."),
    )


class PersonDatedAdmin(KeptMixin, ServiceAdmin):
    """What ties a person to a contract for a time; who and where never change afterwards."""

    form = TakeBackForm
    list_select_related = ["contract", "operator"]
    search_fields = ["operator__name", "operator__employee_number"]
    search_help_text = _("Employee number or name")
    taken_back_field = ""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With a single contract there is nothing to choose."""
        initial = super().get_changeform_initial_data(request)
        contracts = list(visible_contracts(request.user).values_list("pk", flat=True)[:2])
        return {"contract": contracts[0], **initial} if len(contracts) == 1 else initial

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["contract", "operator", "taken_back"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and getattr(obj, self.taken_back_field) is not None:
            return False
        return super().has_change_permission(request, obj)

    @display(description=_("operator"), ordering="operator__employee_number")
    def person(self, row: Any) -> str:
        return str(row.operator)

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Any) -> str:
        return str(row.contract.number)


@admin.register(Assignment)
class AssignmentAdmin(PersonDatedAdmin):
    taken_back_field = "withdrawn_on"
    list_display = ["person", "post", "starts_on", "ends_on", "standing", "end_reason", "contract_number"]
    list_select_related = ["contract", "operator", "post"]
    list_filter = [
        ("contract", AutocompleteSelectFilter),
        ("end_reason", ChoicesDropdownFilter),
        ("post", AutocompleteSelectFilter),
    ]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["contract", "operator", "post", "fills_gap"]
    ordering = ["-starts_on", "operator__employee_number"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        who: list[Any] = ["contract", ("operator", "post"), "place"]
        sections: list[Any] = [
            (None, {"fields": who}),
            (_("Time"), {"fields": ["starts_on", ("ends_on", "end_reason"), "fills_gap"]}),
            (_("Consent of the office"), {"fields": [("consent_ref", "consented_on")]}),
        ]
        if obj:
            sections[1][1]["fields"].insert(2, "notice_on")
            sections.append(_take_back(self, request, obj))
        return sections

    @display(description=_("taken back"))
    def taken_back(self, row: Assignment) -> str:
        return f"{row.withdrawn_on or ''} {row.withdrawal_reason}".strip() or "–"

    @display(description=_("state"))
    def standing(self, row: Assignment) -> SafeString:
        today = clock.today()
        if row.withdrawn_on:
            return badge("calm", "undo", gettext("taken back"))
        if today < row.starts_on:
            return badge("calm", "schedule", gettext("to come"))
        if row.ends_on and row.ends_on < today:
            return badge("calm", "logout", gettext("ended"))
        return badge("good", "how_to_reg", gettext("serving"))

    def write(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> Assignment:
        data = form.cleaned_data
        if not change:
            return services.assign(
                contract=data["contract"], operator=data["operator"], **entered(form, ASSIGNMENT_FIELDS)
            )
        if data.get("take_back"):
            return services.withdraw_assignment(assignment=obj, on=clock.today(), reason=data["take_back"])
        return services.correct_assignment(assignment=obj, **changed(form, ASSIGNMENT_FIELDS))


@admin.register(Leave)
class LeaveAdmin(PersonDatedAdmin):
    taken_back_field = "cancelled_on"
    list_display = ["person", "kind", "starts_on", "ends_on", "standing", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter), ("kind", ChoicesDropdownFilter)]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["contract", "operator"]
    ordering = ["-starts_on", "-pk"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = ["contract", ("operator", "kind"), ("starts_on", "ends_on")]
        sections: list[Any] = [(None, {"fields": [*fields, "reported_at"]})]
        return [*sections, _take_back(self, request, obj)] if obj else sections

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"reported_at": clock.now(), **super().get_changeform_initial_data(request)}

    @display(description=_("taken back"))
    def taken_back(self, row: Leave) -> str:
        return f"{row.cancelled_on or ''} {row.cancel_reason}".strip() or "–"

    @display(description=_("state"))
    def standing(self, row: Leave) -> SafeString:
        today = clock.today()
        if row.cancelled_on:
            return badge("calm", "undo", gettext("taken back"))
        if today < row.starts_on:
            return badge("calm", "schedule", gettext("to come"))
        if row.ends_on < today:
            return badge("calm", "event_available", gettext("over"))
        return badge("warn", "beach_access", gettext("away"))

    def write(self, request: HttpRequest, obj: Leave, form: Any, change: bool) -> Leave:
        data = form.cleaned_data
        if not change:
            return services.record_leave(
                contract=data["contract"], operator=data["operator"], **entered(form, LEAVE_FIELDS)
            )
        if data.get("take_back"):
            return services.cancel_leave(leave=obj, on=clock.today(), reason=data["take_back"])
        return services.correct_leave(leave=obj, **changed(form, LEAVE_FIELDS))


def _take_back(model_admin: PersonDatedAdmin, request: HttpRequest, obj: Any) -> Any:
    """The last section of a form: the field that takes the entry back, or what became of it."""
    may = model_admin.has_change_permission(request, obj)
    return (_("Taking back"), {"fields": ["take_back" if may else "taken_back"]})
