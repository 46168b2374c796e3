"""Attendance by person and day, its roll-up, and who reported what."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from contract.admin.base import KeptMixin, ReadOnlyMixin, ScopedAdmin, ServiceMixin
from contract.admin.display import badge
from kit import clock
from staffing.admin.exports import ExportPages
from staffing.admin.sheets import SheetPages
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models import Attendance, AttendanceBatch, AttendanceChange, StaffDay
from staffing.selectors import over_leave
from staffing.services import attendance

STATES = {
    AttendanceStatus.ON_DUTY: ("good", "check_circle"),
    AttendanceStatus.REST: ("good", "weekend"),
    AttendanceStatus.LEAVE: ("warn", "beach_access"),
    AttendanceStatus.SICK: ("warn", "sick"),
    AttendanceStatus.ABSENT: ("bad", "person_off"),
}


class OverLeaveFilter(DropdownFilter):
    """Reports of duty that contradict a leave on record: they are believed, and worth a look."""

    title = _("hint")
    parameter_name = "over_leave"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("on duty over a recorded leave"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(over_leave=True) if self.value() == "1" else queryset


@admin.register(Attendance)
class AttendanceAdmin(ExportPages, SheetPages, KeptMixin, ServiceMixin, ScopedAdmin):
    """One person-day. Each change of a reported value leaves who, when, old and new."""

    list_display = ["day", "person", "mark", "hint", "reported", "contract_number"]
    list_display_links = ["day", "person"]
    list_select_related = ["contract", "operator", "batch"]
    list_filter = [
        OverLeaveFilter,
        ("status", ChoicesDropdownFilter),
        ("operator", AutocompleteSelectFilter),
        ("contract", AutocompleteSelectFilter),
    ]
    search_fields = ["operator__name", "operator__employee_number"]
    search_help_text = _("Employee number or name")
    date_hierarchy = "day"
    show_full_result_count = False  # the largest table: one count a page is enough
    ordering = ["-day", "pk"]  # an index serves it; people stand as they were reported
    autocomplete_fields = ["contract", "operator"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendance]:
        return super().get_queryset(request).annotate(over_leave=over_leave())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = ["contract", ("operator", "day"), "status"]
        if obj is None:
            return [(None, {"fields": fields})]
        return [(None, {"fields": [*fields, "hint", "reported", "changes"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["contract", "operator", "day", "hint", "reported", "changes"] if obj else []

    def write(self, request: HttpRequest, obj: Attendance, form: Any, change: bool) -> Attendance:
        data = form.cleaned_data
        contract = obj.contract if change else data["contract"]
        operator = obj.operator if change else data["operator"]
        day = obj.day if change else data["day"]
        attendance.enter(
            contract=contract,
            actor=request.user,
            route=AttendanceRoute.ADMIN,
            at=clock.now(),
            today=clock.today(),
            rows=[attendance.AttendanceRow(operator.pk, day, data["status"])],
        )
        return Attendance.objects.get(contract=contract, operator=operator, day=day)

    @display(description=_("status"), ordering="status")
    def mark(self, row: Attendance) -> SafeString:
        return badge(*STATES[AttendanceStatus(row.status)], row.get_status_display())

    @display(description=_("hint"))
    def hint(self, row: Attendance) -> SafeString | str:
        if not row.over_leave:  # type: ignore[attr-defined]
            return "–"
        return badge("warn", "event_busy", gettext("on duty over a recorded leave"))

    @display(description=_("reported through"))
    def reported(self, row: Attendance) -> str:
        return str(row.batch)

    @display(description=_("changes"))
    def changes(self, row: Attendance) -> SafeString | str:
        changes = AttendanceChange.objects.filter(
            contract_id=row.contract_id, operator_id=row.operator_id, day=row.day
        ).select_related("batch", "batch__actor")
        lines = [(c.get_old_display(), c.get_new_display(), str(c.batch), str(c.batch.actor or "")) for c in changes]
        return format_html_join("", "<div>{} → {} · {} {}</div>", lines) or "–"


class ProgramRows(ReadOnlyMixin, ScopedAdmin):
    """What the program keeps beside the reports."""

    show_full_result_count = False
    list_select_related = ["contract"]


@admin.register(StaffDay)
class StaffDayAdmin(ProgramRows):
    """The roll-up that the on-post rate is computed from."""

    day_page = "admin:staffing_attendance_day"

    list_display = ["day", "in_place", "absent", "unreported_mark", "assigned", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    date_hierarchy = "day"
    ordering = ["-day", "contract"]
    fields = ["contract", "day", ("in_place", "absent", "unreported"), "assigned"]

    @display(description=_("not reported"), ordering="unreported")
    def unreported_mark(self, row: StaffDay) -> SafeString | str:
        return badge("open", "help", str(row.unreported)) if row.unreported else "0"


class BatchAdmin(ProgramRows):
    """A set that came in at once: who sent it, when, by which way, and what it changed."""

    counts: tuple[str, ...]
    list_select_related = ["contract", "actor"]
    list_filter = [("route", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["file_name"]
    date_hierarchy = "at"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["at", "route", "actor", *self.counts, "file_name", "contract_number"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (None, {"fields": ["contract", ("at", "route"), "actor"]}),
            (_("Rows"), {"fields": [self.counts]}),
            (_("File"), {"fields": ["file_name", "file_sha256"]}),
        ]


@admin.register(AttendanceBatch)
class AttendanceBatchAdmin(BatchAdmin):
    counts = ("created", "changed", "unchanged")


@admin.register(AttendanceChange)
class AttendanceChangeAdmin(ProgramRows):
    list_display = ["day", "person", "old", "new", "batch", "by", "contract_number"]
    list_select_related = ["contract", "operator", "batch", "batch__actor"]
    list_filter = [("operator", AutocompleteSelectFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["operator__name", "operator__employee_number"]
    date_hierarchy = "day"
    fields = ["contract", ("operator", "day"), ("old", "new"), "batch", "old_batch"]

    @display(description=_("by"))
    def by(self, row: AttendanceChange) -> str:
        return str(row.batch.actor or "–")
