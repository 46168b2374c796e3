"""The fee of the term, and nothing besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from billing.rules.facts import InstalmentFacts
from billing.rules.schedule import CAPPED, Planned, amounts, budget_of
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from contract.rules.shares import WHOLE_TERM, cycle_of, fee_of_term
from contract.terms import TERMS
from contract.values import Book, DatedValue
from law.references import PROCUREMENT_49

CHECK = "billing.fee_total"
ADDITIONAL_PERCENT = 10


def fee_total(
    contract: ContractFacts,
    instalments: Sequence[InstalmentFacts],
    as_of: date,
    schedule: Sequence[Planned] | None = None,
) -> Finding:
    """The instalments add up to the fee in force to the fen, and nothing is paid beyond them.

    `schedule` is what the contract's payment rules make, where it has rules; with prices it takes the
    place of the fee.
    """
    if schedule and any(row.lines for row in schedule):
        return _by_prices(contract, instalments, as_of, schedule)
    try:
        fee = fee_of_term(contract, None if schedule is None else cycle_of(contract))
    except (KeyError, ValueError) as error:
        return _undetermined(contract, error)
    planned = sum((row.amount for row in instalments), Decimal("0.00"))
    paid = sum((row.paid_amount(as_of) for row in instalments), Decimal("0.00"))
    overpaid = _paid_beyond(instalments, as_of)
    original = fee_of_term(without_changes(contract), None if schedule is None else cycle_of(contract))
    added, limit = _added(contract, fee, original)
    outcome, message = Outcome.NOT_MET, Message("")
    if not instalments:
        outcome = Outcome.UNDETERMINED
        message = Message(_("No instalments are recorded. Generate them from the fee and the payment cycle."))
    elif added > limit:
        message = Message(
            _(
                "The supplements add %(added)s yuan to the original fee of %(original)s yuan; an additional purchase "
                "of the same subject is at most %(limit)s yuan, ten per cent of it, all supplements together (%(law)s)."
            ),
            added=_money(added),
            original=_money(original),
            limit=_money(limit),
            law=PROCUREMENT_49.label(),
        )
    elif planned != fee:
        message = Message(
            _(
                "The instalments add up to %(planned)s yuan, the fee in force is %(fee)s yuan. "
                "Generate the instalments again."
            ),
            planned=_money(planned),
            fee=_money(fee),
        )
    elif overpaid:
        message = overpaid
    else:
        outcome = Outcome.MET
        message = Message(
            _("The instalments add up to the fee of %(fee)s yuan; %(paid)s yuan are paid."),
            fee=_money(fee),
            paid=_money(paid),
        )
    figures: dict[str, Any] = {
        "fee": fee,
        "planned": planned,
        "paid": paid,
        "instalments": [
            {"sequence": row.sequence, "amount": row.amount, "paid": row.paid_amount(as_of)} for row in instalments
        ],
    }
    if added:
        figures |= {"original": original, "added": added, "limit": limit}
    if added > limit:
        figures["references"] = (PROCUREMENT_49,)
    return _finding(contract, instalments, outcome, message, planned, fee, figures)


def _by_prices(
    contract: ContractFacts, instalments: Sequence[InstalmentFacts], as_of: date, schedule: Sequence[Planned]
) -> Finding:
    """The instalments are what prices and quantities give, as far as these are known."""
    budget = budget_of(contract)
    found, supplement = amounts(schedule, budget=budget)
    known = {(row.rule.title, row.start): one for row, one in zip(schedule, found, strict=True) if one is not None}
    owed = sum(known.values(), supplement)
    recorded = {(row.rule.title if row.rule else "", row.start): row for row in instalments if not row.is_supplement}
    planned = sum((row.amount for key, row in recorded.items() if key in known), Decimal("0.00"))
    planned += sum((row.amount for row in instalments if row.is_supplement), Decimal("0.00"))
    paid = sum((row.paid_amount(as_of) for row in instalments), Decimal("0.00"))
    over = _paid_beyond(instalments, as_of)
    lacking = [row for row, one in zip(schedule, found, strict=True) if one is None and row.end <= as_of]
    uncapped, _rest = amounts(schedule) if budget is not None else (found, supplement)
    cut = budget is not None and any(a != b for a, b in zip(found, uncapped, strict=True) if a is not None)
    if not instalments:
        outcome = Outcome.UNDETERMINED
        message = Message(_("No instalments are recorded. Generate them from the payment rules."))
    elif planned > owed:
        outcome = Outcome.NOT_MET
        message = Message(
            _(
                "By prices and quantities %(owed)s yuan are owed so far, the instalments come to %(over)s yuan more. "
                "Generate them again; where one is invoiced already, have the vendor cancel the invoice by a "
                "red-letter one first."
            ),
            owed=_money(owed),
            over=_money(planned - owed),
        )
    elif planned != owed:
        outcome = Outcome.NOT_MET
        message = Message(
            _(
                "By prices and quantities %(owed)s yuan are owed so far, the instalments come to %(planned)s yuan. "
                "Generate the instalments again."
            ),
            owed=_money(owed),
            planned=_money(planned),
        )
    elif over:
        outcome = Outcome.NOT_MET
        message = over
    elif lacking:
        outcome = Outcome.UNDETERMINED
        message = Message(
            _("What is owed for %(start)s to %(end)s cannot be said: %(why)s"),
            start=lacking[0].start,
            end=lacking[0].end,
            why=lacking[0].why or Message(CAPPED),
        )
    elif cut:
        outcome = Outcome.AT_RISK
        message = Message(
            _("The budget of %(budget)s yuan is used up: what goes beyond it is not payable. %(paid)s yuan are paid."),
            budget=_money(budget or Decimal("0.00")),
            paid=_money(paid),
        )
    else:
        outcome = Outcome.MET
        message = Message(
            _("The instalments are what prices and quantities give so far: %(owed)s yuan; %(paid)s yuan are paid."),
            owed=_money(owed),
            paid=_money(paid),
        )
    figures: dict[str, Any] = {
        "owed": owed,
        "planned": planned,
        "paid": paid,
        "unknown": len(lacking),
        "instalments": [
            {
                "start": row.start,
                "end": row.end,
                "amount": one,
                "lines": [line.calculation for line in row.lines if line.amount is not None],
            }
            for row, one in zip(schedule, found, strict=True)
            if row.end <= as_of
        ],
    }
    if budget is not None:
        figures |= {"budget": budget, "left": budget - owed}
    return _finding(contract, instalments, outcome, message, planned, owed, figures)


def _finding(
    contract: ContractFacts,
    instalments: Sequence[InstalmentFacts],
    outcome: Outcome,
    message: Message,
    planned: Decimal,
    required: Decimal,
    figures: dict[str, Any],
) -> Finding:
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        measured=_money(planned),
        required=_money(required),
        figures=figures,
        evidence=tuple(Evidence("billing.Instalment", row.pk, f"{row.amount}") for row in instalments),
    )


def _paid_beyond(instalments: Sequence[InstalmentFacts], as_of: date) -> Message | None:
    """Names the instalments on which more was paid than owed; None where there is none."""
    names = ", ".join(row.name for row in instalments if row.paid_amount(as_of) > row.amount)
    return (
        Message(_("More was paid than owed for: %(names)s. Nothing besides the fee is payable."), names=names)
        if names
        else None
    )


def without_changes(contract: ContractFacts) -> ContractFacts:
    """The contract with the fee as it was agreed at first, and its whole term.

    That is the fee of the first day throughout; where the fee is for a year or a month, further prices that
    no amendment brought were agreed too.
    """
    rows = [row for key in TERMS for row in contract.terms.changes(key) if key != "annual_fee"]
    first = contract.terms.on(contract.starts_on, "annual_fee")
    agreed = [DatedValue("annual_fee", contract.starts_on, first)]
    if contract.terms.on(contract.starts_on, "fee_basis") != WHOLE_TERM:
        fees = contract.terms.changes("annual_fee")
        agreed += [row for row in fees if row.effective_from > contract.starts_on and not row.amended]
    book = Book(contract.terms.definitions, [*rows, *agreed])
    return replace(contract, terms=book, terminated_on=None)


def _added(contract: ContractFacts, fee: Decimal, original: Decimal) -> tuple[Decimal, Decimal]:
    """What additional purchases add in all, and the most that they may: 10 % of the original sum, cut off at
    the fen (政府采购法 49). Zero where the changes have another cause (policy)."""
    limit = Decimal(int(original * ADDITIONAL_PERCENT)) / 100
    if not contract.policies.on(contract.last_day, "fee_change_is_additional_purchase"):
        return Decimal("0.00"), limit
    return max(fee - original, Decimal("0.00")), limit


def _undetermined(contract: ContractFacts, error: Exception) -> Finding:
    """Without a fee or a payment cycle among the terms there is nothing to compare with."""
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED,
        subject=contract.subject,
        message=Message(
            _("The fee and the payment cycle cannot be read from the contract's terms: %(reason)s"),
            reason=str(error.args[0]),
        ),
    )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
