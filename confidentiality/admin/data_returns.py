"""What became of the data at the contract's end: the vendor's declaration, and the office's look."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from confidentiality.models import DataReturn
from contract.admin.display import badge
from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.admin.scans import ScanMixin


@admin.register(DataReturn)
class DataReturnAdmin(ScanMixin, WithdrawableAdmin):
    list_display = ["document", "manner", "done_on", "declared_on", "looked_at", "standing", "contract_number"]
    list_select_related = ["contract"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["document", "scope", "kept"]
    search_help_text = _("Number or title of the declaration, data")
    autocomplete_fields = ["contract"]
    ordering = ["-declared_on", "-pk"]
    entry = [
        (None, {"fields": ["contract", ("manner", "done_on"), "scope", "kept"]}),
        (_("Declaration of the vendor"), {"fields": [("document", "declared_on"), ("copy", "scan")]}),
        (_("Look of the office"), {"fields": [("checked_on", "is_complete"), "remarks"]}),
    ]
    readonly_fields = ["scan"]

    @display(description=_("looked at"))
    def looked_at(self, row: DataReturn) -> SafeString:
        if row.is_complete is None:
            return badge("warn", "pending", gettext("the office has not looked yet"))
        if row.is_complete:
            return badge("good", "task_alt", gettext("complete"))
        return badge("bad", "block", gettext("incomplete"))
