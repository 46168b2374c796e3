"""Platforms with the page that takes their files in, and the indicators."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
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
from hotline.admin.files import FiguresPage, SeatsPage
from hotline.admin.forms import IndicatorForm, PlatformForm
from hotline.choices import Layout
from hotline.figures import ratio_in_words
from hotline.models import Indicator, Platform
from hotline.reference import presets
from hotline.rules.level import target_of
from hotline.selectors import indicator_facts
from hotline.services import platforms


@admin.register(Platform)
class PlatformAdmin(WithdrawableAdmin):
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
        own = path("<int:pk>/files/", FiguresPage.view(self), name="hotline_platform_files")
        seats = path("<int:pk>/seats/", SeatsPage.view(self), name="hotline_platform_seats")
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

    @display(description=_("seat log"))
    def seat_log(self, row: Platform) -> SafeString | str:
        if row.layout not in (Layout.QUEUE_LOG, Layout.SEATS):
            return "–"
        url = reverse("admin:hotline_platform_seats", args=[row.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, gettext("Take in the seat log"))


def named(preset: Mapping[str, Any]) -> str:
    """A known platform, in the reader's language."""
    return str(preset["title"] if (get_language() or "").startswith("zh") else preset["title_en"])


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
        lines = [(names.get(key, ""), ratio_in_words(pair)) for key, pair in row.readings.items()]
        return format_html_join("", "<p>{} {}</p>", [(f"{name}:" if name else "", told) for name, told in lines])

    @display(description=_("target"))
    def target(self, row: Indicator) -> SafeString:
        told = "–" if row.floor_percent is None else target_of(indicator_facts(row))
        return format_html('<span class="o-unbroken">{}</span>', told)

    @display(description=_("confirmed"))
    def agreed(self, row: Indicator) -> SafeString:
        if row.confirmed_on:
            return badge("good", "task_alt", f"{row.confirmed_on}")
        return badge("open", "help", gettext("not confirmed by both sides"))
