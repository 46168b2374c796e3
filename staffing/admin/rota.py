"""Who is on duty from when to when, what it comes to day by day, and who sent it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from contract.admin.base import KeptMixin, ScopedAdmin, ServiceMixin
from contract.admin.display import badge
from contract.selectors import batch
from kit import clock
from staffing.admin.attendance import BatchAdmin, ProgramRows
from staffing.admin.coverage import RotaPages
from staffing.choices import AttendanceRoute, ShiftKind
from staffing.models import DutyDay, Shift, ShiftBatch
from staffing.rules.coverage import DutyFact, Interval, demanded, lacking, total
from staffing.rules.spans import Span, parse, span_of
from staffing.services import rota


class ShiftForm(forms.ModelForm):
    """A shift by its hours; on a shift that stands, a switch clears it."""

    times = forms.CharField(
        label=pgettext_lazy("shift", "hours"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Such as 08:00-20:00, or 20:00-08:00 to the next morning."),
    )
    clear = forms.BooleanField(
        label=_("clear this shift"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("It stays readable and counts no more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("times", self.instance.hours)

    def clean_times(self) -> Span:
        try:
            return parse(self.cleaned_data["times"])
        except ValueError:
            raise ValidationError(gettext("Write the hours of a shift as 08:00-20:00.")) from None


class StandsFilter(DropdownFilter):
    """What stands; what was replaced on demand."""

    title = _("state")
    parameter_name = "standing"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("standing")), ("replaced", _("replaced or cleared")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(replaced_by__isnull=self.value() != "replaced")


@admin.register(Shift)
class ShiftAdmin(RotaPages, KeptMixin, ServiceMixin, ScopedAdmin):
    """One shift of a person. What was replaced stays, and names the set that took its place."""

    form = ShiftForm
    list_display = ["day", "person", "shown_hours", "mark", "batch", "contract_number"]
    list_display_links = ["day", "person"]
    list_select_related = ["contract", "operator", "batch", "replaced_by"]
    list_filter = [
        StandsFilter,
        ("kind", ChoicesDropdownFilter),
        ("operator", AutocompleteSelectFilter),
        ("contract", AutocompleteSelectFilter),
    ]
    search_fields = ["operator__name", "operator__employee_number"]
    search_help_text = _("Employee number or name")
    date_hierarchy = "day"
    show_full_result_count = False
    ordering = ["-day", "pk"]
    autocomplete_fields = ["contract", "operator"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = ["contract", ("operator", "day"), ("times", "kind")]
        if obj is None:
            return [(None, {"fields": fields})]
        if not self.has_change_permission(request, obj):
            fields[2] = ("shown_hours", "kind")
            return [(None, {"fields": [*fields, "batch", "replaced_by"]})]
        return [(None, {"fields": [*fields, "batch", "clear"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["contract", "operator", "day", "batch", "replaced_by", "shown_hours"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.replaced_by_id is not None:
            return False
        return bool(super().has_change_permission(request, obj))

    def write(self, request: HttpRequest, obj: Shift, form: Any, change: bool) -> Shift:
        data = form.cleaned_data
        contract = obj.contract if change else data["contract"]
        operator = obj.operator if change else data["operator"]
        day = obj.day if change else data["day"]
        hours: Span = data["times"]
        span = Span(hours.start, hours.end, data.get("kind") or ShiftKind.DUTY)
        beside = Shift.objects.filter(contract=contract, operator=operator, day=day, replaced_by__isnull=True).exclude(
            pk=obj.pk
        )
        spans = [span_of(s.day, s.starts_at, s.ends_at, s.kind) for s in beside]
        if not (change and data.get("clear")):
            spans.append(span)
        rota.enter(
            contract=contract,
            actor=request.user,
            route=AttendanceRoute.ADMIN,
            at=clock.now(),
            rows=[rota.RotaRow(operator.pk, day, tuple(spans))],
        )
        rows = Shift.objects.filter(contract=contract, operator=operator, day=day)
        live = [
            row
            for row in rows.filter(replaced_by__isnull=True)
            if span_of(row.day, row.starts_at, row.ends_at, row.kind) == span
        ]
        return live[0] if live else rows.get(pk=obj.pk)

    @display(description=pgettext_lazy("shift", "hours"), ordering="starts_at")
    def shown_hours(self, row: Shift) -> str:
        return row.hours

    @display(description=_("kind"), ordering="kind")
    def mark(self, row: Shift) -> SafeString:
        if row.replaced_by_id is not None:
            return badge("calm", "undo", gettext("replaced or cleared"))
        duty = row.kind == ShiftKind.DUTY
        return badge("good" if duty else "calm", "headset_mic" if duty else "work", row.get_kind_display())


@admin.register(DutyDay)
class DutyDayAdmin(ProgramRows):
    """Day by day: how many shifts, and the minutes without enough people on duty."""

    list_display = ["day", "planned", "state", "loose", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    date_hierarchy = "day"
    ordering = ["-day", "contract"]
    fields = ["contract", "day", ("planned", "loose"), "state", "stretches", "by_minute"]
    readonly_fields = ["state", "stretches", "by_minute"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the contracts of the page ask for, read once for all of them."""
        found = super().get_changelist_instance(request)
        _with_demand(found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> DutyDay | None:
        row: DutyDay | None = super().get_object(request, object_id, from_field)
        _with_demand([row] if row else [])
        return row

    @display(description=_("coverage"))
    def state(self, row: DutyDay) -> SafeString:
        short, open_ = self._lacking(row)
        if short:
            return badge("bad", "error", gettext("%(minutes)d min uncovered") % {"minutes": total(short)})
        if open_:
            return badge("open", "help", gettext("%(minutes)d min not proven") % {"minutes": total(open_)})
        if not row.demanded:  # type: ignore[attr-defined]
            return badge("calm", "event_busy", gettext("no service owed"))
        return badge("good", "check_circle", gettext("covered"))

    @display(description=_("uncovered or not proven"))
    def stretches(self, row: DutyDay) -> str:
        short, open_ = self._lacking(row)
        return "; ".join(map(str, (*short, *open_))) or "–"

    @display(description=_("on duty by the minute"))
    def by_minute(self, row: DutyDay) -> str:
        return "; ".join(
            f"{start // 60:02d}:{start % 60:02d} {sure}" + (f"+{maybe}" if maybe else "")
            for start, sure, maybe in row.steps
        )

    def _lacking(self, row: DutyDay) -> tuple[list[Interval], list[Interval]]:
        """The stretches of a day that are short for certain, and those that are not proven."""
        fact = DutyFact(row.planned, row.loose, row.steps)
        short: list[Interval] = []
        open_: list[Interval] = []
        for first, last, minimum in row.demanded:  # type: ignore[attr-defined]
            for start, end, certain in lacking(fact, minimum, first, last):
                (short if certain else open_).append(Interval(row.day, start, row.day, end))
        return short, open_


def _with_demand(rows: Iterable[Any]) -> None:
    """Give each row what its contract asks for on its day."""
    facts = {one.pk: one for one in batch({row.contract_id for row in rows}, clock.today()).contracts} if rows else {}
    for row in rows:
        row.demanded = demanded(facts[row.contract_id], row.day)


@admin.register(ShiftBatch)
class ShiftBatchAdmin(BatchAdmin):
    counts = ("created", "replaced", "unchanged")
