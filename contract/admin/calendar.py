"""The office's own calendar over the libraries."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contract.admin.base import RecordAdmin
from contract.models import CalendarDay, CalendarYear


@admin.register(CalendarYear)
class CalendarYearAdmin(RecordAdmin):
    contract_path = None
    list_display = ["year", "source"]
    search_fields = ["source"]


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
