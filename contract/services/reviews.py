"""A person proposes, a second person decides. Only so does an alert become a breach."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contract.choices import ALERTING, DECIDED_STATUS, GONE, AlertStatus, Decision, Outcome
from contract.findings import Message
from contract.models import Alert, Review
from contract.records import reason_given
from contract.rules import cases as rules
from contract.services.delegations import refuse_for_proposer
from contract.services.steps import local, locked, move, require, stale, who
from kit.errors import Conflict
from law.periods import beijing_day


@transaction.atomic
def propose_review(
    *,
    alert: Alert,
    decision: str,
    reason: str,
    actor: Any,
    at: datetime,
    version: int,
    on: date | None = None,
    document: str = "",
) -> Review:
    """Propose what to make of an alert.

    `version` is the alert's as the person saw it: where it has moved on since, or somebody
    else has proposed first, Conflict says so. A breach can only be confirmed where the finding
    is `not_met` and the other side was heard about it; a waiver names its document. A decided
    alert may be reviewed again, which corrects the earlier review.
    """
    require(actor, "contract.add_review")
    reason = reason_given(reason, "reason")
    if decision not in Decision.values:
        raise ValidationError({"decision": _("Choose one of the decisions offered.")})
    row = locked(alert)
    if row.status == AlertStatus.PROPOSED:
        raise Conflict(_already_proposed(row))
    if row.version != version:
        raise Conflict(stale(row))
    if row.status in GONE:
        status = row.get_status_display()
        raise ValidationError(_("This alert is %(status)s: there is nothing to decide.") % {"status": status})
    missing = obstacle(row) if decision == Decision.CONFIRM else None
    if missing is not None:
        raise ValidationError({"decision": str(missing)})
    if decision == Decision.WAIVE and not document.strip():
        raise ValidationError({"document": _("A waiver is in writing: name the document that gives it.")})
    review = Review(
        alert=row,
        assessment_id=row.assessment_id,
        decision=decision,
        reason=reason,
        document=document.strip(),
        proposed_by=actor,
        proposed_at=at,
    )
    review.full_clean()
    review.save()
    move(row, AlertStatus.PROPOSED, at=at, on=on or row.assessment.as_of, actor=actor, note=reason)
    return review


@transaction.atomic
def decide_review(
    *,
    review: Review,
    approve: bool,
    actor: Any,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    on: date | None = None,
) -> Review:
    """Approve or reject a colleague's proposal; an approval takes effect.

    The second person is not the proposer. Where the outcome has changed since the proposal, it can
    only be rejected. Where somebody was first, Conflict says who and when; where something arrived
    since `version` (the alert's as this person saw it), Conflict asks to look again.
    """
    require(actor, "contract.change_review")
    row = locked(review.alert)
    kept = Review.objects.select_related("decided_by", "assessment").get(pk=review.pk)
    if not kept.is_open:
        raise Conflict(
            _("%(who)s decided this proposal at %(when)s.")
            % {"who": who(kept.decided_by), "when": local(kept.decided_at)}
        )
    if version is not None and row.version != version:
        raise Conflict(stale(row))
    if kept.proposed_by_id == actor.pk:
        raise ValidationError(_("The second person must not be the proposer. Ask a colleague to decide."))
    today = on or beijing_day(at)
    refuse_for_proposer(actor=actor, permission="contract.change_review", proposer_id=kept.proposed_by_id, today=today)
    # Days late grow every night; what must still hold is the outcome that was looked at.
    if approve and kept.assessment.outcome != row.outcome:
        raise ValidationError(_("The facts have changed since the proposal. Reject it and propose anew."))
    kept.second_reason = reason.strip() if approve else reason_given(reason, "second_reason")
    kept.decided_by, kept.decided_at, kept.is_approved = actor, at, approve
    kept.full_clean()
    kept.save()
    status = DECIDED_STATUS[Decision(kept.decision)] if approve else standing(row)
    decided_as = status if approve else row.decided_as
    move(row, status, at=at, on=on or row.assessment.as_of, actor=actor, note=kept.second_reason, decided_as=decided_as)
    return kept


def standing(alert: Alert) -> str:
    """Where a rejected proposal leaves the alert: at its last decision, else where it stood."""
    if alert.decided_as:
        return alert.decided_as
    if alert.outcome == Outcome.EXCUSED:
        return AlertStatus.EXCUSED
    if alert.outcome not in ALERTING:
        return AlertStatus.CURED
    if alert.heard_on is not None:
        answered = alert.responses.filter(round=alert.round, due_on__isnull=False).exists()
        return AlertStatus.ANSWERED if answered else AlertStatus.SILENT
    return AlertStatus.NOTIFIED if alert.notified_on is not None else AlertStatus.OPEN


def obstacle(alert: Alert) -> Message | None:
    """Why an alert cannot be confirmed as a breach (yet), with what to do about it."""
    if alert.outcome != Outcome.NOT_MET:
        return Message(gettext_noop("Only a finding “not met” can be confirmed as a breach."))
    told = alert.notifications.filter(round=alert.round, corrected_by__isnull=True).first()
    return rules.hearing_missing(
        alert.owed_by, alert.heard_on, Outcome(told.outcome) if told else None, Outcome.NOT_MET
    )


def _already_proposed(alert: Alert) -> str:
    open_review = alert.reviews.filter(decided_by__isnull=True).select_related("proposed_by").get()
    return _("%(who)s proposed a decision at %(when)s; it awaits a second person.") % {
        "who": who(open_review.proposed_by),
        "when": local(open_review.proposed_at),
    }
