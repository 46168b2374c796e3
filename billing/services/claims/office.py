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

from billing.models import Claim, ClaimLine, ClaimStep, Deposit, Instalment
from billing.rules import claims as rules
from billing.selectors.claims import confirming_review, suggested_lines
from billing.services.base import keep, lock, require
from billing.services.claims.allowed import cap_of, check_step
from billing.services.claims.rows import happened, lock_contract, locked_claim, require_office
from billing.states import AGREED, STANDING_CLAIMS, ClaimKind, ClaimStatus, ClaimStepKind
from contract.choices import Side
from contract.models import Alert, Contract
from contract.models.refusals import ANOTHER_CONTRACT
from contract.records import reason_given
from contract.selectors import calendar, contract_facts
from contract.services.delegations import refuse_for_proposer
from kit.errors import Conflict
from law.periods import Roll, deadline_after

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
    if kind in AGREED:
        raise ValidationError({"kind": _("An agreed deduction is drafted from the acceptance sheet of its period.")})
    contract = lock_contract(breach.contract_id)
    require_office(actor, contract)
    breach = Alert.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    review = confirming_review(breach)
    if review is None:
        raise ValidationError(
            {
                "breach": _(
                    "No approved review confirms this breach. A claim rests on a confirmed "
                    "breach only: have it reviewed by two people first."
                )
            }
        )
    if breach.owed_by == Side.OFFICE:
        raise ValidationError({"breach": _("This duty is the office's own: nothing can be claimed for it.")})
    standing = Claim.objects.filter(breach=breach, kind=kind).exclude(status=ClaimStatus.WITHDRAWN)
    if known := standing.select_related("opened_by").first():
        raise Conflict(
            _("%(who)s has opened claim %(number)s on this breach already.")
            % {"who": known.opened_by or "–", "number": known}
        )
    claim = Claim(
        contract=contract,
        kind=kind,
        breach=breach,
        review=review,
        article=article.strip() or breach.clause_ref,
        grounds=grounds.strip(),
        opened_by=actor,
        instalment=instalment,
        number=claim_number(contract, on),
    )
    _same_contract(claim)
    keep(claim, actor)
    given = suggested_lines(breach, review) if lines is None else lines
    rows = [row if isinstance(row, Mapping) else _as_row(row) for row in given]
    write_lines(claim, rows, actor)
    happened(claim, OPENED, actor=actor, at=at, on=on, before="")
    return claim


@transaction.atomic
def change_claim(
    *, claim: Claim, actor: Any, at: datetime, on: date, lines: Iterable[Mapping[str, Any]] | None = None, **fields: Any
) -> Claim:
    """Correct a draft: its grounds, article, instalment, and (all of them) its lines."""
    require(actor, "billing.change_claim")
    row = locked_claim(claim, actor)
    if row.status != ClaimStatus.DRAFT:
        raise Conflict(_("Claim %(number)s was put forward: it is not changed any more.") % {"number": row})
    if row.steps.filter(decided_by=None).exists():
        raise Conflict(_("A step of this claim awaits a second person. Let it be decided first."))
    for name in ("article", "grounds", "instalment"):
        if name in fields:
            setattr(row, name, fields[name])
    _same_contract(row)
    row.version += 1
    keep(row, actor)
    if lines is not None:
        write_lines(row, list(lines), actor)
    happened(row, CHANGED, actor=actor, at=at, on=on, before=row.status)
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
    deposit: Deposit | None = None,
    document: str = "",
) -> ClaimStep:
    """Propose what to do about a claim; nothing takes effect before a second person approves.

    Conflict where the page was stale or a step awaits its second person already.
    """
    require(actor, "billing.add_claimstep")
    row = locked_claim(claim, actor)
    if row.version != version:
        raise Conflict(
            _("Claim %(number)s has changed since you opened it. Reload the page and look again.") % {"number": row}
        )
    if waiting := row.steps.filter(decided_by=None).select_related("proposed_by").first():
        raise Conflict(
            _("%(who)s proposed “%(step)s” at %(when)s; it awaits a second person.")
            % {"who": waiting.proposed_by, "step": waiting.get_kind_display(), "when": _local(waiting.proposed_at)}
        )
    step = ClaimStep(
        claim=row,
        kind=kind,
        amount=amount,
        instalment=instalment or _default(row, kind),
        deposit=deposit if kind == ClaimStepKind.DRAW else None,
        document=document.strip(),
        reason=reason_given(reason, "reason"),
        version=row.version,
        proposed_by=actor,
        proposed_at=at,
    )
    if step.amount is None and kind in (ClaimStepKind.SET_OFF, ClaimStepKind.DRAW, ClaimStepKind.RECEIVE):
        step.amount = row.remaining if kind == ClaimStepKind.RECEIVE else row.deductible
    check_step(row, step, on)
    step.full_clean()
    step.save()
    return step


