"""What happened in a case, in its order: found, told, asked, answered, proposed, decided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from contract.admin.display import badge, state
from contract.choices import AlertStatus, Outcome
from contract.models import Alert, AlertEvent
from contract.services.steps import who
from law.periods import beijing_day

SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `on` is the day it speaks of, `at` when it was recorded."""

    at: datetime
    on: date
    mark: SafeString
    who: str = ""
    note: str = ""
    text: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)


def timeline(alert: Alert) -> list[Entry]:
    """Everything that happened, the oldest first (seven queries)."""
    events = list(alert.events.select_related("actor", "assessment"))
    entries = [
        *_found(events),
        *_told(alert),
        *_asked(alert),
        *_answered(alert),
        *_reviewed(alert, {event.at: event.as_of for event in events}),
    ]
    return sorted(entries, key=lambda entry: entry.at)[-SHOWN:]


def _found(events: list[AlertEvent]) -> Iterator[Entry]:
    """What the program found by itself, and the closing, which has no row of its own."""
    for event in events:
        if event.actor is None:
            mark = state(event.to_status, event.get_to_status_display())
            if event.to_status in (AlertStatus.OPEN, event.from_status):
                mark = state(event.outcome, event.get_outcome_display())
            said = "" if event.to_status == AlertStatus.SILENT else event.assessment.explanation
            if event.to_status == AlertStatus.SILENT:
                said = gettext("The time to answer passed without an answer. This is no consent.")
            yield Entry(event.at, event.as_of, mark, gettext("program"), text=said)
        elif event.to_status in (AlertStatus.CLOSED, AlertStatus.WITHDRAWN):
            mark = state(event.to_status, event.get_to_status_display())
            yield Entry(event.at, event.as_of, mark, who(event.actor), text=event.note)


def _told(alert: Alert) -> Iterator[Entry]:
    for told in alert.notifications.select_related("recorded_by", "corrected_by"):
        words = [told.get_means_display(), told.document, told.recipient]
        note = gettext("answer by %(day)s") % {"day": told.answer_due_on}
        mark = badge("calm", "outgoing_mail", gettext("Vendor told"))
        if told.corrects_id:
            mark = badge("calm", "edit_note", gettext("Vendor told (corrected record)"))
        if hasattr(told, "corrected_by"):
            mark = badge("calm", "undo", gettext("Vendor told (wrong record, corrected later)"))
        yield Entry(
            told.recorded_at,
            told.arrived_on,
            mark,
            who(told.recorded_by),
            f"{' · '.join(filter(None, words))} · {note}",
            " ".join(filter(None, [told.correction_reason, told.note])),
        )


def _asked(alert: Alert) -> Iterator[Entry]:
    for asked in alert.extensions.select_related("asked_by", "decided_by"):
        yield Entry(
            asked.asked_at,
            asked.asked_on,
            badge("open", "more_time", gettext("More time asked")),
            who(asked.asked_by),
            gettext("until %(day)s") % {"day": asked.until_on},
            asked.reason,
        )
        if asked.decided_at is None or asked.decided_on is None:
            continue
        mark = badge("good", "check_circle", gettext("More time granted"))
        if not asked.is_granted:
            mark = badge("warn", "block", gettext("More time refused"))
        yield Entry(
            asked.decided_at,
            asked.decided_on,
            mark,
            who(asked.decided_by),
            gettext("answer by %(day)s") % {"day": asked.due_after},
            asked.decision_reason,
        )


def _answered(alert: Alert) -> Iterator[Entry]:
    given = alert.responses.select_related("given_by").prefetch_related("files")
    for answer in given:
        label = gettext("Answered late") if answer.is_late else gettext("Answered")
        if answer.due_on is None:
            label = gettext("Statement before being told")
        files = [
            (file.name, reverse("admin:contract_alert_file", args=[alert.pk, file.pk])) for file in answer.files.all()
        ]
        words = [answer.get_means_display(), answer.document]
        yield Entry(
            answer.given_at,
            answer.arrived_on,
            badge("warn" if answer.is_late else "open", "chat", label),
            who(answer.given_by),
            " · ".join(filter(None, words)),
            answer.statement,
            files,
        )


def _reviewed(alert: Alert, days: dict[datetime, date]) -> Iterator[Entry]:
    """`days` are those of the events: where the day stands still, an instant says another one."""
    for review in alert.reviews.select_related("proposed_by", "decided_by").order_by("pk"):
        decision = review.get_decision_display()
        yield Entry(
            review.proposed_at,
            days.get(review.proposed_at, beijing_day(review.proposed_at)),
            badge("open", "how_to_reg", gettext("Proposed: %(what)s") % {"what": decision}),
            who(review.proposed_by),
            review.document,
            review.reason,
        )
        if review.decided_at is None:
            continue
        mark = state(Outcome.MET, gettext("Approved: %(what)s") % {"what": decision})
        if not review.is_approved:
            mark = state(AlertStatus.DISMISSED, gettext("Rejected: %(what)s") % {"what": decision})
        yield Entry(
            review.decided_at,
            days.get(review.decided_at, beijing_day(review.decided_at)),
            mark,
            who(review.decided_by),
            gettext("second person"),
            review.second_reason,
        )
