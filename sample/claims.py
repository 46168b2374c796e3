"""Claims and quarterly files of the sample year, in the names of its users."""

from typing import Any

from billing import services
from billing.models import Claim, ClaimStep, Instalment
from billing.states import ClaimKind, ClaimStepKind, LineAnswer
from contract.models import Alert, Contract
from sample.year.words.claims import Claimed, ClaimPutForward, Filed, LinesDisputed


def claim_of(breach: Alert) -> Claim:
    return Claim.objects.get(breach=breach, kind=ClaimKind.DEDUCTION)


def draft(event: Claimed, breach: Alert, by: dict[str, Any]) -> None:
    services.open_claim(
        breach=breach, grounds=event.grounds, instalment=_instalment(breach.contract, event.instalment), **by
    )


def propose(event: ClaimPutForward, breach: Alert, by: dict[str, Any]) -> None:
    claim = claim_of(breach)
    services.propose_step(claim=claim, kind=ClaimStepKind.ISSUE, reason=event.reason, version=claim.version, **by)


def approve(breach: Alert, by: dict[str, Any]) -> None:
    step = ClaimStep.objects.get(claim=claim_of(breach), decided_by=None)
    services.decide_step(step=step, approve=True, reason="金额和依据已核对，同意。", **by)


def dispute(event: LinesDisputed, breach: Alert, by: dict[str, Any]) -> None:
    claim = claim_of(breach)
    said = {"answer": LineAnswer.DISPUTED.value, "reason": event.reason}
    services.answer_claim(
        claim=claim, lines={line.pk: said for line in claim.lines.all()}, statement=event.statement, **by
    )


def file(event: Filed, contract: Contract, by: dict[str, Any]) -> None:
    """Ask for the file; the worker of the running program makes it."""
    services.request_file(
        instalment=_instalment(contract, event.instalment), actor=by["actor"], at=by["at"], as_of=by["on"]
    )


def _instalment(contract: Contract, sequence: int) -> Instalment:
    return Instalment.objects.get(contract=contract, sequence=sequence)
