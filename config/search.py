"""One search over everything: names, numbers, a telephone number, the initials of a name in pinyin."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from pypinyin import Style, lazy_pinyin

from config.navigation import tables
from staffing.models import Operator

# What is looked through, the most wanted first; each by the search fields of its own list.
SEARCHED = (
    "staffing.Operator",
    "contract.Contract",
    "contract.Alert",
    "contract.Clause",
    "contract.Notice",
    "billing.Invoice",
    "billing.Claim",
    "billing.Statement",
    "contract.Consent",
    "contract.ServiceReport",
    "confidentiality.Incident",
    "contract.Party",
    "auth.User",
)
ROWS_SHOWN = 8
LONGEST = 60
# Names whose initials are compared; more people than a city's hotline has.
PEOPLE_AT_MOST = 5_000
TELEPHONE_DIGITS = 7


@dataclass(frozen=True)
class Hits:
    """What was found in one table; `more` leads to its own list where not all is shown."""

    title: Any
    rows: list[tuple[str, str]]
    more: str = ""


def find(request: HttpRequest) -> HttpResponse:
    """What the words are found in, in the scope of this person."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    hits = list(_found(request, words)) if words else []
    context = admin.site.each_context(request) | {"title": gettext("Search"), "words": words, "hits": hits}
    return TemplateResponse(request, "admin/find.html", context)


def show_tables(request: HttpRequest) -> HttpResponse:
    """The way to every table, for those who need one that is not in their menu."""
    context = admin.site.each_context(request) | {"title": gettext("All tables"), "groups": tables(request)}
    return TemplateResponse(request, "admin/tables.html", context)


def initials(text: str) -> str:
    """ "王小红" → "wxh"; what is not Chinese stays."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def _found(request: HttpRequest, words: str) -> Iterator[Hits]:
    yield from _pages(request, words)
    for label in SEARCHED:
        model = apps.get_model(label)
        model_admin: Any = admin.site._registry[model]
        if not model_admin.has_view_permission(request):
            continue
        rows, _distinct = model_admin.get_search_results(request, model_admin.get_queryset(request), words)
        if model is Operator:
            rows = rows | model_admin.get_queryset(request).filter(pk__in=_people(request, words))
        shown = list(rows.distinct()[: ROWS_SHOWN + 1])
        if shown:
            options = model._meta
            page = f"admin:{options.app_label}_{options.model_name}"
            found_at = getattr(model_admin, "found_at", f"{page}_change")
            links = [(reverse(found_at, args=[row.pk]), str(row)) for row in shown[:ROWS_SHOWN]]
            more = reverse(f"{page}_changelist") if len(shown) > ROWS_SHOWN else ""
            yield Hits(options.verbose_name_plural, links, more)


def _pages(request: HttpRequest, words: str) -> Iterator[Hits]:
    items = [item for group in tables(request) for item in group["rows"]]
    wanted = words.lower()
    rows = [
        (item["link"], str(item["title"]))
        for item in items
        if wanted in str(item["title"]).lower() or (len(wanted) > 1 and wanted in initials(str(item["title"])))
    ]
    if rows:
        yield Hits(gettext("Pages"), rows[:ROWS_SHOWN])


def _people(request: HttpRequest, words: str) -> list[int]:
    """The people of this telephone number, or with these initials."""
    people = admin.site._registry[Operator].get_queryset(request)
    digits = "".join(c for c in words if c.isdigit())
    if len(digits) >= TELEPHONE_DIGITS:
        known = people.exclude(phone="").values_list("pk", "phone")[:PEOPLE_AT_MOST]
        return [pk for pk, phone in known if "".join(c for c in phone if c.isdigit()).endswith(digits)]
    if words.isascii() and words.isalpha():
        named = people.values_list("pk", "name")[:PEOPLE_AT_MOST]
        return [pk for pk, name in named if initials(name).startswith(words.lower())]
    return []
