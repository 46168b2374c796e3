"""A person proposes, a second person decides. Only so does an alert become a breach."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contract.choices import ALERTING, DECIDED_STATUS, AlertStatus, Decision, Outcome
from contract.errors import Conflict
from contract.models import Alert, AlertEvent, Review


def propose_review(
    *, alert: Alert, decision: str, reason: str, actor: Any, at: datetime, version: int
) -> Review:
    """Propose what to make of an alert.

    `version` is the alert's as the person saw it: where it has moved on since, or somebody
    else has proposed first, Conflict says so. A breach can only be confirmed where the finding
    is `not_met`; a decided alert may be reviewed again, which corrects the earlier review.
    """
    _require(actor, "contract.add_review")
    reason = _reason(reason, "reason")
    if decision not in Decision.values:
        raise ValidationError({"decision": _("Choose one of the decisions offered.")})
    with transaction.atomic():
        locked = Alert.objects.select_for_update().get(pk=alert.pk)
        if locked.status == AlertStatus.PROPOSED:
            raise Conflict(_already_proposed(locked))
        if locked.version != version:
            raise Conflict(
                _("This alert has changed since you opened it. Reload the page and look again.")
            )
        if locked.status == AlertStatus.CURED:
            raise ValidationError(_("This alert is cured: there is nothing to decide."))
        if decision == Decision.CONFIRM and locked.outcome != Outcome.NOT_MET:
            raise ValidationError(
                {"decision": _("Only a finding “not met” can be confirmed as a breach.")}
            )
        review = Review(
            alert=locked, assessment_id=locked.assessment_id, decision=decision, reason=reason,
            proposed_by=actor, proposed_at=at,
        )  # fmt: skip
        review.full_clean()
        review.save()
        _move(locked, AlertStatus.PROPOSED, actor, at, reason)
    return review


def decide_review(
    *, review: Review, approve: bool, actor: Any, at: datetime, reason: str = ""
) -> Review:
    """Approve or reject a colleague's proposal; an approval takes effect.

    The second person is not the proposer. Where the outcome has changed since the proposal, it can
    only be rejected. Where somebody was first, Conflict says who and when.
    """
    _require(actor, "contract.change_review")
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=review.alert_id)
        locked = Review.objects.select_related("decided_by", "assessment").get(pk=review.pk)
        if not locked.is_open:
            raise Conflict(
                _("%(who)s decided this proposal at %(when)s.")
                % {"who": locked.decided_by, "when": _local(locked.decided_at)}
            )
        if locked.proposed_by_id == actor.pk:
            raise ValidationError(
                _("The second person must not be the proposer. Ask a colleague to decide.")
            )
        # Days late grow every night; what must still hold is the outcome that was looked at.
        if approve and locked.assessment.outcome != alert.outcome:
            raise ValidationError(
                _("The facts have changed since the proposal. Reject it and propose anew.")
            )
        locked.second_reason = reason.strip() if approve else _reason(reason, "second_reason")
        locked.decided_by, locked.decided_at, locked.is_approved = actor, at, approve
        locked.full_clean()
        locked.save()
        status = DECIDED_STATUS[Decision(locked.decision)] if approve else _standing(alert)
        _move(alert, status, actor, at, locked.second_reason)
    return locked


def _standing(alert: Alert) -> str:
    """Where a rejected proposal leaves the alert: at its last decision, else by its finding."""
    last = alert.reviews.filter(is_approved=True).order_by("-pk").first()
    if last is not None:
        return DECIDED_STATUS[Decision(last.decision)]
    if alert.outcome == Outcome.EXCUSED:
        return AlertStatus.EXCUSED
    return AlertStatus.OPEN if alert.outcome in ALERTING else AlertStatus.CURED


def _move(alert: Alert, status: str, actor: Any, at: datetime, note: str) -> None:
    before = alert.status
    Alert.objects.filter(pk=alert.pk).update(status=status, version=F("version") + 1)
    AlertEvent.objects.create(
        alert=alert, at=at, as_of=alert.assessment.as_of, from_status=before, to_status=status,
        outcome=alert.outcome, assessment_id=alert.assessment_id, actor=actor, note=note,
    )  # fmt: skip


def _already_proposed(alert: Alert) -> str:
    open_review = alert.reviews.filter(decided_by__isnull=True).select_related("proposed_by").get()
    return _("%(who)s proposed a decision at %(when)s; it awaits a second person.") % {
        "who": open_review.proposed_by,
        "when": _local(open_review.proposed_at),
    }


def _reason(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({field: _("Give the reason: it is kept with the decision.")})
    return text


def _require(actor: Any, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied(_("You have no permission for this step."))


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
