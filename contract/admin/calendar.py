"""The office's own calendar over the libraries: its rows, the calendar in force, a pasted notice."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from contract import selectors
from contract.admin.base import RecordAdmin
from contract.admin.display import badge
from contract.models import CalendarDay, CalendarYear
from contract.services import calendar as services
from kit import clock
from law.calendar import (
    SATURDAY,
    Calendar,
    CalendarNotPublished,
    DayKind,
    OverlayDay,
    SpecialDay,
    holiday_name,
    missing_holidays,
)
from law.schedule import LONGEST, Problem, Schedule, read_notice

PAGE = "admin:contract_calendar"
WRITES = ("contract.add_calendarday", "contract.change_calendarday", "contract.add_calendaryear")
KINDS = {
    DayKind.STATUTORY_HOLIDAY: ("open", "celebration", _("statutory holiday (300 % pay)")),
    DayKind.REST_DAY: ("calm", "weekend", _("day off")),
    DayKind.MAKEUP_WORKDAY: ("warn", "work", _("working weekend")),
    DayKind.WORKDAY: ("calm", "work", _("working day")),
}
SIGNS = {DayKind.STATUTORY_HOLIDAY: "法", DayKind.REST_DAY: "休", DayKind.MAKEUP_WORKDAY: "班"}
PROBLEMS = {
    "no_year": _("No title “国务院办公厅关于…年部分节假日安排的通知” was found: paste the notice with its title."),
    "no_number": _("The notice's number (国办发明电〔…〕…号) was not found: paste it, too."),
    "no_holidays": _("No paragraph of a holiday was found (一、元旦：…)."),
    "weekday": _("%(text)s: the weekday is another one. A digit may have been lost in copying."),
    "count": _("The number of days does not agree with the days named: %(text)s"),
    "no_such_day": _("There is no such day, or no such span: %(text)s"),
    "twice": _("%(text)s is named as a day off and as a working day."),
    "holiday_missing": _("%(text)s is a statutory holiday and no day off in this text: the notice is not complete."),
}
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class NoticeForm(forms.Form):
    """The text of the State Council's notice."""

    text = forms.CharField(
        label=_("text of the notice"),
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text=_("The whole text with title and number. Nothing counts before you have seen what was read."),
    )


class DayForm(forms.ModelForm):
    """A day of the table: a day off, unless a weekend or holiday is worked."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("day")
        if day and not data.get("is_rest_day") and _works_anyhow(day):
            text = gettext("%(day)s is a working day in any case. Switch on “rest day” if it is to be a day off.")
            self.add_error("is_rest_day", text % {"day": day})
        return data


def _works_anyhow(day: date) -> bool:
    try:
        return not Calendar().is_rest_day(day)
    except CalendarNotPublished:
        return day.weekday() < 5


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
    form = DayForm
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

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_rest_day": True, **super().get_changeform_initial_data(request)}

    def get_urls(self) -> list[URLPattern]:
        own = [path("calendar/", self.admin_site.admin_view(self.calendar_view), name="contract_calendar")]
        return own + super().get_urls()

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """The calendar of a year as it counts; a pasted notice is read, shown, and written when confirmed."""
        if not request.user.has_perm("contract.view_calendarday"):
            raise PermissionDenied
        may_write = request.user.has_perms(WRITES)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        form = NoticeForm(request.POST or None)
        read = read_notice(form.cleaned_data["text"]) if request.method == "POST" and form.is_valid() else None
        if read and not read.problems and "confirm" in request.POST:
            try:
                year = services.take_over(read)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, gettext("The notice of %(year)s counts from now on.") % {"year": year})
                return redirect(f"{reverse(PAGE)}?year={year}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Calendar in force"),
            "form": form if may_write else None,
            "read": _read(read) if read else None,
            **_in_force(_year(request)),
        }
        return TemplateResponse(request, "admin/contract/calendar.html", context)


def _year(request: HttpRequest) -> int:
    wanted = request.GET.get("year", "")
    if not wanted:
        return clock.today().year
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 and 2004 <= int(wanted) <= 2100):
        raise Http404
    return int(wanted)


def _in_force(year: int) -> dict[str, Any]:
    """A year day by day as it counts, with the source of each; what the office keeps of it."""
    calendar = selectors.calendar()
    names = dict(CalendarDay.objects.filter(day__year=year).values_list("day", "name"))
    return {
        "year": year,
        "years": [year - 1, year + 1],
        "published": calendar.published(year),
        "months": [[_cell(calendar, day) for day in month] for month in _months(year)],
        "legend": [(sign, KINDS[kind][2]) for kind, sign in SIGNS.items()],
        "notice": CalendarYear.objects.filter(year=year).first(),
        "days": [
            {
                "day": row.day,
                "weekday": WEEKDAYS[row.day.weekday()],
                "name": names.get(row.day) or holiday_name(row.day),
            }
            | _source(row)
            for row in calendar.special_days(year)
        ],
    }


def _months(year: int) -> Iterator[list[date]]:
    for month in range(1, 13):
        yield [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _cell(calendar: Calendar, day: date) -> dict[str, Any]:
    """A day of the year at a glance: a sign where it is not what its weekday says, a shade on days off; ? where nobody
    has published it."""
    try:
        kind = calendar.kind(day)
    except CalendarNotPublished:
        return {"day": day, "sign": "?", "tone": "open", "title": gettext("not published yet")}
    weekend = kind is DayKind.REST_DAY and day.weekday() >= SATURDAY
    return {
        "day": day,
        "sign": "" if weekend else SIGNS.get(kind, ""),
        "tone": "" if kind is DayKind.WORKDAY else KINDS[kind][0],
        "title": KINDS[kind][2],
    }


def _source(row: SpecialDay) -> dict[str, Any]:
    if row.contradicts:
        source = gettext("the office's table; the built-in calendar says: %(kind)s") % {
            "kind": KINDS[row.built_in or row.kind][2]
        }
    elif row.is_own and row.built_in is not None:
        source = gettext("both, the same")
    else:
        source = gettext("the office's table") if row.is_own else gettext("built-in calendar")
    return {"mark": badge(*KINDS[row.kind]), "source": source, "contradicts": row.contradicts}


def _read(schedule: Schedule) -> dict[str, Any]:
    """What was read, beside what counts today: only what differs will change."""
    known = {row.day: row for row in CalendarDay.objects.filter(day__year=schedule.year)} if schedule.year else {}
    named = {one.day for one in schedule.days}
    kinds = {(True, True): DayKind.STATUTORY_HOLIDAY, (True, False): DayKind.REST_DAY}
    return {
        "year": schedule.year,
        "number": schedule.number,
        "days": [
            {
                "day": one.day,
                "weekday": WEEKDAYS[one.day.weekday()],
                "name": one.name,
                "mark": badge(*KINDS[kinds.get((one.is_rest_day, one.is_statutory), DayKind.MAKEUP_WORKDAY)]),
            }
            for one in schedule.days
        ],
        "problems": [_problem(problem) for problem in schedule.problems],
        "not_read": schedule.not_read,
        "stay": sorted(day for day in known if day not in named),
    }


def _problem(problem: Problem) -> str:
    return str(PROBLEMS[problem.code]) % {"text": problem.text}
