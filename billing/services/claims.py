"""Claims: opened by a person on a confirmed breach; every step of the office takes two people.

The amounts that wait in an instalment or were set off against it are rolled up into it in the same
transaction, so that the database refuses to pay what waits. No job writes here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Claim, ClaimEvent, ClaimLine, ClaimStep, Instalment
from billing.rules import claims as rules
from billing.selectors.claims import (
    breach_day,
    confirming_review,
    instalment_of,
    suggested_lines,
)
from billing.services.common import keep, lock, reason_given, require, require_not_vendor
from billing.states import STANDING_CLAIMS, ClaimKind, ClaimStatus, ClaimStepKind
from contract.choices import Side
from contract.errors import Conflict
from contract.law.periods import Roll, deadline_after
from contract.models import Alert, Contract
from contract.selectors import calendar, contract_facts

OPENED, CHANGED = "opened", "changed"
LINES_AT_MOST = 50


@transaction.atomic
def open_claim(
    *,
    breach: Alert,
    actor: Any,
    at: datetime,
    on: date,
    kind: str = ClaimKind.DEDUCTION,
    article: str = "",
    grounds: str = "",
    instalment: Instalment | None = None,
    lines: Iterable[Mapping[str, Any]] | None = None,
) -> Claim:
    """Draft a claim on a confirmed breach; without `lines` those that its figures give.

    Raises ValidationError where no approved review confirms the breach, Conflict where a claim of
    this kind stands on it already.
    """
    require(actor, "billing.add_claim")
    contract = _lock_contract(breach.contract_id)
    _require_office(actor, contract)
    breach = Alert.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    review = confirming_review(breach)
    if review is None:
        raise ValidationError(
            {"breach": _("No approved review confirms this breach. A claim rests on a confirmed "
                         "breach only: have it reviewed by two people first.")}
        )  # fmt: skip
    if breach.owed_by == Side.OFFICE:
        raise ValidationError(
            {"breach": _("This duty is the office's own: nothing can be claimed for it.")}
        )
    standing = Claim.objects.filter(breach=breach, kind=kind).exclude(status=ClaimStatus.WITHDRAWN)
    if known := standing.select_related("opened_by").first():
        raise Conflict(
            _("%(who)s has opened claim %(number)s on this breach already.")
            % {"who": known.opened_by or "–", "number": known}
        )
    claim = Claim(
        contract=contract, kind=kind, breach=breach, review=review,
        article=article.strip() or breach.clause_ref, grounds=grounds.strip(), opened_by=actor,
        instalment=instalment, number=_number(contract, on),
    )  # fmt: skip
    _same_contract(claim)
    keep(claim, actor)
    given = suggested_lines(breach, review) if lines is None else lines
    rows = [row if isinstance(row, Mapping) else _as_row(row) for row in given]
    _write_lines(claim, rows, actor)
    _happened(claim, OPENED, actor=actor, at=at, on=on, before="")
    return claim


@transaction.atomic
def change_claim(
    *,
    claim: Claim,
    actor: Any,
    at: datetime,
    on: date,
    lines: Iterable[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> Claim:
    """Correct a draft: its grounds, article, instalment, and (all of them) its lines."""
    require(actor, "billing.change_claim")
    row = _locked(claim, actor)
    if row.status != ClaimStatus.DRAFT:
        raise Conflict(_("Claim %(number)s was put forward: it is not changed any more.")
                       % {"number": row})  # fmt: skip
    if row.steps.filter(decided_by=None).exists():
        raise Conflict(_("A step of this claim awaits a second person. Let it be decided first."))
    for name in ("article", "grounds", "instalment"):
        if name in fields:
            setattr(row, name, fields[name])
    _same_contract(row)
    row.version += 1
    keep(row, actor)
    if lines is not None:
        _write_lines(row, list(lines), actor)
    _happened(row, CHANGED, actor=actor, at=at, on=on, before=row.status)
    return row


@transaction.atomic
def propose_step(
    *,
    claim: Claim,
    kind: str,
    reason: str,
    actor: Any,
    at: datetime,
    on: date,
    version: int,
    amount: Decimal | None = None,
    instalment: Instalment | None = None,
    document: str = "",
) -> ClaimStep:
    """Propose what to do about a claim; nothing takes effect before a second person approves.

    Conflict where the page was stale or a step awaits its second person already.
    """
    require(actor, "billing.add_claimstep")
    row = _locked(claim, actor)
    if row.version != version:
        raise Conflict(
            _("Claim %(number)s has changed since you opened it. Reload the page and look again.")
            % {"number": row}
        )
    if waiting := row.steps.filter(decided_by=None).select_related("proposed_by").first():
        raise Conflict(
            _("%(who)s proposed “%(step)s” at %(when)s; it awaits a second person.")
            % {"who": waiting.proposed_by, "step": waiting.get_kind_display(),
               "when": _local(waiting.proposed_at)}
        )  # fmt: skip
    step = ClaimStep(
        claim=row, kind=kind, amount=amount, instalment=instalment or _default(row, kind),
        document=document.strip(), reason=reason_given("reason", reason), version=row.version,
        proposed_by=actor, proposed_at=at,
    )  # fmt: skip
    if step.amount is None and kind in (ClaimStepKind.SET_OFF, ClaimStepKind.RECEIVE):
        step.amount = row.deductible if kind == ClaimStepKind.SET_OFF else row.remaining
    _check_step(row, step, on)
    step.full_clean()
    step.save()
    return step


@transaction.atomic
def decide_step(
    *, step: ClaimStep, approve: bool, actor: Any, at: datetime, on: date, reason: str = ""
) -> ClaimStep:
    """A second person approves a step, which takes effect, or rejects it with a reason.

    Of two people who decide at once, the second is told by Conflict who was first.
    """
    require(actor, "billing.change_claimstep")
    claim = _locked(step.claim, actor)
    locked = ClaimStep.objects.select_related("decided_by", "instalment").get(pk=step.pk)
    locked.claim = claim
    if locked.decided_by_id is not None:
        raise Conflict(
            _("%(who)s decided this step at %(when)s.")
            % {"who": locked.decided_by, "when": _local(locked.decided_at)}
        )
    if locked.proposed_by_id == actor.pk:
        raise ValidationError(
            _("The second person must not be the proposer. Ask a colleague to decide.")
        )
    if approve and locked.version != claim.version:
        raise ValidationError(
            _("The claim has changed since the proposal. Reject it and propose anew.")
        )
    locked.second_reason = reason.strip() if approve else reason_given("second_reason", reason)
    locked.decided_by, locked.decided_at, locked.is_approved = actor, at, approve
    locked.full_clean()
    locked.save()
    if approve:
        _check_step(claim, locked, on)
        _carry_out(claim, locked, actor=actor, at=at, on=on)
    return locked


# --- What an approved step does ---------------------------------------------------------------


def _carry_out(claim: Claim, step: ClaimStep, *, actor: Any, at: datetime, on: date) -> None:
    before = claim.status
    withheld_before = claim.withheld
    amount = step.amount
    if step.kind == ClaimStepKind.ISSUE:
        _issue(claim, on)
        amount = claim.amount
    elif step.kind == ClaimStepKind.SETTLE:
        assert step.amount is not None
        claim.settled_amount, claim.status = step.amount, ClaimStatus.SETTLED
    elif step.kind == ClaimStepKind.WITHDRAW:
        amount = claim.remaining
        claim.status = ClaimStatus.WITHDRAWN
    else:
        assert step.amount is not None
        claim.recovered_amount += step.amount
    if claim.status in STANDING_CLAIMS and claim.issued_on and not claim.remaining:
        claim.status = ClaimStatus.RECOVERED
    claim.version += 1
    keep(claim, actor)
    _roll_up(claim, step, withheld_before, actor)
    document = f"{step.document}：" if step.document else ""
    _happened(
        claim, step.kind, actor=actor, at=at, on=on, before=before, amount=amount,
        instalment=step.instalment, note=f"{document}{step.reason}"[:2000],
    )  # fmt: skip


def _roll_up(claim: Claim, step: ClaimStep, before: Decimal, actor: Any) -> None:
    """Bring the sums of the instalments that the step touches up to date."""
    rows: dict[int, Instalment] = {}
    change = claim.withheld - before
    if change and claim.instalment is not None:
        row = rows.setdefault(claim.instalment.pk, lock(claim.instalment))
        row.withheld_amount += change
    if step.kind == ClaimStepKind.SET_OFF:
        assert step.instalment is not None and step.amount is not None
        row = rows.get(step.instalment.pk) or lock(step.instalment)
        rows[row.pk] = row
        row.deducted_amount += step.amount
    for row in rows.values():
        keep(row, actor)


def _issue(claim: Claim, on: date) -> None:
    lines = list(claim.lines.all())
    claim.amount = rules.total(lines)
    claim.issued_on = on
    claim.answer_due_on = answer_due(claim, on)
    claim.cap, claim.cap_basis = _cap(claim, on)
    claim.status = ClaimStatus.ISSUED


def answer_due(claim: Claim, arrived_on: date) -> date:
    """The vendor's last day to answer: the days of the policy, moved off rest days."""
    facts = contract_facts(claim.contract_id, arrived_on)
    days: int = facts.policies.on(arrived_on, "claim_answer_days")
    roll: Roll = facts.roll(arrived_on)
    return deadline_after(arrived_on, days=days, roll=roll, calendar=calendar()).last_day


