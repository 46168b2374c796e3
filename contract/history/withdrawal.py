"""Takes back what was recorded for days that have not come: a wrong clock, a wrong `--as-of`.

Nothing is deleted. The runs, assessments and events stay and count for nothing: a correction with
reason and author follows each. An alert that was raised for such a day is withdrawn; one that
stood before stands again as the change log has it from before. Afterwards the days that have come
are evaluated like any that were missed (`contract.services.catch_up`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contract import acting
from contract.choices import AlertStatus, ChangeKind, Outcome, RunStatus, RunTrigger
from contract.findings import Message
from contract.history.content import decode
from contract.history.models import ChangeEntry
from contract.models import Alert, AlertEvent, Assessment, Contract, EvaluationRun
from contract.records import reason_given
from contract.selectors.evaluation import ahead
from contract.services.standing import look_again
from contract.services.steps import require
from contract.signals import alerts_moved

TAKEN_BACK = gettext_noop("Recorded for %(day)s, which had not come, and taken back: %(reason)s")
# What an evaluation changes of an alert.
MOVED = ("status", "outcome", "round", "notified_on", "answer_due_on", "heard_on", "decided_as", "raised_on")


@dataclass(frozen=True)
class Withdrawn:
    """How much was taken back."""

    runs: int
    assessments: int
    raised: int
    restored: int
    left: int
    """Alerts that people have moved on since: they stand where people brought them."""


@transaction.atomic
def withdraw(*, today: date, at: datetime, actor: Any, reason: str) -> Withdrawn:
    """Take back every evaluation of a day after today.

    Raises PermissionDenied for whoever may not; ValidationError where there is nothing to take
    back, where no reason is given, or while a proposal about one of the alerts is undecided.
    """
    require(actor, "contract.change_alert")
    reason = reason_given(reason, "reason")
    runs = list(ahead(today).select_for_update())
    if not runs:
        raise ValidationError(_("There is no evaluation of a day after %(today)s.") % {"today": today})
    list(Contract.objects.select_for_update().order_by("pk"))
    with acting.acting(actor=actor):
        made = EvaluationRun.objects.create(
            as_of=today,
            trigger=RunTrigger.CORRECTION,
            status=RunStatus.SUCCEEDED,
            started_at=at,
            finished_at=at,
            error=reason,
        )
        standing = _supersede(runs, made, at, reason)
        moves = _moves(runs, today)
        raised, restored, left = _take_back(moves, standing, today, at, actor, reason)
        look_again()
        EvaluationRun.objects.filter(pk__in=[run.pk for run in runs]).update(
            status=RunStatus.WITHDRAWN, withdrawn_at=at, withdrawn_by=actor, withdrawal_reason=reason
        )
    return Withdrawn(len(runs), len(standing), raised, restored, left)


def _supersede(
    runs: Iterable[EvaluationRun], made: EvaluationRun, at: datetime, reason: str
) -> dict[tuple[int, str, str], Assessment]:
    """A correction after each assessment of these runs that is current, by what it speaks of."""
    wrong = list(Assessment.objects.filter(run__in=runs, is_current=True).order_by("pk"))
    Assessment.objects.filter(pk__in=[row.pk for row in wrong]).update(is_current=False)
    corrections = []
    for row in wrong:
        message = Message(TAKEN_BACK, day=row.as_of, reason=reason)
        corrections.append(
            Assessment(
                contract_id=row.contract_id,
                run=made,
                check_id=row.check_id,
                clause_ref=row.clause_ref,
                owed_by=row.owed_by,
                key=row.key,
                as_of=made.as_of,
                outcome=Outcome.MET,
                subject_label=row.subject_label,
                subject_pk=row.subject_pk,
                subject_name=row.subject_name,
                period_start=row.period_start,
                period_end=row.period_end,
                message_id=message.msgid,
                message_params=message.params,
                evidence=[{"label": "contract.Assessment", "pk": row.pk, "text": row.measured}],
                fingerprint="",
                is_withdrawn=True,
                supersedes=row,
                created_at=at,
            )
        )
    return {(row.contract_id, row.check_id, row.key): row for row in Assessment.objects.bulk_create(corrections)}


def _moves(runs: Iterable[EvaluationRun], today: date) -> dict[int, AlertEvent]:
    """The first move of each alert that these runs made; it bears the instant of its run."""
    begun = {run.started_at for run in runs}
    found: dict[int, AlertEvent] = {}
    for event in AlertEvent.objects.filter(as_of__gt=today, actor=None, at__in=begun).order_by("pk"):
        found.setdefault(event.alert_id, event)
    return found


def _take_back(
    moves: dict[int, AlertEvent],
    standing: dict[tuple[int, str, str], Assessment],
    today: date,
    at: datetime,
    actor: Any,
    reason: str,
) -> tuple[int, int, int]:
    alerts = Alert.objects.select_for_update(of=("self",)).in_bulk(list(moves))
    _refuse_proposals(alerts.values())
    touched = set(AlertEvent.objects.filter(alert__in=moves).exclude(actor=None).values_list("alert_id", "pk"))
    events, raised, restored, left = [], 0, 0, 0
    for pk, first in moves.items():
        alert = alerts[pk]
        before = alert.status
        if first.from_status == "":
            alert.status = AlertStatus.WITHDRAWN
            raised += 1
        elif any(other == pk and number > first.pk for other, number in touched):
            left += 1
            continue
        else:
            for name, value in _before(first).items():
                setattr(alert, name, value)
            restored += 1
        alert.assessment = standing.get((alert.contract_id, alert.check_id, alert.key), alert.assessment)
        alert.version += 1
        events.append(
            AlertEvent(
                alert=alert,
                at=at,
                as_of=today,
                from_status=before,
                to_status=alert.status,
                outcome=alert.outcome,
                assessment=alert.assessment,
                actor=actor,
                note=reason,
            )
        )
    Alert.objects.bulk_update([event.alert for event in events], [*MOVED, "assessment", "version"], 500)
    written = AlertEvent.objects.bulk_create(events, batch_size=500)
    alerts_moved.send(Alert, events=[event for event in written if event.to_status == AlertStatus.WITHDRAWN])
    return raised, restored, left


def _before(first: AlertEvent) -> dict[str, Any]:
    """What an alert held before a move, out of the change log; of older ones only the status is known."""
    said = ChangeEntry.objects.filter(label="contract.AlertEvent", row_pk=first.pk, kind=ChangeKind.ADDED).first()
    changes = ChangeEntry.objects.filter(label="contract.Alert", row_pk=first.alert_id, kind=ChangeKind.CHANGED)
    moved = said and changes.filter(pk__lt=said.pk).order_by("-pk").first()
    if not moved or moved.changes.get("status", [None, None])[1] != first.to_status:
        return {"status": first.from_status}
    fields: Any = {field.attname: field for field in Alert._meta.concrete_fields}
    found: dict[str, Any] = {}
    for entry in changes.filter(pk__gte=moved.pk).order_by("pk"):  # of each figure the first one lost
        for name, (old, _new) in entry.changes.items():
            if name in MOVED:
                found.setdefault(name, decode(fields[name], old))
    return found


def _refuse_proposals(alerts: Iterable[Alert]) -> None:
    waiting = [str(alert.pk) for alert in alerts if alert.status == AlertStatus.PROPOSED]
    if waiting:
        raise ValidationError(
            _("A decision is proposed about alerts that would be taken back (%(alerts)s): decide on it first.")
            % {"alerts": ", ".join(waiting[:20])}
        )
