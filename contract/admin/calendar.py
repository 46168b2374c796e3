"""The office's own calendar over the libraries."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contract.admin.base import RecordAdmin
from contract.admin.display import badge
from contract.models import CalendarDay, CalendarYear
from law.calendar import OverlayDay, missing_holidays


@admin.register(CalendarYear)
class CalendarYearAdmin(RecordAdmin):
    contract_path = None
    list_display = ["year", "source", "completeness"]
    search_fields = ["source"]

    @display(description=_("schedule"))
    def completeness(self, row: CalendarYear) -> SafeString:
        """A year counts only when every holiday that the law names is among its days."""
        days = CalendarDay.objects.filter(day__year=row.year)
        table = {one.day: OverlayDay(one.is_rest_day, one.is_statutory) for one in days}
        missing = missing_holidays(table, row.year)
        if not missing:
            return badge("good", "task_alt", gettext("complete"))
        days_written = "、".join(f"{day:%m-%d}" for day in missing)
        return badge("warn", "warning", gettext("not published yet: %(days)s are missing") % {"days": days_written})


@admin.register(CalendarDay)
class CalendarDayAdmin(RecordAdmin):
    contract_path = None
    list_display = ["day", "name", "is_rest_day", "is_statutory"]
    list_filter = ["is_rest_day", "is_statutory"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fieldsets = [
        (
            None,
            {
                "fields": [("day", "name"), ("is_rest_day", "is_statutory")],
                "description": _("Only days that are not what their weekday, or the built-in calendar, says."),
            },
        )
    ]
