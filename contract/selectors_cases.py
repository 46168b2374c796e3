"""Reads of the cases: which alerts are breaches, and what both sides said about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from contract import selectors
from contract.choices import (
    DECIDED_STATUSES,
    UNDECIDED,
    AlertStatus,
    Decision,
    Outcome,
    Side,
)
from contract.models import Alert, AlertEvent, Review, TimeExtension
from contract.rules.cases import Ball, CaseFacts, ball


def breaches(contract_ids: Iterable[int]) -> QuerySet[Alert]:
    """The alerts whose last approved review confirms them: only so does a breach exist.

    Closed or open again, it stays a breach until another review corrects it.
    """
    last = (
        Review.objects.filter(alert=OuterRef("pk"), is_approved=True)
        .order_by("-pk")
        .values("decision")[:1]
    )
    return (
        Alert.objects.filter(contract_id__in=list(contract_ids))
        .annotate(last_decision=Subquery(last))
        .filter(last_decision=Decision.CONFIRM)
        .select_related("assessment", "contract")
        .order_by("pk")
    )


def case_facts(alerts: Iterable[Alert]) -> dict[int, CaseFacts]:
    """What says whose turn it is, for alerts with their assessments at hand (two queries)."""
    rows = list(alerts)
    ids = [alert.pk for alert in rows]
    events: dict[int, list[AlertEvent]] = defaultdict(list)
    for event in AlertEvent.objects.filter(alert_id__in=ids).order_by("pk"):
        events[event.alert_id].append(event)
    asked = {
        (alert_id, round_): asked_on
        for alert_id, round_, asked_on in TimeExtension.objects.filter(
            alert_id__in=ids, is_granted__isnull=True
        ).values_list("alert_id", "round", "asked_on")
    }
    return {
        alert.pk: CaseFacts(
            status=AlertStatus(alert.status),
            owed_by=Side(alert.owed_by),
            outcome=Outcome(alert.outcome),
            raised_on=alert.raised_on,
            became_on=_became_on(alert, events[alert.pk]),
            nominal_due_on=alert.assessment.nominal_due_on,
            legal_due_on=alert.assessment.legal_due_on,
            notified_on=alert.notified_on,
            answer_due_on=alert.answer_due_on,
            heard_on=alert.heard_on,
            extension_asked_on=asked.get((alert.pk, alert.round)),
            proposed_on=_last(events[alert.pk], {AlertStatus.PROPOSED}),
            decided_on=_last(events[alert.pk], DECIDED_STATUSES),
            is_decided_by_people=bool(alert.decided_as),
        )
        for alert in rows
    }


def balls(alerts: Iterable[Alert], as_of: date) -> dict[int, Ball]:
    """Who holds the ball in each of these cases, and until when (eight queries)."""
    rows = list(alerts)
    if not rows:
        return {}
    facts = case_facts(rows)
    shared = selectors.batch({alert.contract_id for alert in rows}, as_of)
    contracts = {contract.pk: contract for contract in shared.contracts}
    return {
        alert.pk: ball(contracts[alert.contract_id], facts[alert.pk], shared.calendar, as_of)
        for alert in rows
    }


def open_cases(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of the alerts that are not decided, by the day on which the next thing is due."""
    return (
        alerts.filter(status__in=UNDECIDED)
        .annotate(
            next_due_on=Case(
                When(status=AlertStatus.NOTIFIED, then=F("answer_due_on")),
                default=Coalesce("assessment__legal_due_on", "assessment__nominal_due_on"),
            )
        )
        .order_by(F("next_due_on").asc(nulls_last=True), "pk")
    )


def _became_on(alert: Alert, events: list[AlertEvent]) -> date:
    """The day since which the alert has its present outcome, and since which it is open."""
    since = alert.raised_on
    for event in reversed(events):
        if event.outcome != alert.outcome:
            break
        since = event.as_of
        if event.to_status == AlertStatus.OPEN != event.from_status:
            break
    return since


def _last(events: list[AlertEvent], statuses: Collection[str]) -> date | None:
    """The day of the last event that led to one of these."""
    return next((e.as_of for e in reversed(events) if e.to_status in statuses), None)
