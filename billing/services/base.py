"""What the writers have in common: who may, which row is locked, how it is kept."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from billing.models import Instalment
from billing.models.base import Withdrawable
from contract.models import Membership
from contract.records import reason_given
from kit.database.constraint_messages import explain
from kit.errors import Conflict


def require(actor: Any, permission: str) -> None:
    """Raise PermissionDenied unless the actor holds a permission; None is the program itself."""
    if actor is not None and not actor.has_perm(permission):
        raise PermissionDenied(_("You have no permission for this step."))


def require_not_vendor(actor: Any, instalment: Instalment) -> None:
    """The vendor does not judge its own invoice or service."""
    vendor = instalment.contract.vendor_id
    if actor is not None and Membership.objects.filter(user=actor, party_id=vendor).exists():
        raise PermissionDenied(_("The vendor cannot decide on its own invoice or service."))


def lock(instalment: Instalment) -> Instalment:
    """The row as it is now, held until the transaction ends: whoever comes second waits here.

    (SQLite has no row locks; there, every writing transaction is alone.)
    """
    rows = Instalment.objects.select_for_update(of=("self",)).select_related("contract")
    return rows.get(pk=instalment.pk)


def keep(row: models.Model, actor: Any) -> None:
    """Validate and save a row, its history in the actor's name.

    Raises ValidationError for a mistake, Conflict where somebody else was first.
    """
    row.full_clean()
    row._history_user = actor  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        violation = explain(error)
        if violation is None:
            raise
        raise Conflict(violation.message) from error


def withdraw(row: Withdrawable, *, reason: str, actor: Any, at: datetime) -> None:
    """Mark a record as made by mistake. Raises ValidationError without a reason."""
    reason = reason_given(reason, "withdrawal_reason")
    if not row.stands:
        raise Conflict(_("%(who)s has withdrawn this record already.") % {"who": row.withdrawn_by or "–"})
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = at, actor, reason
    keep(row, actor)
