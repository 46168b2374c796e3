"""How a case moves on: the alert locked, its version checked, each step kept as an event."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from contract.models import Alert, AlertEvent
from contract.signals import alerts_moved
from kit.errors import Conflict


def locked(alert: Alert, version: int | None = None) -> Alert:
    """The alert as it stands, one writer at a time. Conflict where it moved on since `version`.

    Call it inside a transaction. None is for callers that have seen no page: a notice that
    arrived, a job.
    """
    row = Alert.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=alert.pk)
    if version is not None and row.version != version:
        raise Conflict(stale(row))
    return row


def stale(alert: Alert) -> str:
    """Who moved the alert on and when, for somebody whose page is older than that."""
    last = alert.events.select_related("actor").order_by("-pk").first()
    if last is None or last.actor is None:
        return _("This alert has changed since you opened it. Reload the page and look again.")
    return _("%(who)s moved this alert on at %(when)s (%(status)s). Reload the page and look again.") % {
        "who": who(last.actor),
        "when": local(last.at),
        "status": last.get_to_status_display(),
    }


def move(
    alert: Alert, status: str, *, at: datetime, on: date, actor: Any = None, note: str = "", **fields: Any
) -> None:
    """Give a locked alert its next status (or the same one, with something new to look at)."""
    before = alert.status
    values = {"status": status, "version": alert.version + 1, **fields}
    # The version once more: where no lock holds (none on SQLite), the second of two is refused.
    if not Alert.objects.filter(pk=alert.pk, version=alert.version).update(**values):
        raise Conflict(stale(alert))
    for name, value in values.items():
        setattr(alert, name, value)
    event = AlertEvent.objects.create(
        alert=alert,
        at=at,
        as_of=on,
        from_status=before,
        to_status=status,
        outcome=alert.outcome,
        assessment_id=alert.assessment_id,
        actor=actor,
        note=note,
    )
    alerts_moved.send(Alert, events=[event])


def require(actor: Any, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied(_("You have no permission for this step."))


def who(user: Any) -> str:
    """Somebody by name, as a colleague reads it."""
    return str(user.get_full_name() or user.get_username())


def local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
