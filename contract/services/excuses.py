"""Excuses that two people give: proposed, approved by the second, revoked."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import registry
from contract.models import Excuse
from contract.records import fresh, keep, lock, stored, target, unchanged
from contract.services.delegations import refuse_for_proposer
from kit.errors import Conflict


@transaction.atomic
def propose(*, excuse: Excuse, actor: Any) -> Excuse:
    """Propose an excuse, or correct it before it is approved. It has no effect yet."""
    lock(excuse)
    old = stored(excuse)
    if old is None:
        excuse.proposed_by = actor
    elif old.approved_on is not None:
        why = _("This excuse is approved. Revoke it and propose another one.")
        fixed = (
            "contract",
            "cause",
            "event",
            "check_id",
            "subject_label",
            "subject_pk",
            "from_on",
            "to_on",
            "person_days",
            "document",
            "approved_by",
            "approved_on",
            "revoked_on",
        )
        unchanged(excuse, old, *fixed, why=why)
    elif old.proposed_by_id != actor.pk:
        raise ValidationError(_("Only who proposed it corrects it; a second person approves or leaves it."))
    _check_target(excuse)
    return keep(row=excuse)


@transaction.atomic
def approve(*, excuse: Excuse, actor: Any, on: date) -> Excuse:
    """A second person approves an excuse; from `on` it takes effect."""
    if not actor.has_perm("contract.change_excuse"):
        raise PermissionDenied(_("You have no permission for this step."))
    row = fresh(excuse)
    if row.approved_on is not None:
        raise Conflict(_("It was approved on %(day)s already.") % {"day": row.approved_on})
    if row.proposed_by_id == actor.pk:
        raise ValidationError(_("The second person must not be the proposer. Ask a colleague to approve it."))
    refuse_for_proposer(actor=actor, permission="contract.change_excuse", proposer_id=row.proposed_by_id, today=on)
    row.approved_by, row.approved_on = actor, on
    return keep(row=row)


@transaction.atomic
def revoke(*, excuse: Excuse, on: date) -> Excuse:
    """An excuse no longer holds from `on`; its findings stand again as they are."""
    row = fresh(excuse)
    if row.approved_on is None:
        raise Conflict(_("It is not approved, so there is nothing to revoke."))
    if row.revoked_on is not None:
        raise Conflict(_("It was revoked on %(day)s already.") % {"day": row.revoked_on})
    row.revoked_on = on
    return keep(row=row)


def _check_target(excuse: Excuse) -> None:
    """The check is one of the program's, the subject a row of the same contract."""
    problems = {}
    if excuse.check_id and excuse.check_id not in registry.checks():
        problems["check_id"] = _("The program has no such check.")
    row, wrong = target(excuse.subject_label, excuse.subject_pk, excuse.contract_id)
    problems |= wrong
    if problems:
        raise ValidationError(problems)
    if not excuse.subject_name:
        excuse.subject_name = str(row)[:120]
