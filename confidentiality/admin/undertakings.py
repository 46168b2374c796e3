"""Undertakings, one for each operator and contract."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from confidentiality import services
from confidentiality.admin.base import StandingFilter, WithdrawableAdmin
from confidentiality.models import Undertaking
from confidentiality.services.undertakings import UNDERTAKING_FIELDS
from contract.admin.base import changed, entered
from contract.admin.scans import ScanMixin
from kit import clock


@admin.register(Undertaking)
class UndertakingAdmin(ScanMixin, WithdrawableAdmin):
    fixed = ("contract", "operator")
    list_display = ["person", "signed_on", "document_number", "standing", "scan", "contract_number"]
    list_select_related = ["contract", "operator"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["operator__name", "operator__employee_number", "document_number"]
    search_help_text = _("Employee number, name or document number")
    date_hierarchy = "signed_on"
    autocomplete_fields = ["contract", "operator"]
    ordering = ["-signed_on", "-pk"]
    entry = [
        (None, {"fields": ["contract", "operator"]}),
        (_("Document"), {"fields": [("signed_on", "document_number"), ("copy", "scan")]}),
    ]
    readonly_fields = ["scan"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Undertaking]:
        return super().get_queryset(request).defer("operator__resident_id")

    @display(description=_("operator"), ordering="operator__employee_number")
    def person(self, row: Undertaking) -> str:
        return str(row.operator)

    def write(self, request: HttpRequest, obj: Undertaking, form: Any, change: bool) -> Undertaking:
        today, data = clock.today(), form.cleaned_data
        if not change:
            return services.record_undertaking(
                contract=data["contract"], operator=data["operator"], today=today, **entered(form, UNDERTAKING_FIELDS)
            )
        if data.get("withdraw"):
            return services.withdraw_undertaking(undertaking=obj, today=today, reason=data["withdraw"])
        return services.correct_undertaking(undertaking=obj, today=today, **changed(form, UNDERTAKING_FIELDS))