DRAWN_FOR_AT_MOST: int = Deposit._meta.get_field("drawn_for").max_length or 0


@transaction.atomic
def decide_step(*, step: ClaimStep, approve: bool, actor: Any, at: datetime, on: date, reason: str = "") -> ClaimStep:
    """A second person approves a step, which takes effect, or rejects it with a reason.

    Of two people who decide at once, the second is told by Conflict who was first.
    """
    require(actor, "billing.change_claimstep")
    claim = locked_claim(step.claim, actor)
    locked = ClaimStep.objects.select_related("decided_by", "instalment", "deposit").get(pk=step.pk)
    locked.claim = claim
    if locked.decided_by_id is not None:
        raise Conflict(
            _("%(who)s decided this step at %(when)s.") % {"who": locked.decided_by, "when": _local(locked.decided_at)}
        )
    if locked.proposed_by_id == actor.pk:
        raise ValidationError(_("The second person must not be the proposer. Ask a colleague to decide."))
    refuse_for_proposer(actor=actor, permission="billing.change_claimstep", proposer_id=locked.proposed_by_id, today=on)
    if approve and locked.version != claim.version:
        raise ValidationError(_("The claim has changed since the proposal. Reject it and propose anew."))
    locked.second_reason = reason.strip() if approve else reason_given(reason, "second_reason")
    locked.decided_by, locked.decided_at, locked.is_approved = actor, at, approve
    locked.full_clean()
    locked.save()
    if approve:
        check_step(claim, locked, on)
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
        if step.deposit is not None:
            _draw(claim, step.deposit, step.amount, actor=actor, on=on)
    if claim.status in STANDING_CLAIMS and claim.issued_on and not claim.remaining:
        claim.status = ClaimStatus.RECOVERED
    claim.version += 1
    keep(claim, actor)
    _roll_up(claim, step, withheld_before, actor)
    document = f"{step.document}：" if step.document else ""
    happened(
        claim,
        step.kind,
        actor=actor,
        at=at,
        on=on,
        before=before,
        amount=amount,
        instalment=step.instalment,
        note=f"{document}{step.reason}"[:2000],
    )


def _draw(claim: Claim, deposit: Deposit, amount: Decimal, *, actor: Any, on: date) -> None:
    """The deposit with what was drawn, when, and for which claims (the newest, where they are many)."""
    row = Deposit.objects.select_for_update().get(pk=deposit.pk)
    row.drawn_amount += amount
    row.drawn_on = on
    row.drawn_for = "、".join(filter(None, (row.drawn_for, claim.number)))[-DRAWN_FOR_AT_MOST:]
    keep(row, actor)


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
        if claim.kind == ClaimKind.TARIFF:
            row.tariff_amount += step.amount
    for row in rows.values():
        keep(row, actor)


def _issue(claim: Claim, on: date) -> None:
    lines = list(claim.lines.all())
    claim.amount = rules.total(lines)
    claim.issued_on = on
    claim.answer_due_on = answer_due(claim, on)
    claim.cap, claim.cap_basis = cap_of(claim, on)
    claim.status = ClaimStatus.ISSUED


def answer_due(claim: Claim, arrived_on: date) -> date:
    """The vendor's last day to answer: the days of the policy, moved off rest days."""
    facts = contract_facts(claim.contract_id, arrived_on)
    days: int = facts.policies.on(arrived_on, "claim_answer_days")
    roll: Roll = facts.roll(arrived_on)
    return deadline_after(arrived_on, days=days, roll=roll, calendar=calendar()).last_day


# --- Shared -----------------------------------------------------------------------------------


def _default(claim: Claim, kind: str) -> Instalment | None:
    return claim.instalment if kind == ClaimStepKind.SET_OFF else None


def _same_contract(claim: Claim) -> None:
    if claim.instalment is not None and claim.instalment.contract_id != claim.contract_id:
        raise ValidationError({"instalment": ANOTHER_CONTRACT})


def write_lines(claim: Claim, rows: list[Mapping[str, Any]], actor: Any) -> None:
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
                [_("Line %(number)d: %(text)s") % {"number": number, "text": text} for text in error.messages]
            ) from error
    claim.amount = rules.total(list(claim.lines.all()))
    keep(claim, actor)


def _as_row(line: rules.Line) -> dict[str, Any]:
    names = ("title", "quantity", "unit", "unit_price", "calculation")
    return {name: getattr(line, name) for name in names}


def claim_number(contract: Contract, on: date) -> str:
    """SP-<contract>-2025-001; numbers run by year of opening."""
    prefix = f"SP-{contract.number}-{on.year}-"
    count = Claim.objects.filter(contract=contract, number__startswith=prefix).count()
    return f"{prefix}{count + 1:03d}"


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
