"""Undertakings, one for each operator and contract."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from confidentiality.models import Undertaking
from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.admin.scans import ScanMixin


@admin.register(Undertaking)
class UndertakingAdmin(ScanMixin, WithdrawableAdmin):
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