def _cap(claim: Claim, on: date) -> tuple[Decimal | None, str]:
    facts = contract_facts(claim.contract_id, on)
    of_period = instalment_of(claim.breach, claim.review)
    day = breach_day(claim.breach, claim.review)
    return rules.cap(
        claim.kind, facts.policies.on(on, "claim_cap"),
        instalment=of_period.amount if of_period else None,
        contract_sum=facts.terms.on(day, "annual_fee"),
    )  # fmt: skip


# --- What may be done when --------------------------------------------------------------------

_ALLOWED: dict[str, frozenset[str]] = {
    ClaimStepKind.ISSUE: frozenset({ClaimStatus.DRAFT}),
    ClaimStepKind.SETTLE: frozenset(
        {ClaimStatus.ISSUED, ClaimStatus.ACCEPTED, ClaimStatus.DISPUTED, ClaimStatus.SILENT}
    ),
    ClaimStepKind.SET_OFF: STANDING_CLAIMS,
    ClaimStepKind.RECEIVE: STANDING_CLAIMS,
    ClaimStepKind.WITHDRAW: STANDING_CLAIMS | {ClaimStatus.DRAFT},
}  # fmt: skip


def allowed_steps(status: str) -> set[str]:
    """The steps that a claim at this point may take."""
    return {kind for kind, statuses in _ALLOWED.items() if status in statuses}


