"""Platforms with the page that takes their files in, and the indicators."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from contract.admin.display import badge
from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.terms import POLICIES
from hotline.admin.forms import IndicatorForm, PlatformForm
from hotline.admin.seats import FileForm, SeatFiles
from hotline.choices import Layout
from hotline.figures import LABELS, in_words
from hotline.intake import files
from hotline.intake.sums import DayRead, Read
from hotline.models import Indicator, Platform, ServiceDay
from hotline.reference import presets
from hotline.rules.level import target_of
from hotline.selectors import indicator_facts
from hotline.services import figures, platforms
from kit import clock
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError

DAYS_SHOWN = 62


@admin.register(Platform)
class PlatformAdmin(SeatFiles, WithdrawableAdmin):
    list_display = [
        "name",
        "layout",
        "since",
        "answer_seconds",
        "short_seconds",
        "files",
        "seat_log",
        "standing",
        "contract_number",
    ]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["name"]
    search_help_text = _("Name")
    ordering = ["-since", "-pk"]
    writer = platforms
    form = PlatformForm
    entry = [
        (None, {"fields": ["contract", ("name", "since"), ("layout", "clock")]}),
        (_("How it counts"), {"fields": [("answer_seconds", "short_seconds"), "queues"]}),
        (_("Columns of a table"), {"fields": ["mapping"]}),
        (None, {"fields": ["note"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new platform may begin with what is known of those that are sold."""
        found = super().get_fieldsets(request, obj)
        if obj is not None:
            return found
        links = format_html_join(
            " · ", '<a class="row-link" href="?preset={}">{}</a>', ((key, named(row)) for key, row in presets().items())
        )
        chosen = presets().get(request.GET.get("preset", ""))
        note = format_html("<br><strong>{}</strong>：{}", named(chosen), chosen["note"]) if chosen else ""
        return [
            (_("Begin with a known platform"), {"fields": [], "description": format_html("{}{}", links, note)}),
            *found,
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        chosen = presets().get(request.GET.get("preset", ""))
        known = {name: chosen[name] for name in ("layout", "clock", "mapping", "note")} if chosen else {}
        return {**super().get_changeform_initial_data(request), **known}

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/files/", self.admin_site.admin_view(self.files_view), name="hotline_platform_files")
        seats = path("<int:pk>/seats/", self.admin_site.admin_view(self.seats_view), name="hotline_platform_seats")
        return [own, seats, *super().get_urls()]

    @display(description=_("take in"))
    def files(self, row: Platform) -> SafeString | str:
        if row.layout == Layout.SEATS:
            return "–"
        return format_html(
            '<a class="row-link" href="{}">{}</a>',
            reverse("admin:hotline_platform_files", args=[row.pk]),
            gettext("Take in a file"),
        )

    def files_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a file says, beside what is on record; taken in once it was looked at."""
        platform = self.get_queryset(request).filter(pk=pk).first()
        if not request.user.has_perms(["hotline.add_serviceday", "hotline.change_serviceday"]):
            raise PermissionDenied
        if platform is None or not platform.stands:
            raise Http404
        form = FileForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            sha256 = hashlib.sha256(file.read()).hexdigest()
            file.seek(0)
            try:
                read = files.read(platform, [file])
                if form.cleaned_data["confirm"] == sha256:
                    return self._taken(request, platform, read)
                context |= _seen(platform, read) | {"form": FileForm(initial={"confirm": sha256}), "name": file.name}
            except SpreadsheetError as error:
                context["faults"] = [("", str(error))]
            except RowErrors as error:
                context["faults"] = [(f"{row.index + 1} {row.field}", row.message) for row in error.errors]
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Files of %(platform)s") % {"platform": platform.name},
            "platform": platform,
            **context,
        }
        return TemplateResponse(request, "admin/hotline/files.html", page)

    def _taken(self, request: HttpRequest, platform: Platform, read: Read) -> HttpResponse:
        taken = figures.take_in(contract=platform.contract, days=read.days, today=clock.today(), platform=platform)
        messages.success(
            request,
            gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(taken.result),
        )
        month = f"&month={read.days[-1].day:%Y-%m}" if read.days else ""
        return HttpResponseRedirect(
            f"{reverse('admin:hotline_serviceday_month')}?contract={platform.contract_id}{month}"
        )


def named(preset: Mapping[str, Any]) -> str:
    """A known platform, in the reader's language."""
    return str(preset["title"] if (get_language() or "").startswith("zh") else preset["title_en"])


def _seen(platform: Platform, read: Read) -> dict[str, Any]:
    """The days of a file, a figure that differs from the record with the old one."""
    names = [name for name in LABELS if any(name in one.figures for one in read.days)]
    wanted = [one.day for one in read.days[:DAYS_SHOWN]]
    rows = {row.day: row for row in ServiceDay.objects.filter(contract=platform.contract_id, day__in=wanted)}
    known = {day: row.figures for day, row in rows.items()}
    return {
        "read": read,
        "empty": "、".join(f"{day}" for day in read.empty[:DAYS_SHOWN]),
        "shorter": "、".join(f"{one.day}" for one in read.days if one.day in rows and _is_shorter(one, rows[one.day])),
        "names": [LABELS[name] for name in names],
        "rows": [
            (one.day, [_cell(one.figures, known.get(one.day, {}), name) for name in names], one.day in known)
            for one in read.days[:DAYS_SHOWN]
        ],
        "more": max(len(read.days) - DAYS_SHOWN, 0),
    }


def _is_shorter(one: DayRead, row: ServiceDay) -> bool:
    """Whether a file begins or ends within a day of which the record has more: another file has the rest."""
    new, old = one.halves.get("offered"), row.halves.get("offered")
    if not new or not old or not any(new):
        return False
    begins = next(half for half, number in enumerate(new) if number)
    ends = len(new) - next(place for place, number in enumerate(reversed(new)) if number)
    return any(old[:begins]) or any(old[ends:])


def _cell(new: Mapping[str, int | None], old: Mapping[str, int | None], name: str) -> tuple[str, str]:
    """A figure, and the old one where it is another."""
    figure, before = new.get(name), old.get(name)
    said = "–" if figure is None else f"{figure:,}"
    return said, f"{before:,}" if before is not None and figure is not None and before != figure else ""


@admin.register(Indicator)
class IndicatorAdmin(WithdrawableAdmin):
    list_display = ["title", "window", "target", "agreed", "source", "standing", "contract_number"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["title", "title_en", "key"]
    search_help_text = _("Title or key")
    ordering = ["contract", "pk"]
    entry = [
        (None, {"fields": ["contract", ("key", "window"), ("title", "title_en")]}),
        (_("Target"), {"fields": [("direction", "floor_percent", "minimum"), "source"]}),
        (_("Confirmed by both sides"), {"fields": [("confirmed_on", "confirmation")]}),
        (_("How it is counted"), {"fields": [("numerator", "denominator"), ("plus", "less"), "policy"]}),
    ]
    form = IndicatorForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """How an indicator that stands is counted is told in words; another way of counting is another indicator."""
        found = super().get_fieldsets(request, obj)
        if obj is None:
            return found
        named = (None, {"fields": ["contract", "window", ("title", "title_en")]})
        counted = (_("How it is counted"), {"fields": ["counted"]})
        return [named, *found[1:3], counted, *found[4:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["counted"] if obj else [])]

    @display(description=_("readings"))
    def counted(self, row: Indicator) -> SafeString:
        names = POLICIES[row.policy].choices or {} if row.policy else {}
        lines = [(names.get(key, ""), *map(in_words, pair)) for key, pair in row.readings.items()]
        return format_html_join(
            "", "<p>{} {} ÷ {}</p>", [(f"{name}:" if name else "", over, under) for name, over, under in lines]
        )

    @display(description=_("target"))
    def target(self, row: Indicator) -> str:
        return "–" if row.floor_percent is None else target_of(indicator_facts(row))

    @display(description=_("confirmed"))
    def agreed(self, row: Indicator) -> SafeString:
        if row.confirmed_on:
            return badge("good", "task_alt", f"{row.confirmed_on}")
        return badge("open", "help", gettext("not confirmed by both sides"))
