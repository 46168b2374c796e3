"""期初事实: what was settled before the program came into use."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.models import OpeningFact


@admin.register(OpeningFact)
class OpeningFactAdmin(WithdrawableAdmin):
    list_display = ["kind", "first", "last", "text", "document", "standing", "contract_number"]
    list_filter = [StandingFilter, ("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["text", "document", "contract__number"]
    ordering = ["contract", "first", "pk"]
    entry = [
        (
            None,
            {
                "fields": [("contract", "kind"), ("first", "last"), "text", "document"],
                "description": _(
                    "An open gap is told here with its paper. Its clock runs from the record of who left or is on "
                    "leave: enter that person and the posting, with its last day and reason, or the leave."
                ),
            },
        )
    ]
