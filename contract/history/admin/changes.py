"""The change log: who wrote what, when, by which way. Read only."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from contract.admin.base import ReadOnlyMixin, RecordAdmin, ScopedAdmin
from contract.admin.display import badge
from contract.choices import ChangeKind
from contract.history import wording
from contract.history.models import ChangeEntry
from contract.models import Contract
from contract.models.base import watched
from contract.selectors import visible_contracts
from contract.services.steps import local

CHANGES_IN_LIST = 3
TONES = {
    ChangeKind.ADDED: ("good", "add_circle"),
    ChangeKind.CHANGED: ("open", "edit"),
    ChangeKind.REMOVED: ("bad", "delete"),
    ChangeKind.SET: ("good", "dataset"),
    ChangeKind.ADOPTED: ("warn", "move_to_inbox"),
}


class RecordTypeFilter(DropdownFilter):
    title = _("record type")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = [(label, str(model._meta.verbose_name)) for label, model in watched().items()]
        return sorted(named, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(label=self.value()) if self.value() else queryset


def visible_entries(user: Any, entries: QuerySet[ChangeEntry]) -> QuerySet[ChangeEntry]:
    """Entries about the user's contracts, about the parties to them, and about neither."""
    if user.is_superuser:
        return entries
    contracts = visible_contracts(user)
    parties = Q(party_pk__in=contracts.values("vendor_id")) | Q(party_pk__in=contracts.values("office_id"))
    nobodys = Q(contract_pk=None, party_pk=None)
    return entries.filter(Q(contract_pk__in=contracts.values("pk")) | parties | nobodys)


@admin.register(ChangeEntry)
class ChangeEntryAdmin(ReadOnlyMixin, ScopedAdmin):
    contract_path = None
    list_display = ["at", "record", "kind_mark", "what", "by", "route", "place"]
    list_display_links = ["at", "record"]
    list_select_related = ["actor", "link"]
    list_filter = [RecordTypeFilter, ("route", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter)]
    search_fields = ["=row_pk", "=actor__username"]
    search_help_text = _("Number of the record, or the user who wrote")
    date_hierarchy = "at"
    fields = [
        ("record", "kind_mark"),
        ("by", "route"),
        ("at", "written_at"),
        "contract",
        "all_changes",
        "note",
        ("place", "sealed_at"),
        "chain_hash",
    ]
    readonly_fields = ["record", "kind_mark", "by", "contract", "all_changes", "place", "sealed_at", "chain_hash"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_entries(request.user, super().get_queryset(request))

    @display(description=_("record"), ordering="label")
    def record(self, entry: ChangeEntry) -> str:
        return wording.title(entry)

    @display(description=_("operation"), ordering="kind")
    def kind_mark(self, entry: ChangeEntry) -> SafeString:
        kind = ChangeKind(entry.kind)
        return badge(*TONES[kind], kind.label)

    @display(description=_("changes"))
    def what(self, entry: ChangeEntry) -> SafeString | str:
        found = wording.changes(entry, brief=True)
        shown = [spoken(*change) for change in found[:CHANGES_IN_LIST]]
        more = len(found) - CHANGES_IN_LIST
        return "; ".join([*shown, *([f"+{more}"] if more > 0 else [])]) or "–"

    @display(description=_("by"), ordering="actor")
    def by(self, entry: ChangeEntry) -> str:
        return name_of(entry.actor)

    @display(description=_("number in the chain"), ordering="link")
    def place(self, entry: ChangeEntry) -> str:
        link = getattr(entry, "link", None)
        return str(link.sequence) if link is not None else "–"

    @display(description=_("sealed at"))
    def sealed_at(self, entry: ChangeEntry) -> Any:
        link = getattr(entry, "link", None)
        return local(link.sealed_at) if link is not None else None

    @display(description=_("chain hash"))
    def chain_hash(self, entry: ChangeEntry) -> SafeString | str:
        link = getattr(entry, "link", None)
        return format_html("<code>{}</code>", link.hash) if link is not None else "–"

    @display(description=_("contract"))
    def contract(self, entry: ChangeEntry) -> str:
        if entry.contract_pk is None:
            return "–"
        return str(Contract.objects.filter(pk=entry.contract_pk).first() or "–")

    @display(description=_("changes"))
    def all_changes(self, entry: ChangeEntry) -> SafeString | str:
        rows = format_html_join(
            "", "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>", wording.changes(entry, named=True)
        )
        if not rows:
            return "–"
        return format_html(
            "<table class='o-table'><thead><tr><th scope='col'>{}</th><th scope='col'>{}</th>"
            "<th scope='col'>{}</th></tr></thead><tbody>{}</tbody></table>",
            _("Field"),
            _("Old value"),
            _("New value"),
            rows,
        )


def spoken(field: str, old: str, new: str) -> str:
    """One change in a line."""
    return f"{field}: {old} → {new}" if old else f"{field}: {new}"


def name_of(user: Any) -> str:
    """A user as people call them; the program itself is a dash."""
    return (user.get_full_name() or user.get_username()) if user is not None else "–"


def _route_of_version(model: type[models.Model]) -> Subquery:
    logged = ChangeEntry.objects.filter(
        label=model._meta.label, row_pk=OuterRef(model._meta.pk.name), history_pk=OuterRef("history_id")
    )
    return Subquery(logged.values("route")[:1])


RecordAdmin.route_of_version = staticmethod(_route_of_version)
