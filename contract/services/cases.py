"""The steps between an alert and its decision: answered or silent, more time, closed.

Who is told stands in `notifications.py`, who decides in `reviews.py`. Every step locks the alert and
is kept as an event; `on` is the Beijing day on which it is taken, `at` the instant at which it was
entered.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import selectors
from contract.choices import DECIDED_STATUSES, GONE, AlertStatus, PartySide, ResponseMeans
from contract.models import Alert, AlertEvent, Response, ResponseFile, TimeExtension
from contract.records import reason_given
from contract.rules import cases as rules
from contract.services.steps import local, locked, move, require, who
from contract.signals import alerts_moved
from kit.errors import Conflict

MAX_FILES = 10
MAX_RESPONSES = 20


@transaction.atomic
def answer(
    *,
    alert: Alert,
    statement: str,
    actor: Any,
    at: datetime,
    on: date,
    arrived_on: date | None = None,
    files: Sequence[Any] = (),
    means: str = ResponseMeans.SYSTEM,
    document: str = "",
    side: str = PartySide.VENDOR,
) -> Response:
    """Take what a side says to an alert about its duty, with its files.

    In time it counts as the answer; late it is taken all the same and marked. What is said before
    the notification, or while a proposal waits, is kept beside the case and moves nothing.
    """
    require(actor, "contract.add_response")
    row = locked(alert)
    arrived = arrived_on or on
    if row.status == AlertStatus.CLOSED:
        raise Conflict(_("This case is closed. Ask the office to look at it again."))
    if row.status in GONE:
        status = row.get_status_display()
        raise Conflict(_("This alert is %(status)s: there is nothing left to answer.") % {"status": status})
    if arrived > on:
        raise ValidationError({"arrived_on": _("This day has not come yet.")})
    if row.notified_on and arrived < row.notified_on:
        raise ValidationError({"arrived_on": _("The vendor was told only on %(day)s.") % {"day": row.notified_on}})
    if len(files) > MAX_FILES:
        raise ValidationError({"files": _("At most %(limit)d files.") % {"limit": MAX_FILES}})
    if row.responses.count() >= MAX_RESPONSES:
        raise ValidationError(
            _("At most %(limit)d answers to an alert; put the rest on paper.") % {"limit": MAX_RESPONSES}
        )
    due = row.answer_due_on
    given = Response(
        alert=row,
        round=row.round,
        side=side,
        statement=statement.strip(),
        means=means,
        document=document.strip(),
        arrived_on=arrived,
        due_on=due,
        given_by=actor,
        given_at=at,
        is_late=due is not None and arrived > due and not _more_time_asked(row),
    )
    given.full_clean()
    given.save()
    for file in files:
        _attach(given, file)
    waiting = row.status in (AlertStatus.NOTIFIED, AlertStatus.SILENT)
    status, heard = (AlertStatus.ANSWERED, arrived) if waiting else (row.status, row.heard_on)
    move(row, status, at=at, on=on, actor=actor, note=given.statement, heard_on=heard)
    return given


def _attach(given: Response, file: Any) -> ResponseFile:
    content = file.read()
    file.seek(0)
    kept = ResponseFile(
        response=given,
        name=str(getattr(file, "name", "") or _("file"))[-120:],
        file=file,
        size=len(content),
        sha256=sha256(content).hexdigest(),
    )
    try:
        kept.full_clean()
    except ValidationError as error:
        texts = [text for texts in error.message_dict.values() for text in texts]
        raise ValidationError({"files": [f"{kept.name}: {text}" for text in texts]}) from error
    kept.save()
    return kept


@transaction.atomic
def ask_extension(*, alert: Alert, until_on: date, reason: str, actor: Any, at: datetime, on: date) -> TimeExtension:
    """Ask, in time, for more time to answer. Until it is decided the clock rests."""
    require(actor, "contract.add_timeextension")
    row = locked(alert)
    if row.status != AlertStatus.NOTIFIED or row.answer_due_on is None:
        raise Conflict(_("No time to answer is running."))
    if _more_time_asked(row):
        raise Conflict(_("More time was asked for already; the office has not decided yet."))
    if row.extensions.filter(round=row.round, is_granted=False).exists():
        raise Conflict(_("The office has refused more time in this case."))
    if on > row.answer_due_on:
        raise Conflict(_("The time to answer ended on %(day)s.") % {"day": row.answer_due_on})
    limit = _limit(row, on, on)
    if until_on > limit:
        raise ValidationError({"until_on": _("More time reaches to %(day)s at most.") % {"day": limit}})
    asked = TimeExtension(
        alert=row,
        round=row.round,
        asked_on=on,
        until_on=until_on,
        reason=reason_given(reason, "reason"),
        due_before=row.answer_due_on,
        asked_by=actor,
        asked_at=at,
    )
    asked.full_clean()
    asked.save()
    move(row, row.status, at=at, on=on, actor=actor, note=asked.reason)
    return asked


@transaction.atomic
def decide_extension(
    *,
    extension: TimeExtension,
    grant: bool,
    actor: Any,
    at: datetime,
    on: date,
    reason: str = "",
    until_on: date | None = None,
) -> TimeExtension:
    """Grant more time (all that was asked for, or to `until_on`), or refuse it with a reason.

    A refusal gives back the days during which the clock rested.
    """
    require(actor, "contract.change_timeextension")
    row = locked(extension.alert)
    asked = TimeExtension.objects.select_related("decided_by").get(pk=extension.pk)
    if not asked.is_open:
        raise Conflict(
            _("%(who)s decided this request at %(when)s.")
            % {"who": who(asked.decided_by), "when": local(asked.decided_at)}
        )
    if row.status != AlertStatus.NOTIFIED or row.round != asked.round:
        raise Conflict(_("The case has moved on: no time to answer is running."))
    batch = selectors.batch([row.contract_id], on)
    resumed = rules.resumed_deadline(batch.contracts[0], asked.due_before, asked.asked_on, on, batch.calendar)
    due = resumed.last_day
    if grant:
        wanted = until_on or max(asked.until_on, due)
        limit = max(_limit(row, asked.asked_on, on), due)
        if not asked.due_before < wanted <= limit:
            raise ValidationError(
                {
                    "until_on": _("Give a day after %(first)s and not after %(last)s.")
                    % {"first": asked.due_before, "last": limit}
                }
            )
        if wanted < due:
            raise ValidationError({"until_on": _("Without more time it would already run to %(day)s.") % {"day": due}})
        due = wanted
    asked.is_granted, asked.due_after, asked.decision_reason = grant, due, reason.strip()
    asked.decided_on, asked.decided_by, asked.decided_at = on, actor, at
    asked.full_clean()
    asked.save()
    move(row, row.status, at=at, on=on, actor=actor, note=asked.decision_reason, answer_due_on=due)
    return asked


def record_silence(*, as_of: date, at: datetime, contract_ids: Iterable[int] | None = None) -> list[Alert]:
    """Record that no answer came in time. Silence is a fact, never consent.

    Run by the nightly evaluation; a second run finds nothing left. While more time is asked for
    the clock rests.
    """
    with transaction.atomic():
        due = Alert.objects.select_for_update().filter(status=AlertStatus.NOTIFIED, answer_due_on__lt=as_of)
        if contract_ids is not None:
            due = due.filter(contract_id__in=list(contract_ids))
        rows = list(due.order_by("pk"))
        if not rows:
            return []
        asked = set(
            TimeExtension.objects.filter(alert__in=rows, is_granted__isnull=True).values_list("alert_id", "round")
        )
        silent = [row for row in rows if (row.pk, row.round) not in asked]
        for row in silent:
            row.status, row.heard_on = AlertStatus.SILENT, as_of
            row.version += 1
        Alert.objects.bulk_update(silent, ["status", "heard_on", "version"], 500)
        told = AlertEvent.objects.bulk_create(
            [
                AlertEvent(
                    alert=row,
                    at=at,
                    as_of=as_of,
                    from_status=AlertStatus.NOTIFIED,
                    to_status=AlertStatus.SILENT,
                    outcome=row.outcome,
                    assessment_id=row.assessment_id,
                )
                for row in silent
            ],
            batch_size=500,
        )
        alerts_moved.send(Alert, events=told)
    return silent


@transaction.atomic
def close(*, alert: Alert, reason: str, actor: Any, at: datetime, on: date, version: int | None = None) -> Alert:
    """Close a decided case: nothing more is to be done. The decision stands."""
    require(actor, "contract.change_alert")
    row = locked(alert, version)
    if row.status not in DECIDED_STATUSES or not row.decided_as:
        raise Conflict(
            _("Only a decided case is closed; this one stands at “%(status)s”.") % {"status": row.get_status_display()}
        )
    move(row, AlertStatus.CLOSED, at=at, on=on, actor=actor, note=reason_given(reason, "reason"))
    return row


def _more_time_asked(alert: Alert) -> bool:
    return alert.extensions.filter(round=alert.round, is_granted__isnull=True).exists()


def _limit(alert: Alert, asked_on: date, on: date) -> date:
    """The last day to which the time to answer may reach: days that it rested do not count."""
    told = alert.notifications.get(round=alert.round, corrected_by__isnull=True)
    contract = selectors.contract_facts(alert.contract_id, asked_on)
    rested = on - asked_on
    for row in alert.extensions.filter(round=alert.round, decided_on__isnull=False):
        if row.decided_on is not None:
            rested += row.decided_on - row.asked_on
    return rules.extension_limit(contract, told.answer_due_on, asked_on) + rested
