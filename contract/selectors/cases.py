"""Reads of the cases: which alerts are breaches, and what both sides said about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from contract import selectors
from contract.batch import Batch
from contract.choices import DECIDED_STATUSES, UNDECIDED, AlertStatus, Decision, Outcome, Side, Step
from contract.models import Alert, AlertEvent, Excuse, Review, TimeExtension
from contract.rules.cases import Ball, CaseFacts, ball


def breaches(contract_ids: Iterable[int]) -> QuerySet[Alert]:
    """The alerts whose last approved review confirms them: only so does a breach exist.

    Closed or open again, it stays a breach until another review corrects it.
    """
    last = Review.objects.filter(alert=OuterRef("pk"), is_approved=True).order_by("-pk").values("decision")[:1]
    return (
        Alert.objects.filter(contract_id__in=list(contract_ids))
        .annotate(last_decision=Subquery(last))
        .filter(last_decision=Decision.CONFIRM)
        .select_related("assessment", "contract")
        .order_by("pk")
    )


def case_facts(alerts: Iterable[Alert]) -> dict[int, CaseFacts]:
    """What says whose turn it is, for alerts with their assessments at hand (two queries; one from `to_look_at`)."""
    rows = list(alerts)
    ids = [alert.pk for alert in rows]
    events: dict[int, list[Any]] = defaultdict(list)
    columns = ("alert_id", "as_of", "from_status", "to_status", "outcome")
    for event in AlertEvent.objects.filter(alert_id__in=ids).order_by("pk").values_list(*columns, named=True):
        events[event.alert_id].append(event)
    asked = _asked(rows)
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
            extension_asked_on=asked.get(alert.pk),
            proposed_on=_last(events[alert.pk], {AlertStatus.PROPOSED}),
            decided_on=_last(events[alert.pk], DECIDED_STATUSES),
            is_decided_by_people=bool(alert.decided_as),
        )
        for alert in rows
    }


def _asked(alerts: list[Any]) -> dict[int, date]:
    """By alert the day on which more time was asked for in its present round, where nobody has decided on it."""
    if all(hasattr(alert, "asked_on") for alert in alerts):
        return {alert.pk: alert.asked_on for alert in alerts}
    waiting = TimeExtension.objects.filter(
        alert__in=[alert.pk for alert in alerts], alert__round=F("round"), is_granted__isnull=True
    )
    return dict(waiting.values_list("alert_id", "asked_on"))


def balls(alerts: Iterable[Alert], as_of: date, shared: Batch | None = None) -> dict[int, Ball]:
    """Who holds the ball in each of these cases, and until when (eight queries; two where `shared` has been read)."""
    rows = list(alerts)
    if not rows:
        return {}
    facts = case_facts(rows)
    shared = shared or selectors.batch({alert.contract_id for alert in rows}, as_of)
    contracts = {contract.pk: contract for contract in shared.contracts}
    return {alert.pk: ball(contracts[alert.contract_id], facts[alert.pk], shared.calendar, as_of) for alert in rows}


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


# Who waits for whom, by the step that comes next, in terms of the database.
FAILED = Q(outcome__in=[Outcome.NOT_MET, Outcome.UNDETERMINED])
WAITS: dict[Step, Q] = {
    Step.NOTIFY: Q(status=AlertStatus.OPEN) & FAILED & ~Q(owed_by=Side.OFFICE),
    Step.ANSWER: Q(status=AlertStatus.NOTIFIED),
    Step.EXTENSION: Q(
        status=AlertStatus.NOTIFIED,
        pk__in=TimeExtension.objects.filter(is_granted__isnull=True, alert__round=F("round")).values("alert"),
    ),
    Step.PROPOSE: Q(status__in=[AlertStatus.ANSWERED, AlertStatus.SILENT])
    | (Q(status=AlertStatus.OPEN, owed_by=Side.OFFICE) & FAILED),
    Step.DECIDE: Q(status=AlertStatus.PROPOSED),
    Step.CLOSE: Q(status__in=DECIDED_STATUSES) & ~Q(decided_as=""),
}
# The vendor answers what it was told, and acts on what it is warned of.
VENDORS_TURN = (WAITS[Step.ANSWER] & ~WAITS[Step.EXTENSION]) | (
    Q(status=AlertStatus.OPEN, outcome=Outcome.AT_RISK) & ~Q(owed_by=Side.OFFICE)
)
# What somebody needs to be the one who waits there.
TAKES = {
    Step.NOTIFY: "contract.add_notification",
    Step.EXTENSION: "contract.change_timeextension",
    Step.PROPOSE: "contract.add_review",
    Step.DECIDE: "contract.change_review",
    Step.CLOSE: "contract.change_alert",
}


def waiting_for(user: Any, alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of the alerts whose next step this person may take."""
    return alerts.filter(_turn_of(user))


def to_look_at(user: Any, alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those that are undecided or wait for this person, with `is_mine`: whether its next step is this person's,
    and `asked_on`: the day on which more time was asked for, where that is undecided."""
    asked = TimeExtension.objects.filter(alert=OuterRef("pk"), round=OuterRef("round"), is_granted__isnull=True)
    mine = _turn_of(user)
    return alerts.annotate(
        is_mine=ExpressionWrapper(mine, BooleanField()), asked_on=Subquery(asked.values("asked_on")[:1])
    ).filter(Q(status__in=UNDECIDED) | mine)


def _turn_of(user: Any) -> Q:
    mine = Q(pk__in=[])
    for step, permission in TAKES.items():
        if user.has_perm(permission):
            mine |= WAITS[step]
    own = Review.objects.filter(decided_by__isnull=True, proposed_by=user.pk).values("alert")
    return mine & ~Q(pk__in=own)


def excuses_of(alert: Alert) -> QuerySet[Excuse]:
    """The excuses on record for what the alert is about, the newest first."""
    found = alert.assessment
    return Excuse.objects.filter(
        contract=alert.contract_id,
        check_id=alert.check_id,
        subject_label=found.subject_label,
        subject_pk=found.subject_pk,
    ).select_related("event", "proposed_by", "approved_by")


def _became_on(alert: Alert, events: list[Any]) -> date:
    """The day since which the alert has its present outcome, and since which it is open."""
    since = alert.raised_on
    for event in reversed(events):
        if event.outcome != alert.outcome:
            break
        since = event.as_of
        if event.to_status == AlertStatus.OPEN != event.from_status:
            break
    return since


def _last(events: list[Any], statuses: Collection[str]) -> date | None:
    """The day of the last event that led to one of these."""
    return next((e.as_of for e in reversed(events) if e.to_status in statuses), None)
