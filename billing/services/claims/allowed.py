"""The steps of a claim: which one is possible when, and what forbids it."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from billing.models import Claim, ClaimStep
from billing.rules import claims as rules
from billing.selectors.claims import breach_day, confirming_review, instalment_of
from billing.states import STANDING_CLAIMS, ClaimStatus, ClaimStepKind
from contract.duties.rules.conduct import contract_sum
from contract.models.refusals import ANOTHER_CONTRACT
from contract.selectors import contract_facts
from contract.values import NoValue
from kit.errors import Conflict

_ALLOWED: dict[str, frozenset[str]] = {
    ClaimStepKind.ISSUE: frozenset({ClaimStatus.DRAFT}),
    ClaimStepKind.SETTLE: frozenset(
        {ClaimStatus.ISSUED, ClaimStatus.ACCEPTED, ClaimStatus.DISPUTED, ClaimStatus.SILENT}
    ),
    ClaimStepKind.SET_OFF: STANDING_CLAIMS,
    ClaimStepKind.DRAW: STANDING_CLAIMS,
    ClaimStepKind.RECEIVE: STANDING_CLAIMS,
    ClaimStepKind.WITHDRAW: STANDING_CLAIMS | {ClaimStatus.DRAFT},
}


def allowed_steps(status: str) -> set[str]:
    """The steps that a claim at this point may take."""
    return {kind for kind, statuses in _ALLOWED.items() if status in statuses}


def check_step(claim: Claim, step: ClaimStep, on: date) -> None:
    """Raise what forbids a step, by field, with what to do instead."""
    if step.kind not in _ALLOWED:
        raise ValidationError({"kind": _("There is no such step.")})
    if claim.status not in _ALLOWED[step.kind]:
        raise Conflict(
            _("Claim %(number)s stands at “%(status)s”: “%(step)s” is not possible now.")
            % {"number": claim, "status": claim.get_status_display(), "step": step.get_kind_display()}
        )
    if step.kind == ClaimStepKind.ISSUE:
        _check_issue(claim, on)
    elif step.kind == ClaimStepKind.SETTLE:
        _check_settlement(claim, step)
    elif step.kind == ClaimStepKind.SET_OFF:
        _check_set_off(claim, step)
    elif step.kind == ClaimStepKind.DRAW:
        _check_draw(claim, step)
    elif step.kind == ClaimStepKind.RECEIVE:
        _check_receipt(claim, step)


def _check_issue(claim: Claim, on: date) -> None:
    total = rules.total(list(claim.lines.all()))
    if not total:
        raise ValidationError(_("The claim has no lines yet. Enter at least one with its amount."))
    if not claim.grounds.strip():
        raise ValidationError({"grounds": _("Give the grounds: the vendor reads them.")})
    if claim.breach is not None and confirming_review(claim.breach) is None:
        raise ValidationError(_("The breach is not confirmed any more: another review has corrected it."))
    most, _basis = cap_of(claim, on)
    if most is not None and total > most:
        raise ValidationError(
            _(
                "The lines add up to %(total)s yuan; by the agreed reading a deduction is at most "
                "%(cap)s yuan. Reduce the lines."
            )
            % {"total": f"{total:,.2f}", "cap": f"{most:,.2f}"}
        )
    if claim.instalment is not None and total > (room := claim.instalment.payable):
        raise ValidationError(
            {
                "instalment": _(
                    "Only %(room)s yuan of this instalment are open: the claim cannot "
                    "wait there. Choose another one, or none."
                )
                % {"room": f"{room:,.2f}"}
            }
        )


def _check_settlement(claim: Claim, step: ClaimStep) -> None:
    if step.amount is None:
        raise ValidationError({"amount": _("Say what both sides agreed on, in yuan.")})
    if not step.document:
        raise ValidationError({"document": _("Name the written settlement that both signed.")})
    if not claim.recovered_amount <= step.amount <= claim.amount:
        raise ValidationError(
            {
                "amount": _(
                    "A settlement lies between %(least)s (set off or received already) and %(most)s yuan (claimed)."
                )
                % {"least": f"{claim.recovered_amount:,.2f}", "most": f"{claim.amount:,.2f}"}
            }
        )


def _check_set_off(claim: Claim, step: ClaimStep) -> None:
    """Only what was agreed, only against an instalment of the contract that has room."""
    _check_agreed(claim, step)
    if step.instalment is None:
        raise ValidationError({"instalment": _("Name the instalment to set it off against.")})
    if step.instalment.contract_id != claim.contract_id:
        raise ValidationError({"instalment": ANOTHER_CONTRACT})
    if claim.instalment_id and step.instalment.pk != claim.instalment_id:
        raise ValidationError(
            {
                "instalment": _("The amount waits in %(instalment)s: set it off there.")
                % {"instalment": claim.instalment}
            }
        )
    if not claim.instalment_id and step.amount > step.instalment.payable:
        raise ValidationError(
            {
                "amount": _("Only %(open)s yuan of this instalment are open. Enter at most that.")
                % {"open": f"{step.instalment.payable:,.2f}"}
            }
        )


def _check_agreed(claim: Claim, step: ClaimStep) -> None:
    if step.amount is None or step.amount <= 0 or step.amount > claim.deductible:
        raise ValidationError(
            {
                "amount": _(
                    "Only %(open)s yuan of this claim are accepted or settled and not "
                    "recovered yet. What is disputed or unanswered is never set off."
                )
                % {"open": f"{claim.deductible:,.2f}"}
            }
        )


def _check_draw(claim: Claim, step: ClaimStep) -> None:
    """Only what was agreed, only from a deposit of the contract that was given and is not returned."""
    _check_agreed(claim, step)
    assert step.amount is not None
    deposit = step.deposit
    if deposit is None or deposit.contract_id != claim.contract_id or not deposit.stands:
        raise ValidationError({"deposit": _("Name the deposit or guarantee of this contract that is drawn upon.")})
    if not step.document:
        raise ValidationError({"document": _("Name the paper by which it is drawn upon.")})
    left = deposit.amount - deposit.drawn_amount - deposit.returned_amount
    if deposit.given_on is None or step.amount > left:
        left = left if deposit.given_on else Decimal("0.00")
        raise ValidationError(
            {
                "amount": _("Of this deposit %(left)s yuan are given and left. Enter at most that.")
                % {"left": f"{left:,.2f}"}
            }
        )


def _check_receipt(claim: Claim, step: ClaimStep) -> None:
    if not step.document:
        raise ValidationError({"document": _("Name the voucher of the money received.")})
    if step.amount is None or not 0 < step.amount <= claim.remaining:
        raise ValidationError(
            {
                "amount": _("The claim still asks for %(open)s yuan. Enter at most that.")
                % {"open": f"{claim.remaining:,.2f}"}
            }
        )


def cap_of(claim: Claim, on: date) -> tuple[Decimal | None, str]:
    """The most that the claim may ask for by the reading of the day, and what that rests on."""
    if claim.breach is None or claim.review is None:
        return None, ""  # the tariff has its own cap
    facts = contract_facts(claim.contract_id, on)
    of_period = instalment_of(claim.breach, claim.review)
    day = breach_day(claim.breach, claim.review)
    try:
        most: Decimal | None = contract_sum(facts, day)
    except NoValue:  # neither a fee nor a budget: nothing to cap with
        most = None
    return rules.cap(
        claim.kind,
        facts.policies.on(on, "claim_cap"),
        instalment=of_period.amount if of_period else None,
        contract_sum=most,
    )
