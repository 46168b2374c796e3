"""The papers of a public purchase: filed, published, the result of an acceptance."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.duties.models import PurchasePaper


@admin.register(PurchasePaper)
class PurchasePaperAdmin(WithdrawableAdmin):
    list_display = ["step", "done_on", "amendment", "period_start", "place", "document", "contract_number", "standing"]
    list_select_related = ["contract", "amendment"]
    list_filter = [StandingFilter, ("step", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["place", "document"]
    search_help_text = _("Place or document number")
    date_hierarchy = "done_on"
    autocomplete_fields = ["contract", "amendment"]
    entry = [
        (None, {"fields": [("contract", "step"), "amendment", ("done_on", "document"), "place"]}),
        (_("Result of an acceptance"), {"fields": ["period_start", "participants"]}),
    ]
