"""Findings become assessments, alerts and events, in sets."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as _

from contract import registry
from contract.batch import Batch, RunResult
from contract.choices import ALERTING, DECIDED_STATUSES, AlertStatus, Outcome
from contract.findings import Evidence, Finding, Message, Subject, plain
from contract.models import Alert, AlertEvent, Assessment, EvaluationRun
from contract.signals import alerts_moved

Key = tuple[int, str, str]
# What the content of an assessment holds beside its fingerprint.
NOT_COMPARED = ("figures", "message_id", "message_params", "evidence")

# A decided alert stays decided, unless what was looked at has become certain since.
DECIDED = DECIDED_STATUSES | {AlertStatus.CLOSED}
# The other side was told, or asked, about what is found now.
HEARING = frozenset({AlertStatus.NOTIFIED, AlertStatus.ANSWERED, AlertStatus.SILENT})


def record(*, run: EvaluationRun, batch: Batch, result: RunResult, at: datetime) -> int:
    """Keep the findings of a batch; returns the number of new assessments.

    A fixed number of queries: the current assessments and alerts are read once, the new ones
    written in sets.
    """
    held = Assessment.objects.filter(contract_id__in=batch.ids, is_current=True).defer(*NOT_COMPARED)
    if alone := [check_id for check_id in registry.checks() if all((pk, check_id) in batch.left for pk in batch.ids)]:
        held = held.exclude(check_id__in=alone)
    current = {_key_of(row): row for row in held if (row.contract_id, row.check_id) not in batch.left}
    found = {(f.contract_id, f.check_id, f.key): f for f in result.findings}
    clauses = {contract.pk: contract.obligations for contract in batch.contracts}
    changed = [f for key, f in found.items() if _differs(current.get(key), f)]
    vanished = [
        _withdrawn(row)
        for key, row in current.items()
        if key not in found and not row.is_withdrawn and (row.contract_id, row.check_id) not in result.errors
    ]
    if not changed and not vanished:
        return 0

    fresh: list[Assessment] = []
    for finding, withdrawn in [(f, False) for f in changed] + [(f, True) for f in vanished]:
        old = current.get((finding.contract_id, finding.check_id, finding.key))
        clause = clauses[finding.contract_id].get(finding.check_id, old.clause_ref if old else "")
        fresh.append(_assessment(run, finding, clause, old, withdrawn, at))
    Assessment.objects.filter(pk__in=[row.supersedes_id for row in fresh if row.supersedes_id]).update(is_current=False)
    fresh = Assessment.objects.bulk_create(fresh, batch_size=500)
    _raise_alerts(fresh, batch, at)
    return len(fresh)


def _raise_alerts(fresh: Sequence[Assessment], batch: Batch, at: datetime) -> None:
    held = Alert.objects.filter(contract_id__in=batch.ids, check_id__in={row.check_id for row in fresh})
    alerts = {_key_of(alert): alert for alert in held}
    new, updated = [], []
    events: list[tuple[Alert, AlertEvent]] = []
    for row in fresh:
        alert = alerts.get(_key_of(row))
        if alert is None:
            if row.outcome not in ALERTING:
                continue
            alert = Alert(
                contract_id=row.contract_id,
                check_id=row.check_id,
                clause_ref=row.clause_ref,
                owed_by=row.owed_by,
                key=row.key,
                outcome=row.outcome,
                assessment=row,
                raised_on=batch.as_of,
            )
            new.append(alert)
            events.append((alert, _event(alert, "", row, batch, at)))
            continue
        before, was = alert.status, alert.outcome
        alert.status = _next_status(alert, row)
        if alert.status == AlertStatus.OPEN and before != AlertStatus.OPEN:
            _begin_round(alert)
            if before == AlertStatus.WITHDRAWN:  # raised for a day that had not come: now it is true
                alert.raised_on = batch.as_of
        alert.outcome, alert.assessment, alert.owed_by = row.outcome, row, row.owed_by
        alert.version += 1
        updated.append(alert)
        if (before, was) != (alert.status, alert.outcome):
            events.append((alert, _event(alert, before, row, batch, at)))
    Alert.objects.bulk_create(new, batch_size=500)
    Alert.objects.bulk_update(
        updated,
        [
            "status",
            "outcome",
            "assessment",
            "owed_by",
            "raised_on",
            "version",
            "round",
            "notified_on",
            "answer_due_on",
            "heard_on",
            "decided_as",
        ],
        500,
    )
    for alert, event in events:
        event.alert = alert
    written = AlertEvent.objects.bulk_create([event for _alert, event in events], batch_size=500)
    alerts_moved.send(Alert, events=written)


def _next_status(alert: Alert, row: Assessment) -> str:
    """The status of an alert under a new assessment: open, cured, or where people brought it.

    What has become certain since people looked is a new case to the other side: it opens again.
    """
    became_certain = row.outcome == Outcome.NOT_MET and alert.outcome != Outcome.NOT_MET
    if alert.status == AlertStatus.PROPOSED:
        return alert.status
    if alert.status == AlertStatus.WITHDRAWN:
        return AlertStatus.OPEN if row.outcome in ALERTING else alert.status
    # An alert that an excuse on record (not a review) has excused follows that record.
    by_record = alert.status == AlertStatus.EXCUSED and not alert.decided_as
    if alert.status in DECIDED and not by_record:
        return AlertStatus.OPEN if became_certain else alert.status
    if row.outcome == Outcome.EXCUSED:
        return AlertStatus.EXCUSED
    if row.outcome not in ALERTING:
        return AlertStatus.CURED
    return alert.status if alert.status in HEARING and not became_certain else AlertStatus.OPEN


def _begin_round(alert: Alert) -> None:
    """Open again: the other side is heard anew, and no decision stands any more."""
    alert.round += 1
    alert.notified_on = alert.answer_due_on = alert.heard_on = None
    alert.decided_as = ""


def _event(alert: Alert, before: str, row: Assessment, batch: Batch, at: datetime) -> AlertEvent:
    return AlertEvent(
        alert=alert,
        at=at,
        as_of=batch.as_of,
        from_status=before,
        to_status=alert.status,
        outcome=row.outcome,
        assessment=row,
    )


def _assessment(
    run: EvaluationRun, finding: Finding, clause: str, old: Assessment | None, withdrawn: bool, at: datetime
) -> Assessment:
    return Assessment(
        contract_id=finding.contract_id,
        run=run,
        check_id=finding.check_id,
        clause_ref=clause,
        owed_by=_owed_by(finding, old if withdrawn else None),
        key=finding.key,
        as_of=run.as_of,
        outcome=finding.outcome,
        subject_label=finding.subject.label,
        subject_pk=finding.subject.pk,
        subject_name=finding.subject.name[:120],
        period_start=finding.period[0] if finding.period else None,
        period_end=finding.period[1] if finding.period else None,
        nominal_due_on=finding.nominal_due_on,
        legal_due_on=finding.legal_due_on,
        measured=finding.measured,
        required=finding.required,
        figures=plain(finding.figures),
        message_id=finding.message.msgid,
        message_params=finding.message.params,
        evidence=[{"label": e.label, "pk": e.pk, "text": e.text} for e in finding.evidence],
        fingerprint=finding.fingerprint,
        is_withdrawn=withdrawn,
        supersedes=old,
        created_at=at,
    )


def _owed_by(finding: Finding, withdrawn: Assessment | None) -> str:
    """Who owes it: as it was recorded, as the finding says, or as the check says."""
    if withdrawn is not None:
        return withdrawn.owed_by
    return finding.owed_by or registry.get(finding.check_id).owed_by


def _withdrawn(row: Assessment) -> Finding:
    """What stands in place of a finding whose facts are gone."""
    return Finding(
        check_id=row.check_id,
        contract_id=row.contract_id,
        outcome=Outcome.MET,
        subject=Subject(row.subject_label, row.subject_pk, row.subject_name),
        period=((row.period_start, row.period_end) if row.period_start and row.period_end else None),
        message=Message(_("The facts on which this finding rested were corrected; nothing is owed any more.")),
        evidence=(Evidence("contract.Assessment", row.pk, row.measured),),
    )


def _differs(old: Assessment | None, finding: Finding) -> bool:
    return old is None or old.is_withdrawn or old.fingerprint != finding.fingerprint


def _key_of(row: Assessment | Alert) -> Key:
    return (row.contract_id, row.check_id, row.key)
