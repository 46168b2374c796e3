"""Gaps, which the facts open and close, and the office's demands to replace a person."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanSwitchWidget

from contract import records
from contract.admin.base import ReadOnlyMixin, RecordAdmin
from contract.admin.consequences import ForetoldMixin
from contract.admin.display import badge, column, days_left
from contract.admin.records import KeptAdmin
from contract.letters.admin.panels import LetterMixin
from contract.models import Assessment
from kit import clock
from staffing.models import Gap, ReplacementDemand
from staffing.services import demands


def current_due_on(label: str, check_id: str) -> Subquery:
    """The legal (or, while it is open, the nominal) last day that the last evaluation gave."""
    current = Assessment.objects.filter(
        contract=OuterRef("contract"),
        check_id=check_id,
        is_current=True,
        subject_label=label,
        subject_pk=OuterRef("pk"),
    )
    return Subquery(current.order_by("-pk").values("legal_due_on")[:1])


class StandingFilter(DropdownFilter):
    """Open ones first: without a choice only what still runs is shown."""

    title = _("state")
    parameter_name = "standing"
    all_option = None
    still_open: dict[str, Any] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("still running")), ("closed", pgettext_lazy("gap", "closed")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() == "closed":
            return queryset.exclude(**self.still_open)
        return queryset.filter(**self.still_open)


class GapFilter(StandingFilter):
    still_open = {"closed_on__isnull": True, "lapsed_on__isnull": True, "is_void": False}


class DemandFilter(StandingFilter):
    still_open = {"replaced_by__isnull": True, "withdrawn_on__isnull": True}


@admin.register(Gap)
class GapAdmin(ReadOnlyMixin, RecordAdmin):
    list_display = ["person", "cause", "opened_on", "closed_on", "standing", "due_on", "left", "contract_number"]
    list_select_related = ["contract", "operator"]
    list_filter = [GapFilter, ("cause", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["operator__name", "operator__employee_number"]
    search_help_text = _("Employee number or name")
    date_hierarchy = "opened_on"
    ordering = ["-opened_on", "-pk"]
    fieldsets = [
        (None, {"fields": ["contract", ("operator", "cause"), "assignment", "standing"]}),
        (
            _("Term"),
            {
                "fields": [
                    ("event_on", "opened_on"),
                    ("departed_on", "returned_on"),
                    ("backfill_row", "backfilled_on"),
                    ("closed_on", "maybe_closed_on"),
                    ("due_on", "left"),
                ]
            },
        ),
    ]
    readonly_fields = ["standing", "backfill_row", "due_on", "left"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gap]:
        rows = super().get_queryset(request)
        return rows.annotate(due=current_due_on("staffing.Gap", "staffing.backfill"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Gap], search_term: str
    ) -> tuple[QuerySet[Gap], bool]:
        """An assignment is offered the gaps that nobody fills."""
        if request.GET.get("field_name") == "fills_gap":
            queryset = queryset.filter(is_void=False, backfill__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("state"))
    def standing(self, gap: Gap) -> SafeString:
        if gap.is_void:
            return badge("calm", "undo", gettext("void"))
        if gap.closed_on:
            return badge("good", "task_alt", pgettext("gap", "closed"))
        if gap.lapsed_on:
            return badge("calm", "remove", gettext("no longer owed"))
        return badge("warn", "person_off", gettext("still empty"))

    @display(description=_("last day"), ordering="due", empty_value="–")
    def due_on(self, gap: Any) -> Any:
        return gap.due

    @display(description=_("days left"), ordering="due")
    def left(self, gap: Any) -> SafeString | str:
        return days_left(None if gap.closed_on or gap.is_void else gap.due, clock.today())

    @display(description=_("backfill"))
    def backfill_row(self, gap: Gap) -> str:
        return str(getattr(gap, "backfill", None) or "–")


class DemandForm(forms.ModelForm):
    withdraw = forms.BooleanField(
        label=_("withdraw the demand"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Nothing is owed for a withdrawn demand."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("assignment"):
            self.instance.contract = data["assignment"].contract
        return data


@admin.register(ReplacementDemand)
class ReplacementDemandAdmin(ForetoldMixin, LetterMixin, KeptAdmin):
    """A demand goes to the vendor, never to the person; its three days run from the arrival."""

    form = DemandForm
    person = column(_("operator"), "assignment__operator", ordering="assignment__operator__employee_number")
    list_display = ["person", "sent_at", "arrived_at", "standing", "due_on", "left", "contract_number"]
    list_select_related = ["contract", "assignment__operator"]
    list_filter = [DemandFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["assignment__operator__name", "assignment__operator__employee_number"]
    search_help_text = _("Employee number or name")
    date_hierarchy = "sent_at"
    ordering = ["-sent_at"]
    autocomplete_fields = ["assignment", "replaced_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplacementDemand]:
        rows = super().get_queryset(request)
        label = "staffing.ReplacementDemand"
        return rows.annotate(due=current_due_on(label, "staffing.replacement"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["assignment", "reason", "sent_at", "arrived_at"]})]
        steps: list[Any] = ["arrived_at", "replaced_by"]
        if self.has_change_permission(request, obj):
            steps.append("withdraw")
        return [
            (None, {"fields": ["contract", "assignment", "reason", "sent_at"]}),
            (_("Handling"), {"fields": steps}),
            *self.letter_fieldsets(request, obj),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"sent_at": clock.now(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.withdrawn_on or obj.replaced_by_id):
            return False
        return super().has_change_permission(request, obj)

    def write(self, request: HttpRequest, obj: ReplacementDemand, form: Any, change: bool) -> ReplacementDemand:
        data = form.cleaned_data
        if not change:
            return records.enter(obj)
        if data.get("withdraw"):
            return demands.withdraw(obj, on=clock.today())
        demand = records.fresh(obj)
        if "arrived_at" in form.changed_data and data["arrived_at"]:
            demand = demands.arrive(demand, arrived_at=data["arrived_at"])
        if data["replaced_by"]:
            demand = demands.fulfil(demand, assignment=data["replaced_by"])
        return demand

    @display(description=_("state"))
    def standing(self, demand: ReplacementDemand) -> SafeString:
        if demand.withdrawn_on:
            return badge("calm", "undo", gettext("withdrawn"))
        if demand.replaced_by_id:
            return badge("good", "task_alt", pgettext("person", "replaced"))
        if demand.arrived_at is None:
            return badge("calm", "forward_to_inbox", gettext("not yet arrived"))
        return badge("warn", "hourglass_top", gettext("running"))

    @display(description=_("last day"), ordering="due", empty_value="–")
    def due_on(self, demand: Any) -> Any:
        return demand.due

    @display(description=_("days left"), ordering="due")
    def left(self, demand: Any) -> SafeString | str:
        done = demand.withdrawn_on or demand.replaced_by_id
        return days_left(None if done else demand.due, clock.today())
