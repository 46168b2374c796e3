"""Figures of days and months, and objections to them; the month of the service is a page of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from contract.admin.display import badge
from contract.admin.records import KeptAdmin, StandingFilter, WithdrawableAdmin
from hotline.admin.demand import DemandPage
from hotline.admin.month import MonthPages
from hotline.models import Objection, ServiceDay, ServiceMonth
from hotline.services import figures


class FiguresAdmin(KeptAdmin):
    """One day or month by hand. Each change of a figure leaves who, when, old and new."""

    writer = figures
    extra_readonly = ("taken_in_on",)


@admin.register(ServiceDay)
class ServiceDayAdmin(MonthPages, DemandPage, FiguresAdmin):
    list_display = ["day", "offered", "answered", "answered_in_time", "short_abandoned", "detail", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    date_hierarchy = "day"
    ordering = ["-day", "contract"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        calls = [
            ("offered", "short_abandoned"),
            ("answered", "answered_in_time", "left_in_time"),
            ("waiting_seconds", "talking_seconds"),
        ]
        return [
            (None, {"fields": ["contract", ("day", "platform"), *(["taken_in_on"] if obj else [])]}),
            (_("Calls"), {"fields": calls}),
            (
                _("Other media"),
                {"fields": [("media_received", "media_in_time"), ("letters_received", "letters_in_time")]},
            ),
        ]

    @display(description=_("by the half hour"))
    def detail(self, row: ServiceDay) -> str:
        return gettext("yes") if row.halves else "–"


@admin.register(ServiceMonth)
class ServiceMonthAdmin(FiguresAdmin):
    list_display = ["__str__", "orders_filed", "satisfied", "samples_passed", "complaints_upheld", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    ordering = ["-month", "contract"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (None, {"fields": ["contract", "month", *(["taken_in_on"] if obj else [])]}),
            (
                _("Work orders"),
                {
                    "fields": [
                        ("orders_filed", "orders_forwarded_in_time"),
                        ("orders_due", "orders_answered_in_time"),
                        ("orders_returned", "orders_repeated"),
                    ]
                },
            ),
            (
                _("Follow-ups and quality"),
                {
                    "fields": [
                        ("satisfied", "dissatisfied", "not_reached"),
                        ("samples", "samples_passed", "errors_found"),
                        ("solved_at_first_call", "complaints_upheld"),
                    ]
                },
            ),
        ]


@admin.register(Objection)
class ObjectionAdmin(WithdrawableAdmin):
    """What the vendor objects. The office only answers here, and corrects figures where they were wrong."""

    list_display = ["__str__", "raised_on", "answered", "standing", "contract_number"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["statement", "answer"]
    search_help_text = _("Words of the objection or the answer")
    ordering = ["-raised_on", "-pk"]
    entry = [
        (None, {"fields": ["contract", ("first_day", "last_day"), "statement", "raised_on"]}),
        (_("Answer"), {"fields": ["answer", "answered_on"]}),
    ]

    @display(description=_("answered"))
    def answered(self, row: Objection) -> SafeString:
        if row.answered_on:
            return badge("good", "task_alt", f"{row.answered_on}")
        return badge("warn", "schedule", gettext("not answered"))
