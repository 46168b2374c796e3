"""Leaks, with the persons involved and the costs on the same page."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from confidentiality.models import Incident, IncidentCost, IncidentPerson
from contract.admin.display import badge
from contract.admin.records import PartInline, StandingFilter, WithdrawableAdmin, WithdrawForm


class PersonInline(PartInline, StackedInline):
    model = IncidentPerson
    form = WithdrawForm
    autocomplete_fields = ["operator"]
    fields = [("operator", "name"), "involvement", ("asked_on", "cooperated_on"), "cooperation", "withdraw"]


class CostInline(PartInline, TabularInline):
    model = IncidentCost
    form = WithdrawForm
    fields = ["kind", "amount", "incurred_on", "document", "withdraw"]


@admin.register(Incident)
class IncidentAdmin(WithdrawableAdmin):
    list_display = [
        "title",
        "found_at",
        "told_at",
        "contained_at",
        "cause",
        "harm",
        "right",
        "total",
        "contract_number",
    ]
    list_select_related = ["contract"]
    list_filter = [
        StandingFilter,
        ("contract", AutocompleteSelectFilter),
        ("cause", ChoicesDropdownFilter),
        ("harm", ChoicesDropdownFilter),
    ]
    search_fields = ["title", "description", "report_document"]
    search_help_text = _("Title, description or document number")
    date_hierarchy = "found_at"
    autocomplete_fields = ["contract"]
    inlines = [PersonInline, CostInline]
    ordering = ["-found_at", "-pk"]
    entry = [
        (None, {"fields": ["contract", "title", "description"]}),
        (
            _("Found, told, contained"),
            {
                "fields": [
                    ("found_by", "occurred_on"),
                    "found_at",
                    "told_at",
                    "report_document",
                    "contained_at",
                    "measures",
                ]
            },
        ),
        (_("Finding of the office"), {"fields": [("cause", "harm"), "office_knew_on"]}),
        (
            _("Told to authorities and persons"),
            {
                "fields": [
                    ("personal_data", "authority_told_at"),
                    ("persons_told_at", "persons_need_not"),
                    ("network_incident", "network_told_at"),
                ]
            },
        ),
        (
            _("Right to terminate"),
            {"fields": [("termination", "termination_document"), ("termination_on", "termination_arrived_on")]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        return super().get_queryset(request).prefetch_related("costs")

    @display(description=_("right to terminate"))
    def right(self, row: Incident) -> SafeString | str:
        if row.termination:
            return badge("calm", "gavel", row.get_termination_display())
        if row.gives_right_to_terminate:
            return badge("warn", "hourglass_top", gettext("to be decided"))
        return "–"

    @display(description=_("costs (yuan)"))
    def total(self, row: Incident) -> str:
        amounts = (cost.amount for cost in row.costs.all() if cost.stands)
        return f"{sum(amounts, Decimal('0.00')):,}"
