"""What both sides' writes about a claim share: its lock, whose it is, and the record of a step."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.models import Claim, ClaimEvent, Instalment
from billing.services.base import lock, require_not_vendor
from billing.states import ClaimStepKind
from contract.models import Contract


def lock_contract(pk: int) -> Contract:
    """The contract, held: all writes of its claims come one after the other."""
    return Contract.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_claim(claim: Claim, actor: Any) -> Claim:
    """The claim as it is now, under the lock of its contract and of its instalment."""
    contract = lock_contract(claim.contract_id)
    require_office(actor, contract)
    row = Claim.objects.select_related("breach", "review__assessment").get(pk=claim.pk)
    row.contract = contract
    if row.instalment_id is not None:
        row.instalment = lock(Instalment(pk=row.instalment_id))
    return row


def require_office(actor: Any, contract: Contract) -> None:
    """PermissionDenied for the vendor's people."""
    if actor is not None and not actor.is_superuser:
        require_not_vendor(actor, Instalment(contract=contract))


def happened(
    claim: Claim,
    kind: str,
    *,
    actor: Any,
    at: datetime,
    on: date,
    before: str,
    amount: Decimal | None = None,
    instalment: Instalment | None = None,
    note: str = "",
) -> ClaimEvent:
    """Keep what happened, with how the claim stands to its instalment after it."""
    row = instalment or claim.instalment
    deducted = Decimal("0.00")
    if row is not None:
        set_off = claim.events.filter(instalment=row, kind=ClaimStepKind.SET_OFF)
        amounts = set_off.values_list("amount", flat=True)
        deducted = sum((known for known in amounts if known), deducted)
        if kind == ClaimStepKind.SET_OFF and amount is not None:
            deducted += amount
    return ClaimEvent.objects.create(
        claim=claim,
        kind=kind,
        on=on,
        at=at,
        actor=actor,
        from_status=before,
        to_status=claim.status,
        amount=claim.amount if amount is None else amount,
        instalment=row,
        withheld=claim.withheld,
        deducted=deducted,
        note=note,
    )
