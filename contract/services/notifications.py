"""That the other side was told of an alert: recorded, for several alerts at once, corrected.

Its time to answer runs from the arrival. Every record locks the alert and is kept as an event.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import selectors
from contract.choices import AlertStatus, Outcome
from contract.models import Alert, Notification
from contract.records import reason_given
from contract.rules import cases as rules
from contract.services.steps import local, locked, move, require, who
from kit.errors import Conflict

MAX_TOGETHER = 200
TELLABLE = (Outcome.AT_RISK, Outcome.NOT_MET, Outcome.UNDETERMINED)


@transaction.atomic
def notify(
    *,
    alert: Alert,
    arrived_on: date,
    means: str,
    actor: Any,
    at: datetime,
    on: date,
    version: int | None = None,
    recipient: str = "",
    document: str = "",
    note: str = "",
    source: tuple[str, int] | None = None,
    answer_by: date | None = None,
) -> Notification:
    """Record that the other side was told of an open alert on the day `arrived_on`.

    Its time to answer runs from there: the policy's days, or until `answer_by` where the notice
    names a later day. `source` is the row that carried the message, such as a numbered notice; without
    one, whom it reached and what proves it are asked for.
    Conflict where it was told already; ValidationError for an alert that is the office's own.
    """
    if source is None:  # whoever records the arrival of a letter was let in there
        require(actor, "contract.add_notification")
        _refuse_unproven(recipient, document, note)
    row = locked(alert, version)
    if not rules.is_heard(row.owed_by):
        raise ValidationError(_("This duty is the office's own: nobody else is asked. Propose a decision."))
    if row.status != AlertStatus.OPEN:
        raise Conflict(_already_told(row))
    if row.outcome not in TELLABLE:
        raise ValidationError(_("There is nothing to tell: nothing is wrong or at risk."))
    nominal, last = _answer_days(row, arrived_on, on, answer_by)
    told = Notification(
        alert=row,
        round=row.round,
        assessment_id=row.assessment_id,
        outcome=row.outcome,
        means=means,
        recipient=recipient.strip(),
        document=document.strip(),
        note=note.strip(),
        arrived_on=arrived_on,
        answer_nominal_due_on=nominal,
        answer_due_on=last,
        source_label=source[0] if source else "",
        source_pk=source[1] if source else None,
        recorded_by=actor,
        recorded_at=at,
    )
    told.full_clean()
    told.save()
    move(
        row, AlertStatus.NOTIFIED, at=at, on=on, actor=actor, note=told.note, notified_on=arrived_on, answer_due_on=last
    )
    return told


@transaction.atomic
def correct_notification(
    *,
    notification: Notification,
    reason: str,
    arrived_on: date,
    means: str,
    recipient: str,
    document: str,
    actor: Any,
    at: datetime,
    on: date,
    note: str = "",
    version: int | None = None,
    source: tuple[str, int] | None = None,
    answer_by: date | None = None,
) -> Notification:
    """Correct a record of telling that was wrong: a new one names it, and the time to answer follows.

    Once an answer has come or more time was asked for, the day of the arrival stays. A silence that was
    recorded too early is taken back. What a letter has carried follows the record of its arrival (`source`):
    without it Conflict.
    """
    if source is None:  # whoever corrects the arrival of a letter was let in there
        require(actor, "contract.add_notification")
        _refuse_unproven(recipient, document, note)
    row = locked(notification.alert, version)
    wrong = row.notifications.filter(round=row.round, corrected_by__isnull=True).first()
    if wrong is None or wrong.pk != notification.pk:
        raise Conflict(_("This record was corrected already, or belongs to an earlier round. Reload the page."))
    if wrong.source_label and (wrong.source_label, wrong.source_pk) != source:
        raise Conflict(_("A letter carried this message: its own record holds the arrival."))
    if row.status not in (AlertStatus.NOTIFIED, AlertStatus.SILENT, AlertStatus.ANSWERED):
        raise Conflict(_("The case has moved on: what was decided rests on this record."))
    nominal, last = _answer_days(row, arrived_on, on, answer_by)
    settled = row.status == AlertStatus.ANSWERED or row.extensions.filter(round=row.round).exists()
    if settled:
        if arrived_on != wrong.arrived_on:
            raise ValidationError(
                {"arrived_on": _("An answer, or a request for more time, rests on this day: it stays.")}
            )
        nominal, last = wrong.answer_nominal_due_on, wrong.answer_due_on
    right = Notification(
        alert=row,
        round=row.round,
        assessment_id=wrong.assessment_id,
        outcome=wrong.outcome,
        means=means,
        recipient=recipient.strip(),
        document=document.strip(),
        note=note.strip(),
        arrived_on=arrived_on,
        answer_nominal_due_on=nominal,
        answer_due_on=last,
        source_label=wrong.source_label,
        source_pk=wrong.source_pk,
        recorded_by=actor,
        recorded_at=at,
        corrects=wrong,
        correction_reason=reason_given(reason, "reason"),
    )
    right.full_clean()
    right.save()
    status, heard_on = row.status, row.heard_on
    if status == AlertStatus.SILENT and on <= last:
        status, heard_on = AlertStatus.NOTIFIED, None
    due = row.answer_due_on if settled else last
    said = right.correction_reason
    move(
        row, status, at=at, on=on, actor=actor, note=said, notified_on=arrived_on, answer_due_on=due, heard_on=heard_on
    )
    return right


def _refuse_unproven(recipient: str, document: str, note: str) -> None:
    """Whoever says that the vendor was told says whom it reached and what proves it."""
    problems = {}
    if not recipient.strip():
        problems["recipient"] = _("Whom did it reach? Name the person or the office that took it.")
    if not document.strip() and not note.strip():
        problems["document"] = _(
            "What proves it? Give the number of the letter, the receipt or the mail, or say it in the note."
        )
    if problems:
        raise ValidationError(problems)


def _answer_days(row: Alert, arrived_on: date, on: date, answer_by: date | None) -> tuple[date, date]:
    """The nominal and the last day to answer what arrived on a day."""
    if arrived_on > on:
        raise ValidationError({"arrived_on": _("This day has not come yet.")})
    if arrived_on < row.raised_on:
        raise ValidationError({"arrived_on": _("The alert was raised only on %(day)s.") % {"day": row.raised_on}})
    batch = selectors.batch([row.contract_id], on)
    due = rules.answer_deadline(batch.contracts[0], arrived_on, batch.calendar)
    last = due.last_day
    if answer_by is not None:
        if answer_by < last:
            raise ValidationError({"answer_by": _("The time to answer runs to %(day)s at least.") % {"day": last}})
        last = answer_by
    return due.nominal, last


@transaction.atomic
def notify_together(
    *,
    alerts: Iterable[Alert],
    arrived_on: date,
    means: str,
    actor: Any,
    at: datetime,
    on: date,
    recipient: str = "",
    document: str = "",
    note: str = "",
) -> list[Notification]:
    """Record one message about several alerts of one contract: all of them, or none."""
    rows = sorted(alerts, key=lambda alert: alert.pk)
    if len({row.contract_id for row in rows}) > 1:
        raise ValidationError(_("Choose alerts of one contract: a message goes to one vendor."))
    if len(rows) > MAX_TOGETHER:
        raise ValidationError(_("At most %(limit)d alerts at a time.") % {"limit": MAX_TOGETHER})
    told = []
    for row in rows:
        try:
            told.append(
                notify(
                    alert=row,
                    arrived_on=arrived_on,
                    means=means,
                    actor=actor,
                    at=at,
                    on=on,
                    recipient=recipient,
                    document=document,
                    note=note,
                )
            )
        except (Conflict, ValidationError) as error:
            if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
                raise
            text = str(error) if isinstance(error, Conflict) else " ".join(error.messages)
            raise ValidationError(
                _("%(alert)s: %(problem)s Nothing was recorded.") % {"alert": row, "problem": text}
            ) from error
    return told


def _already_told(alert: Alert) -> str:
    standing = alert.notifications.filter(round=alert.round, corrected_by__isnull=True)
    told = standing.select_related("recorded_by").first()
    if told is None:
        return _("This alert stands at “%(status)s”; it is not to be told any more.") % {
            "status": alert.get_status_display()
        }
    return _("%(who)s recorded the notification at %(when)s; it arrived on %(day)s.") % {
        "who": who(told.recorded_by),
        "when": local(told.recorded_at),
        "day": told.arrived_on,
    }
