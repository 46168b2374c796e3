"""What the vendor told of hours, pay and labour matters. The office is no employer: it asks."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.display import badge
from contract.admin.records import WithdrawableAdmin
from kit import clock
from staffing.models import HoursApproval, LabourMatter, PayProof


class LabourAdmin(WithdrawableAdmin):
    """A record of a contract, told by a document's number."""

    search_help_text = _("Document number")
    search_fields = ["document"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"arrived_on": clock.today(), **super().get_changeform_initial_data(request)}


@admin.register(HoursApproval)
class HoursApprovalAdmin(LabourAdmin):
    list_display = [
        "document",
        "authority",
        "post",
        "valid_from",
        "valid_until",
        "arrived_on",
        "withdrawn_on",
        "contract_number",
    ]
    list_select_related = ["contract", "post"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    autocomplete_fields = ["contract", "post"]
    entry = [
        (None, {"fields": ["contract", ("document", "authority"), "post"]}),
        (_("Term"), {"fields": [("valid_from", "valid_until"), ("approved_on", "arrived_on"), "note"]}),
    ]


@admin.register(PayProof)
class PayProofAdmin(LabourAdmin):
    list_display = [
        "paid_month",
        "kind",
        "document",
        "paid_on",
        "declared_by",
        "arrived_on",
        "withdrawn_on",
        "contract_number",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    date_hierarchy = "month"
    entry = [
        (
            None,
            {"fields": ["contract", ("kind", "month"), ("document", "paid_on"), ("declared_by", "arrived_on"), "note"]},
        )
    ]

    @display(description=_("month"), ordering="month")
    def paid_month(self, row: PayProof) -> str:
        return f"{row.month:%Y-%m}"


@admin.register(LabourMatter)
class LabourMatterAdmin(LabourAdmin):
    list_display = ["title", "kind", "known_on", "reported_on", "state", "settled_on", "contract_number"]
    list_filter = [("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["title", "document"]
    search_help_text = _("Matter or document number")
    date_hierarchy = "known_on"
    readonly_fields = ["recorded"]
    entry = [
        (None, {"fields": ["contract", ("kind", "persons"), "title", ("document", "recorded")]}),
        (_("Term"), {"fields": [("occurred_on", "known_on"), "reported_on"]}),
        (_("effect on the office"), {"fields": ["effect", "effect_removed_on"]}),
        (_("Settlement by the vendor"), {"fields": [("settled_on", "settlement"), "note"]}),
    ]

    @display(description=_("state"))
    def state(self, row: LabourMatter) -> SafeString:
        if row.withdrawn_on:
            return badge("calm", "undo", gettext("withdrawn"))
        if row.effect and not row.effect_removed_on:
            return badge("warn", "warning", gettext("felt by the office"))
        if row.settled_on:
            return badge("good", "task_alt", gettext("settled"))
        return badge("calm", "schedule", gettext("the vendor's to settle"))

    @display(description=pgettext_lazy("party", "recorded by"))
    def recorded(self, row: LabourMatter) -> str:
        return str(row.get_recorded_by_display()) if row.pk else "–"
