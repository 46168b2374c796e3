"""The clocks of a person as a calendar to subscribe to: the steps that wait for them, and what falls due.

An address that a calendar program keeps is no place for names: an entry says what is due of which contract, and
where it is read, after signing in.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from contract import registry
from contract.choices import Holder, Outcome, Side
from contract.models import Assessment, Membership
from contract.selectors import alerts_addressed_to, cases, visible_contracts
from kit.ics import Entry

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
OPEN = (Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED)
ENTRIES_AT_MOST = 1000


def entries(user: User, on: date, address: str) -> list[Entry]:
    """What the calendar of this person holds on a day (a fixed number of queries). `address`: the server's."""
    parties = set(Membership.objects.filter(user=user.pk).values_list("party_id", flat=True))
    found = [*_steps(user, parties, on, address), *_dues(user, parties, on, address)]
    return sorted(found, key=lambda entry: (entry.day, entry.uid))[:ENTRIES_AT_MOST]


def _steps(user: User, parties: set[int], on: date, address: str) -> Iterator[Entry]:
    """The steps of cases that this person may take; of the vendor's people what the vendor is asked."""
    own = alerts_addressed_to(user).select_related("contract", "assessment")
    rows = own.filter(cases.VENDORS_TURN) | cases.waiting_for(user, own)
    alerts = list(rows.order_by("raised_on", "pk")[:ENTRIES_AT_MOST])
    for pk, ball in cases.balls(alerts, on).items():
        alert = next(alert for alert in alerts if alert.pk == pk)
        vendors = alert.contract.vendor_id in parties
        if ball.due_on is None or (ball.holder == Holder.VENDOR) != vendors:
            continue
        page = reverse("portal-alert", args=[pk]) if vendors else reverse("admin:contract_alert_change", args=[pk])
        title = f"{ball.step.label}：{registry.title(alert.check_id)}（{alert.contract.number}）"
        yield Entry(f"step-{pk}-{ball.step.value}@hotline-12345", ball.due_on, title, address + page)


def _dues(user: User, parties: set[int], on: date, address: str) -> Iterator[Entry]:
    """The last days of the duties of either side; of the office's duties the vendor is told nothing."""
    rows: Any = Assessment.objects.filter(
        contract__in=visible_contracts(user), is_current=True, is_withdrawn=False, outcome__in=OPEN
    ).select_related("contract")
    for row in rows.defer("figures", "evidence").order_by("nominal_due_on", "pk"):
        day, vendors = row.legal_due_on or row.nominal_due_on, row.contract.vendor_id in parties
        if day is None or not on - BEHIND <= day <= on + AHEAD or (vendors and row.owed_by == Side.OFFICE):
            continue
        page = reverse("portal") if vendors else reverse("admin:contract_assessment_change", args=[row.pk])
        title = _("Due: %(what)s (%(contract)s, %(side)s)") % {
            "what": registry.title(row.check_id),
            "contract": row.contract.number,
            "side": row.get_owed_by_display(),
        }
        known_by = sha256(f"{row.contract_id} {row.check_id} {row.key}".encode()).hexdigest()[:32]
        yield Entry(f"due-{known_by}@hotline-12345", day, title, address + page)
