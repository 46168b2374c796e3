"""Leaks, with the persons involved and the costs on the same page."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from confidentiality import services
from confidentiality.admin.base import StandingFilter, WithdrawableAdmin, WithdrawForm
from confidentiality.models import Incident, IncidentCost, IncidentPerson
from confidentiality.models.base import STANDING
from confidentiality.services.incidents import COST_FIELDS, INCIDENT_FIELDS, PERSON_FIELDS
from contract.admin.base import KeptMixin, changed, entered
from contract.admin.display import badge
from kit import clock


class PartInline(KeptMixin):
    """Rows of a leak that stand. One that was entered by mistake is withdrawn with a reason."""

    form = WithdrawForm
    extra = 0
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(STANDING)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_add_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or obj.stands)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or obj.stands)


class PersonInline(PartInline, StackedInline):
    model = IncidentPerson
    autocomplete_fields = ["operator"]
    fields = [("operator", "name"), "involvement", ("asked_on", "cooperated_on"), "cooperation", "withdraw"]


class CostInline(PartInline, TabularInline):
    model = IncidentCost
    fields = ["kind", "amount", "incurred_on", "document", "withdraw"]


@admin.register(Incident)
class IncidentAdmin(WithdrawableAdmin):
    fixed = ("contract", "found_by")
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
        (_("Right to terminate"), {"fields": [("termination", "termination_on"), "termination_document"]}),
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

    def write(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> Incident:
        today, now, data = clock.today(), clock.now(), form.cleaned_data
        if not change:
            return services.record_incident(
                contract=data["contract"],
                found_by=data["found_by"],
                now=now,
                today=today,
                **entered(form, INCIDENT_FIELDS),
            )
        if data.get("withdraw"):
            return services.withdraw_incident(incident=obj, today=today, reason=data["withdraw"])
        return services.correct_incident(incident=obj, now=now, today=today, **changed(form, INCIDENT_FIELDS))

    def save_formset(self, request: HttpRequest, form: Any, formset: forms.BaseInlineFormSet, change: bool) -> None:
        """Persons and costs go through their services, one by one."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if not row.has_changed():
                continue
            written = self._write_part(row, form.instance)
            if row.instance.pk:
                formset.changed_objects.append((written, row.changed_data))
            else:
                formset.new_objects.append(written)

    def _write_part(self, row: Any, incident: Incident) -> Any:
        today, part = clock.today(), row.instance
        if part.pk and row.cleaned_data.get("withdraw"):
            return services.withdraw_part(part=part, today=today, reason=row.cleaned_data["withdraw"])
        if isinstance(part, IncidentPerson):
            if part.pk:
                return services.correct_person(person=part, today=today, **changed(row, PERSON_FIELDS))
            return services.add_person(incident=incident, today=today, **entered(row, PERSON_FIELDS))
        if part.pk:
            return services.correct_cost(cost=part, today=today, **changed(row, COST_FIELDS))
        return services.add_cost(incident=incident, today=today, **entered(row, COST_FIELDS))
