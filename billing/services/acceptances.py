"""The office accepts a period's service, with or without remarks, or does not."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.choices import PASSING, AcceptanceResult
from billing.models import Acceptance, AcceptanceSheet, Instalment
from billing.services.base import keep, lock, require, require_not_vendor, withdraw
from billing.states import SheetStatus
from contract.models.refusals import ahead, refuse
from kit.errors import Conflict


@transaction.atomic
def record_acceptance(
    *,
    instalment: Instalment,
    accepted_on: date,
    result: str,
    actor: Any,
    today: date,
    opinion: str = "",
    failed_amount: Decimal | None = None,
) -> Acceptance:
    """Record the office's opinion of a period that is over.

    Raises ValidationError by field, Conflict where the instalment is accepted already.
    """
    require(actor, "billing.add_acceptance")
    row = lock(instalment)
    require_not_vendor(actor, row)
    refuse(ahead({"accepted_on": accepted_on}, today))
    opinion = opinion.strip()
    if accepted_on < row.period_end:
        raise ValidationError(
            {"accepted_on": _("The period runs until %(day)s; accept it afterwards.") % {"day": row.period_end}}
        )
    if result != AcceptanceResult.PASSED and not opinion:
        raise ValidationError({"opinion": _("Write down the remarks or what did not pass.")})
    if failed_amount is not None and (result != AcceptanceResult.FAILED or failed_amount > row.amount):
        raise ValidationError(
            {
                "failed_amount": _(
                    "A part that did not pass belongs to “not passed” and is at most the instalment (%(amount)s yuan)."
                )
                % {"amount": f"{row.amount:,.2f}"}
            }
        )
    standing = row.acceptances.filter(withdrawn_at=None, result__in=PASSING)
    if passed := standing.select_related("accepted_by").first():
        raise Conflict(
            _("%(who)s recorded the acceptance of %(day)s already.")
            % {"who": passed.accepted_by or "–", "day": passed.accepted_on}
        )
    acceptance = Acceptance(
        instalment=row,
        accepted_on=accepted_on,
        result=result,
        opinion=opinion,
        failed_amount=failed_amount,
        accepted_by=actor,
    )
    keep(acceptance, actor)
    return acceptance


@transaction.atomic
def withdraw_acceptance(*, acceptance: Acceptance, reason: str, actor: Any, at: datetime) -> Acceptance:
    """Take back an acceptance that was recorded by mistake; it stays on record."""
    require(actor, "billing.change_acceptance")
    instalment = lock(acceptance.instalment)
    require_not_vendor(actor, instalment)
    locked = Acceptance.objects.get(pk=acceptance.pk)
    withdraw(locked, reason=reason, actor=actor, at=at)
    for sheet in AcceptanceSheet.objects.filter(acceptance=locked):
        sheet.status = SheetStatus.WITHDRAWN
        keep(sheet, actor)
    return locked
