"""Handovers of people who leave."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from confidentiality.models import Offboarding
from confidentiality.models.offboarding import STEPS
from contract.admin.display import badge, column
from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.admin.scans import ScanMixin


@admin.register(Offboarding)
class OffboardingAdmin(ScanMixin, WithdrawableAdmin):
    list_display = ["person", "last_day", "done", *STEPS, "standing", "contract_number"]
    list_select_related = ["contract", "assignment__operator"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["assignment__operator__name", "assignment__operator__employee_number", "document_number"]
    search_help_text = _("Employee number, name or document number")
    autocomplete_fields = ["assignment"]
    ordering = ["-assignment__ends_on", "-pk"]
    entry = [
        (None, {"fields": ["assignment"]}),
        (_("Handed over"), {"fields": [("materials_on", "devices_on"), ("accounts_on", "reminded_on"), "note"]}),
        (_("Document"), {"fields": ["document_number", ("copy", "scan")]}),
    ]
    readonly_fields = ["scan"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offboarding]:
        return super().get_queryset(request).defer("assignment__operator__resident_id")

    person = column(_("operator"), "assignment__operator", ordering="assignment__operator__employee_number")

    @display(description=_("last day in post"), ordering="assignment__ends_on")
    def last_day(self, row: Offboarding) -> Any:
        return row.assignment.ends_on

    @display(description=_("done"))
    def done(self, row: Offboarding) -> SafeString:
        count = sum(getattr(row, step) is not None for step in STEPS)
        text = gettext("%(done)d of %(all)d") % {"done": count, "all": len(STEPS)}
        return badge("good", "task_alt", text) if count == len(STEPS) else badge("warn", "pending", text)

    def write(self, request: HttpRequest, obj: Offboarding, form: Any, change: bool) -> Any:
        obj.contract = obj.assignment.contract
        return super().write(request, obj, form, change)
