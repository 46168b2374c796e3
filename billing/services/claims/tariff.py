"""Agreed deductions: a person drafts what an acceptance sheet proposes; from there a claim goes its way."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import AcceptanceSheet, Claim
from billing.rules.tariffs import Proposal
from billing.selectors.tariffs import deductions_of
from billing.services.base import keep, require
from billing.services.claims.office import OPENED, claim_number, write_lines
from billing.services.claims.rows import happened, lock_contract, require_office
from billing.states import KINDS, ClaimKind, SheetStatus
from kit.errors import Conflict


@transaction.atomic
def draft_deductions(*, sheet: AcceptanceSheet, actor: Any, at: datetime, on: date) -> list[Claim]:
    """Draft what the contract's tariff gives for the period of a sheet: one claim for each source.

    Nothing is deducted: two people put it forward, the vendor accepts or disputes each line, two people
    conclude. Raises ValidationError where there is nothing to draft, Conflict where it is drafted already.
    """
    require(actor, "billing.add_claim")
    row = AcceptanceSheet.objects.select_related("instalment__contract").get(pk=sheet.pk)
    contract = lock_contract(row.instalment.contract_id)
    require_office(actor, contract)
    if row.status in (SheetStatus.DRAFT, SheetStatus.WITHDRAWN):
        raise Conflict(_("Deductions are drafted after the group has given its opinion."))
    if row.instalment.is_open:
        raise ValidationError(_("The amount of this instalment is not known yet."))
    made = []
    for source, kind in KINDS.items():
        found = [one for one in deductions_of(row, on) if one.tariff.source == source and one.line is not None]
        if not found:
            continue
        claim = Claim(
            contract=contract,
            kind=kind,
            sheet=row,
            article=_articles(found),
            grounds=_("By the deductions that the contract names, for %(period)s.") % {"period": row.instalment},
            opened_by=actor,
            instalment=row.instalment if kind == ClaimKind.TARIFF else None,
            number=claim_number(contract, on),
        )
        keep(claim, actor)
        names = ("title", "quantity", "unit", "unit_price", "calculation")
        write_lines(claim, [{name: getattr(one.line, name) for name in names} for one in found], actor)
        happened(claim, OPENED, actor=actor, at=at, on=on, before="")
        made.append(claim)
    if not made:
        raise ValidationError(_("By the contract's tariff nothing is to be deducted for this period."))
    return made


def _articles(found: list[Proposal]) -> str:
    return "、".join(dict.fromkeys(one.tariff.clause for one in found))[:40]
