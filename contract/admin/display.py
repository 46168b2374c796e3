"""How states, days and linked rows look. A state is never told by its colour alone."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from unfold.decorators import display

from contract.choices import AlertStatus, Outcome, RunStatus
from contract.models import Contract
from kit import clock
from kit.signs import icon

Text = str | Promise

# Tone (a class of static/admin/office.css) and icon of each state.
STATES: dict[str, tuple[str, str]] = {
    Outcome.MET: ("good", "check_circle"),
    Outcome.PENDING: ("calm", "schedule"),
    Outcome.AT_RISK: ("warn", "warning"),
    Outcome.NOT_MET: ("bad", "error"),
    Outcome.UNDETERMINED: ("open", "help"),
    Outcome.EXCUSED: ("calm", "verified_user"),
    AlertStatus.OPEN: ("warn", "notifications_active"),
    AlertStatus.NOTIFIED: ("calm", "outgoing_mail"),
    AlertStatus.ANSWERED: ("open", "mark_chat_read"),
    AlertStatus.SILENT: ("warn", "voice_over_off"),
    AlertStatus.PROPOSED: ("open", "how_to_reg"),
    AlertStatus.CONFIRMED: ("bad", "gavel"),
    AlertStatus.DISMISSED: ("calm", "do_not_disturb_on"),
    AlertStatus.WAIVED: ("calm", "handshake"),
    AlertStatus.CURED: ("good", "task_alt"),
    AlertStatus.CLOSED: ("calm", "inventory_2"),
    AlertStatus.WITHDRAWN: ("calm", "undo"),
    RunStatus.RUNNING: ("calm", "hourglass_top"),
    RunStatus.SUCCEEDED: ("good", "check_circle"),
    RunStatus.PARTIAL: ("warn", "warning"),
    RunStatus.FAILED: ("bad", "error"),
}


def badge(tone: str, sign: str, text: Text) -> SafeString:
    """A state in writing, with an icon; the colour only repeats it."""
    return format_html('<span class="state state-{}">{}{}</span>', tone, icon(sign), text)


def state(value: str, label: Text) -> SafeString:
    """The badge of an outcome, an alert's status or a run's status."""
    return badge(*STATES.get(value, ("calm", "circle")), label)


def days_left(due_on: date | None, today: date) -> SafeString | str:
    """How far a due date is from today: "3 days left", "today", "2 days over"."""
    if due_on is None:
        return "–"
    days = (due_on - today).days
    if days < 0:
        text = ngettext("%(days)d day over", "%(days)d days over", -days) % {"days": -days}
        return badge("bad", "event_busy", text)
    if days == 0:
        return badge("warn", "today", gettext("due today"))
    text = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return badge("warn" if days <= 3 else "calm", "event_upcoming", text)


def time_left(outcome: str, due_on: date | None, today: date, days_late: int | None = None) -> SafeString | str:
    """The days left while a duty can still be done in time, or by how many days it is late.

    Of one that was done too late, or is a state of its own, it says only that its time is over:
    the finding itself tells the rest.
    """
    if days_late is not None:
        return days_left(today - timedelta(days=days_late), today)
    if outcome == Outcome.NOT_MET and due_on is not None:
        return badge("bad", "event_busy", gettext("past its time"))
    running = outcome in (Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED)
    return days_left(due_on, today) if running else "–"


_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def unbroken(text: Text) -> SafeString:
    """A text whose dates stay in one piece at the end of a line."""
    parts: list[SafeString] = []
    written, end = str(text), 0
    for match in _ISO.finditer(written):
        parts += [
            format_html("{}", written[end : match.start()]),
            format_html('<span class="o-unbroken">{}</span>', match[0]),
        ]
        end = match.end()
    return mark_safe("".join([*parts, format_html("{}", written[end:])]))


def contract_state(contract: Contract, *, is_looked_at: bool = True) -> SafeString:
    """Whether a contract is in force today; without the green of what is well where nobody has looked at it."""
    today = clock.today()
    if today < contract.starts_on:
        return badge("calm", "schedule", gettext("not yet in force"))
    if today <= contract.last_day:
        tone = ("good", "check_circle") if is_looked_at else ("calm", "radio_button_unchecked")
        return badge(*tone, gettext("in force"))
    if contract.terminated_on:
        return badge("bad", "cancel", gettext("terminated"))
    return badge("calm", "event_available", gettext("ended"))


def row_url(request: HttpRequest, label: str, pk: Any) -> str | None:
    """The admin page of a row that a finding names, or None where this user has none."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    model_admin = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    if pk is None or model_admin is None or not model_admin.has_view_permission(request):
        return None
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[pk])


def day_url(request: HttpRequest, label: str, contract_id: int, text: str) -> str | None:
    """The page of a contract's day (its admin's `day_page`, else the list), for evidence that names a day and no row.

    Roll-ups are rewritten when facts change, so that a finding names their day: "2025-06-21 44/45".
    """
    try:
        model, day = apps.get_model(label), date.fromisoformat(text[:10])
    except (LookupError, ValueError):
        return None
    model_admin = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    if not hasattr(model, "day") or model_admin is None:
        return None
    if not model_admin.has_view_permission(request):
        return None
    if page := getattr(model_admin, "day_page", ""):
        return f"{reverse(page)}?{urlencode({'contract': contract_id, 'day': day})}"
    options = model._meta
    query = urlencode({"contract__id__exact": contract_id, "day__exact": day})
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist") + f"?{query}"


def may_read(request: HttpRequest, label: str) -> bool:
    """Whether this user may read rows of a model; nobody is kept from what has no table."""
    try:
        options = apps.get_model(label)._meta
    except (LookupError, ValueError):
        return True
    return bool(request.user.has_perm(f"{options.app_label}.view_{options.model_name}"))


def query_of(**values: Any) -> str:
    """What stands behind the question mark of an address."""
    return urlencode({name: str(value) for name, value in values.items()})


def model_name(label: str) -> str:
    """What a row of this model is called, for the reader; empty for an unknown label."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


def column(label: Text, path: str, ordering: str = "") -> Any:
    """A column of a list: what a row leads to by `path`, in writing."""

    @display(description=label, ordering=ordering or path)
    def show(self: Any, row: Any) -> str:
        for name in path.split("__"):
            row = getattr(row, name)
        return str(row)

    return show


def link(url: str | None, text: Text) -> SafeString | Text:
    return format_html('<a class="row-link" href="{}">{}</a>', url, text) if url else text