def _check_step(claim: Claim, step: ClaimStep, on: date) -> None:
    """Raise what forbids a step, by field, with what to do instead."""
    if step.kind not in _ALLOWED:
        raise ValidationError({"kind": _("There is no such step.")})
    if claim.status not in _ALLOWED[step.kind]:
        raise Conflict(
            _("Claim %(number)s stands at “%(status)s”: “%(step)s” is not possible now.")
            % {"number": claim, "status": claim.get_status_display(),
               "step": step.get_kind_display()}
        )  # fmt: skip
    if step.kind == ClaimStepKind.ISSUE:
        _check_issue(claim, on)
    elif step.kind == ClaimStepKind.SETTLE:
        _check_settlement(claim, step)
    elif step.kind == ClaimStepKind.SET_OFF:
        _check_set_off(claim, step)
    elif step.kind == ClaimStepKind.RECEIVE:
        _check_receipt(claim, step)


def _check_issue(claim: Claim, on: date) -> None:
    total = rules.total(list(claim.lines.all()))
    if not total:
        raise ValidationError(_("The claim has no lines yet. Enter at least one with its amount."))
    if not claim.grounds.strip():
        raise ValidationError({"grounds": _("Give the grounds: the vendor reads them.")})
    if confirming_review(claim.breach) is None:
        raise ValidationError(
            _("The breach is not confirmed any more: another review has corrected it.")
        )
    most, _basis = _cap(claim, on)
    if most is not None and total > most:
        raise ValidationError(
            _("The lines add up to %(total)s yuan; by the agreed reading a deduction is at most "
              "%(cap)s yuan. Reduce the lines.") % {"total": f"{total:,.2f}", "cap": f"{most:,.2f}"}
        )  # fmt: skip
    if claim.instalment is not None and total > (room := claim.instalment.payable):
        raise ValidationError(
            {"instalment": _("Only %(room)s yuan of this instalment are open: the claim cannot "
                             "wait there. Choose another one, or none.") % {"room": f"{room:,.2f}"}}
        )  # fmt: skip


def _check_settlement(claim: Claim, step: ClaimStep) -> None:
    if step.amount is None:
        raise ValidationError({"amount": _("Say what both sides agreed on, in yuan.")})
    if not step.document:
        raise ValidationError({"document": _("Name the written settlement that both signed.")})
    if not claim.recovered_amount <= step.amount <= claim.amount:
        raise ValidationError(
            {"amount": _("A settlement lies between %(least)s (set off or received already) and "
                         "%(most)s yuan (claimed).")
             % {"least": f"{claim.recovered_amount:,.2f}", "most": f"{claim.amount:,.2f}"}}
        )  # fmt: skip


