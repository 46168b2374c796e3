"""Letters on the pages of what they are about, and the letterheads."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contract.admin.base import Part
from contract.admin.cases.alerts import AlertAdmin
from contract.admin.display import badge, link
from contract.admin.records import KeptAdmin
from contract.letters.models import LetterHead, Notice
from contract.letters.services.subjects import kinds_for

ISSUE = "admin:contract_notice_issue"


def arrival_badge(notice: Notice) -> SafeString:
    """Whether a letter has arrived; one that another has replaced says so."""
    if hasattr(notice, "corrected_by"):
        return badge("calm", "history", gettext("replaced"))
    arrival = notice.arrival
    if arrival is None:
        return badge("warn", "mark_email_unread", gettext("not acknowledged"))
    text = gettext("arrived on %(day)s") % {"day": arrival.arrived_on}
    return badge("good", "mark_email_read", text)


def issue_url(*subjects: tuple[str, int], **more: Any) -> str:
    """The form of a letter about these records."""
    query = [("subject", f"{label}:{pk}") for label, pk in subjects]
    return f"{reverse(ISSUE)}?{urlencode([*query, *more.items()])}"


def letters_about(label: str, pk: int) -> list[tuple[Notice, SafeString]]:
    """The letters that name a record, the newest first, with where each stands."""
    rows = (
        Notice.objects.filter(subjects__subject_label=label, subjects__subject_pk=pk)
        .select_related("corrected_by")
        .prefetch_related("arrivals")
        .defer("facts", "corrected_by__facts")
    )
    return [(row, arrival_badge(row)) for row in rows[:20]]


def letters(request: HttpRequest, label: str, pk: int) -> dict[str, Any]:
    """What a page shows of the letters about its record: those issued, and the way to a new one."""
    may = request.user.has_perm("contract.add_notice") and bool(kinds_for([(label, pk)]))
    shown = request.user.has_perm("contract.view_notice")
    return {"letters": letters_about(label, pk) if shown else [], "letter_url": issue_url((label, pk)) if may else None}


class LettersPart(Part):
    """The letters about an alert, on its page."""

    def context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return letters(request, row._meta.label, row.pk)


AlertAdmin.parts.append(LettersPart)


class LetterMixin:
    """A page of a record that letters can be about: it lists them, with the way to a new one."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        return [*fieldsets, *self.letter_fieldsets(request, obj)]

    def letter_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The part of the page about letters, for a row that exists and a reader of letters."""
        if obj is None or not request.user.has_perm("contract.view_notice"):
            return []
        return [(_("Letters"), {"fields": ["letter"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is not None:
            obj.may_write_letter = request.user.has_perm("contract.add_notice")
        return [*super().get_readonly_fields(request, obj), "letter"]  # type: ignore[misc]

    @display(description=_("letters"))
    def letter(self, row: Any) -> Any:
        label = row._meta.label
        rows = [
            format_html("{} {}", link(reverse("admin:contract_notice_change", args=[one.pk]), one.number), mark)
            for one, mark in letters_about(label, row.pk)
        ]
        if getattr(row, "may_write_letter", False) and kinds_for([(label, row.pk)]):
            rows.append(format_html("{}", link(issue_url((label, row.pk)), gettext("Write a letter"))))
        return format_html_join(SafeString("<br>"), "{}", ((item,) for item in rows)) or "–"


@admin.register(LetterHead)
class LetterHeadAdmin(KeptAdmin):
    list_display = ["prefix", "sender", "contact", "telephone", "contract_number"]
    search_fields = ["prefix", "contract__number"]
    fieldsets = [(None, {"fields": ["contract", ("prefix", "sender"), ("contact", "telephone")]})]
