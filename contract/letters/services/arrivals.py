"""That a letter reached the other side: recorded once, corrected by another record; what it is about follows."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import selectors
from contract.delivery.choices import Event
from contract.delivery.services import events
from contract.letters.models import Notice, NoticeArrival
from contract.letters.services.notices import notice_data, require_office
from contract.letters.services.subjects import subject_kind
from contract.models import Contract
from contract.records import reason_given
from contract.services.steps import local, require, who
from kit.errors import Conflict
from law.periods import deadline_after


@transaction.atomic
def record_arrival(
    *,
    notice: Notice,
    arrived_on: date,
    means: str,
    actor: Any,
    at: datetime,
    on: date,
    received_by: str = "",
    note: str = "",
    proof: Any = None,
) -> NoticeArrival:
    """Record that a letter reached the other side: the times that it sets run from this day.

    The vendor acknowledges through the system, the office records any other way. Conflict where
    the arrival is on record already.
    """
    require(actor, "contract.add_noticearrival")
    list(Contract.objects.select_for_update().filter(pk=notice.contract_id))
    known = notice.arrivals.select_related("recorded_by").first()
    if known is not None:
        raise Conflict(
            _("%(who)s recorded the arrival at %(when)s; it arrived on %(day)s.")
            % {"who": who(known.recorded_by), "when": local(known.recorded_at), "day": known.arrived_on}
        )
    said = {"means": means, "received_by": received_by, "note": note, "proof": proof}
    return _arrive(NoticeArrival(notice=notice, **said), arrived_on, actor, at, on)


@transaction.atomic
def correct_arrival(
    *,
    arrival: NoticeArrival,
    reason: str,
    arrived_on: date,
    means: str,
    actor: Any,
    at: datetime,
    on: date,
    received_by: str = "",
    note: str = "",
    proof: Any = None,
) -> NoticeArrival:
    """Correct a record of an arrival that was wrong: a new one names it, and the times follow the right day.

    The office's to do. Conflict where it was corrected already; what was decided or answered in reliance on the
    day keeps it (`contract.services.notifications`).
    """
    require(actor, "contract.add_noticearrival")
    notice = arrival.notice
    require_office(actor, notice.contract)
    list(Contract.objects.select_for_update().filter(pk=notice.contract_id))
    standing = notice.arrivals.first()
    if standing != arrival:
        raise Conflict(_("This record was corrected already. Reload the page."))
    right = NoticeArrival(
        notice=notice,
        means=means,
        received_by=received_by,
        note=note,
        proof=proof or arrival.proof,
        corrects=arrival,
        correction_reason=reason_given(reason, "reason"),
    )
    return _arrive(right, arrived_on, actor, at, on)


def _arrive(arrival: NoticeArrival, arrived_on: date, actor: Any, at: datetime, on: date) -> NoticeArrival:
    """Write an arrival, or its correction, and let what the letter is about follow."""
    notice = arrival.notice
    if arrived_on > on:
        raise ValidationError({"arrived_on": _("This day has not come yet.")})
    if arrived_on < notice.issued_on:
        raise ValidationError({"arrived_on": _("The letter was issued only on %(day)s.") % {"day": notice.issued_on}})
    batch = selectors.batch([notice.contract_id], arrived_on)
    facts = batch.contracts[0]
    due = deadline_after(
        arrived_on, days=notice.days, roll=facts.roll(max(arrived_on, facts.starts_on)), calendar=batch.calendar
    )
    arrival.arrived_on, arrival.nominal_due_on, arrival.legal_due_on = arrived_on, due.nominal, due.legal
    arrival.received_by, arrival.note = arrival.received_by.strip(), arrival.note.strip()
    arrival.recorded_by, arrival.recorded_at = actor, at
    arrival.full_clean()
    arrival.save()
    for subject in notice.subjects.all():
        kind = subject_kind(subject.subject_label)
        follower = kind.moved if arrival.corrects else kind.arrived
        if follower is not None:
            follower(pk=subject.subject_pk, arrival=arrival, actor=actor, at=at, on=on)
    number = {"number": notice.number}
    events.tell(
        event=Event.NOTICE_ARRIVED,
        contract=notice.contract,
        at=at,
        dedupe_key=f"notice-arrival-corrected:{arrival.pk}" if arrival.corrects else f"notice-arrived:{notice.pk}",
        title=(
            _("The arrival of letter %(number)s was corrected")
            if arrival.corrects
            else _("Letter %(number)s has arrived")
        )
        % number,
        text=_("Arrived on %(day)s; the time that it sets ends on %(due)s.") % {"day": arrived_on, "due": due.last_day},
        data={"notice": notice_data(notice), "arrived_on": arrived_on.isoformat(), "due_on": due.last_day.isoformat()},
    )
    return arrival