def _check_set_off(claim: Claim, step: ClaimStep) -> None:
    """Only what was agreed, only against an instalment of the contract that has room."""
    if step.amount is None or step.amount <= 0 or step.amount > claim.deductible:
        raise ValidationError(
            {"amount": _("Only %(open)s yuan of this claim are accepted or settled and not "
                         "recovered yet. What is disputed or unanswered is never set off.")
             % {"open": f"{claim.deductible:,.2f}"}}
        )  # fmt: skip
    if step.instalment is None:
        raise ValidationError({"instalment": _("Name the instalment to set it off against.")})
    if step.instalment.contract_id != claim.contract_id:
        raise ValidationError({"instalment": _("This instalment belongs to another contract.")})
    if claim.instalment_id and step.instalment.pk != claim.instalment_id:
        raise ValidationError(
            {"instalment": _("The amount waits in %(instalment)s: set it off there.")
             % {"instalment": claim.instalment}}
        )  # fmt: skip
    if not claim.instalment_id and step.amount > step.instalment.payable:
        raise ValidationError(
            {"amount": _("Only %(open)s yuan of this instalment are open. Enter at most that.")
             % {"open": f"{step.instalment.payable:,.2f}"}}
        )  # fmt: skip


def _check_receipt(claim: Claim, step: ClaimStep) -> None:
    if not step.document:
        raise ValidationError({"document": _("Name the voucher of the money received.")})
    if step.amount is None or not 0 < step.amount <= claim.remaining:
        raise ValidationError(
            {"amount": _("The claim still asks for %(open)s yuan. Enter at most that.")
             % {"open": f"{claim.remaining:,.2f}"}}
        )  # fmt: skip


# --- Shared -----------------------------------------------------------------------------------


def _lock_contract(pk: int) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=pk)


def _locked(claim: Claim, actor: Any) -> Claim:
    """The claim as it is now, under the lock of its contract and of its instalment."""
    contract = _lock_contract(claim.contract_id)
    _require_office(actor, contract)
    row = Claim.objects.select_related("breach", "review__assessment").get(pk=claim.pk)
    row.contract = contract
    if row.instalment_id is not None:
        row.instalment = lock(Instalment(pk=row.instalment_id))
    return row


def _require_office(actor: Any, contract: Contract) -> None:
    if actor is not None and not actor.is_superuser:
        require_not_vendor(actor, Instalment(contract=contract))


def _default(claim: Claim, kind: str) -> Instalment | None:
    return claim.instalment if kind == ClaimStepKind.SET_OFF else None


def _same_contract(claim: Claim) -> None:
    if claim.instalment is not None and claim.instalment.contract_id != claim.contract_id:
        raise ValidationError({"instalment": _("This instalment belongs to another contract.")})


def _write_lines(claim: Claim, rows: list[Mapping[str, Any]], actor: Any) -> None:
    """All the lines of a draft, in place of those before."""
    if len(rows) > LINES_AT_MOST:
        raise ValidationError(_("A claim has at most %(most)d lines.") % {"most": LINES_AT_MOST})
    claim.lines.all().delete()
    for number, row in enumerate(rows, start=1):
        line = ClaimLine(claim=claim, **row)
        try:
            line.clean_fields(exclude=["amount"])
            line.amount = rules.line_amount(line.quantity, line.unit_price)
            keep(line, actor)
        except ValidationError as error:
            raise ValidationError(
                [_("Line %(number)d: %(text)s") % {"number": number, "text": text}
                 for text in error.messages]
            ) from error  # fmt: skip
    claim.amount = rules.total(list(claim.lines.all()))
    keep(claim, actor)


def _as_row(line: rules.Line) -> dict[str, Any]:
    names = ("title", "quantity", "unit", "unit_price", "calculation")
    return {name: getattr(line, name) for name in names}


def _happened(
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
    row = instalment or claim.instalment
    deducted = Decimal("0.00")
    if row is not None:
        set_off = claim.events.filter(instalment=row, kind=ClaimStepKind.SET_OFF)
        amounts = set_off.values_list("amount", flat=True)
        deducted = sum((known for known in amounts if known), deducted)
        if kind == ClaimStepKind.SET_OFF and amount is not None:
            deducted += amount
    return ClaimEvent.objects.create(
        claim=claim, kind=kind, on=on, at=at, actor=actor, from_status=before,
        to_status=claim.status, amount=claim.amount if amount is None else amount, instalment=row,
        withheld=claim.withheld, deducted=deducted, note=note,
    )  # fmt: skip


def _number(contract: Contract, on: date) -> str:
    """SP-<contract>-2025-001; numbers run by year of opening."""
    prefix = f"SP-{contract.number}-{on.year}-"
    count = Claim.objects.filter(contract=contract, number__startswith=prefix).count()
    return f"{prefix}{count + 1:03d}"


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
