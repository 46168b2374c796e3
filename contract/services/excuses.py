"""Excuses that two people give: proposed, approved by the second, revoked."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records, registry
from contract.models import Excuse
from contract.services.delegations import refuse_for_proposer
from kit.errors import Conflict


@transaction.atomic
def propose(*, excuse: Excuse, actor: Any) -> Excuse:
    """Propose an excuse, or correct it before it is approved. It has no effect yet."""
    records.lock(excuse)
    old = records.stored(excuse)
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
        records.unchanged(excuse, old, *fixed, why=why)
    elif old.proposed_by_id != actor.pk:
        raise ValidationError(_("Only who proposed it corrects it; a second person approves or leaves it."))
    _check_target(excuse)
    return records.save(excuse)


@transaction.atomic
def approve(*, excuse: Excuse, actor: Any, on: date) -> Excuse:
    """A second person approves an excuse; from `on` it takes effect."""
    if not actor.has_perm("contract.change_excuse"):
        raise PermissionDenied(_("You have no permission for this step."))
    row = records.untaken(excuse, "approved_on", _("It was approved on %(day)s already."))
    if row.proposed_by_id == actor.pk:
        raise ValidationError(_("The second person must not be the proposer. Ask a colleague to approve it."))
    refuse_for_proposer(actor=actor, permission="contract.change_excuse", proposer_id=row.proposed_by_id, today=on)
    row.approved_by, row.approved_on = actor, on
    return records.save(row)


@transaction.atomic
def revoke(*, excuse: Excuse, on: date) -> Excuse:
    """An excuse no longer holds from `on`; its findings stand again as they are."""
    row = records.untaken(excuse, "revoked_on", _("It was revoked on %(day)s already."))
    if row.approved_on is None:
        raise Conflict(_("It is not approved, so there is nothing to revoke."))
    return records.step(row, revoked_on=on)


def _check_target(excuse: Excuse) -> None:
    """The check is one of the program's, the subject a row of the same contract."""
    problems = {}
    if excuse.check_id and excuse.check_id not in registry.checks():
        problems["check_id"] = _("The program has no such check.")
    row, wrong = records.target(excuse.subject_label, excuse.subject_pk, excuse.contract_id)
    problems |= wrong
    if problems:
        raise ValidationError(problems)
    if not excuse.subject_name:
        excuse.subject_name = str(row)[:120]
