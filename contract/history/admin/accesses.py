"""The log of accesses: who came in, what was taken out, whose account or role changed. Read only."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import badge
from contract.choices import AccessKind
from contract.history.models import AccessEntry
from contract.services.steps import local

TONES = {
    AccessKind.LOGIN: ("good", "login"),
    AccessKind.LOGOUT: ("good", "logout"),
    AccessKind.FAILED: ("warn", "key_off"),
    AccessKind.LOCKED: ("bad", "lock"),
    AccessKind.DOWNLOAD: ("open", "download"),
    AccessKind.SHOWN: ("warn", "visibility"),
    AccessKind.REFUSED: ("bad", "block"),
    AccessKind.BURST: ("bad", "crisis_alert"),
    AccessKind.UNLOCKED: ("good", "lock_open"),
    AccessKind.ADDED: ("open", "person_add"),
    AccessKind.CHANGED: ("open", "manage_accounts"),
    AccessKind.REMOVED: ("bad", "person_remove"),
    AccessKind.ADOPTED: ("warn", "move_to_inbox"),
}
SHOWN = 60
# The token library gives its columns no names.
OF_A_KEY = {
    "id": _("number"),
    "token_key": _("beginning of the key"),
    "user_id": _("user"),
    "created": _("made at"),
    "expiry": _("ends at"),
}


@admin.register(AccessEntry)
class AccessEntryAdmin(ReadOnlyMixin, ScopedAdmin):
    contract_path = None
    list_display = ["at", "kind_mark", "username", "address", "what", "route"]
    list_display_links = ["at", "kind_mark"]
    list_select_related = False
    list_filter = [("kind", ChoicesDropdownFilter), ("route", ChoicesDropdownFilter)]
    search_fields = ["username", "=address", "=row_key"]
    search_help_text = _("User, network address, or number of the record")
    date_hierarchy = "at"
    fields = [
        ("at", "kind_mark"),
        ("username", "address"),
        ("route", "path"),
        "record",
        "all_changes",
        "note",
        ("place", "sealed_at"),
        "chain_hash",
    ]
    readonly_fields = ["kind_mark", "record", "all_changes", "place", "sealed_at", "chain_hash"]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """An entry is written once: it has no history but itself."""
        return self.change_view(request, object_id)

    @display(description=_("operation"), ordering="kind")
    def kind_mark(self, entry: AccessEntry) -> SafeString:
        kind = AccessKind(entry.kind)
        return badge(*TONES[kind], kind.label)

    @display(description=_("what"))
    def what(self, entry: AccessEntry) -> str:
        said = [
            self.record(entry) if entry.label else "",
            *(name_of(n) for n in entry.changes),
            entry.note or entry.path,
        ]
        return " ".join(part for part in said if part)[:SHOWN] or "–"

    @display(description=_("record"))
    def record(self, entry: AccessEntry) -> str:
        if not entry.label:
            return "–"
        try:
            kind = apps.get_model(entry.label)._meta.verbose_name
        except LookupError:
            kind = entry.label
        return f"{kind} {entry.row_key[:12]}"

    @display(description=_("changes"))
    def all_changes(self, entry: AccessEntry) -> SafeString | str:
        pairs = entry.changes.items()
        old_and_new = entry.kind == AccessKind.CHANGED
        rows = format_html_join(
            "",
            "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>",
            [
                (name_of(name), spoken(name, v[0]) if old_and_new else "", spoken(name, v[1] if old_and_new else v))
                for name, v in pairs
            ],
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

    @display(description=_("number in the chain"), ordering="link")
    def place(self, entry: AccessEntry) -> str:
        link = getattr(entry, "link", None)
        return str(link.sequence) if link is not None else "–"

    @display(description=_("sealed at"))
    def sealed_at(self, entry: AccessEntry) -> Any:
        link = getattr(entry, "link", None)
        return local(link.sealed_at) if link is not None else None

    @display(description=_("chain hash"))
    def chain_hash(self, entry: AccessEntry) -> SafeString | str:
        link = getattr(entry, "link", None)
        return format_html("<code>{}</code> {}", link.hash, link.get_algorithm_display()) if link is not None else "–"


def name_of(field: str) -> str:
    """A value of an account or of a key by the name that its page gives it."""
    if field in OF_A_KEY:
        return str(OF_A_KEY[field])
    for model in (User, Group):
        if field in {known.name for known in model._meta.get_fields()}:
            return str(getattr(model._meta.get_field(field), "verbose_name", field))
    return field


def spoken(field: str, value: Any) -> str:
    """A value as people read it: roles by their names, of a password that there is one."""
    if field == "password":
        return "••••"
    if field == "groups" and isinstance(value, list):
        names = dict(Group.objects.filter(pk__in=value).values_list("pk", "name"))
        return "、".join(names.get(pk, f"#{pk}") for pk in value) or "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value in (None, "", []):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
