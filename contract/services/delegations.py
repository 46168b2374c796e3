"""Deputies of reviewers on leave: named, dated, withdrawn, and never for who has proposed."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contract.models import Delegation, Membership
from contract.selectors import delegations

DAYS_AT_MOST = 60


def enter(*, absent: Any, deputy: Any, starts_on: date, ends_on: date, reason: str, today: date) -> Delegation:
    """Name a deputy for the decisions of somebody on leave. ValidationError names the field."""
    problems: dict[str, str] = {}
    if absent == deputy:
        problems["deputy"] = _("Name a colleague: nobody is their own deputy.")
    elif not (deputy.is_active and deputy.is_staff):
        problems["deputy"] = _("The deputy must be able to enter these pages.")
    elif not Membership.objects.filter(user=deputy, party__memberships__user=absent).exists():
        problems["deputy"] = _("The deputy must act for the same office.")
    if not delegations.DECISIONS & ModelBackend().get_all_permissions(absent):
        problems["absent"] = _("This person decides nothing as the second person, so there is nothing to lend.")
    if ends_on < max(starts_on, today):
        problems["ends_on"] = _("The last day lies before the first day, or has passed.")
    elif ends_on - starts_on >= timedelta(days=DAYS_AT_MOST):
        problems["ends_on"] = _("A deputy is named for at most %(days)d days at a time.") % {"days": DAYS_AT_MOST}
    if problems:
        raise ValidationError(problems)
    row = Delegation(absent=absent, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason)
    row.full_clean()
    row.save()
    return row


def withdraw(*, delegation: Delegation, today: date) -> Delegation:
    """End it at once; what was decided meanwhile stands."""
    if delegation.withdrawn_on is None:
        delegation.withdrawn_on = today
        delegation.save()
    return delegation


def refuse_for_proposer(*, actor: Any, permission: str, proposer_id: int, today: date) -> None:
    """ValidationError where the actor decides only on behalf of who has proposed."""
    if permission in ModelBackend().get_all_permissions(actor):
        return
    held = [d for d in delegations.held_by(actor, today) if permission in delegations.lent_by(d.absent)]
    if all(d.absent_id == proposer_id for d in held) and held:
        raise ValidationError(_("A deputy does not decide what the absent person has proposed. Ask another colleague."))
