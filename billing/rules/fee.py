"""The fee of the term, and nothing besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from contract.rules.shares import WHOLE_TERM, fee_of_term
from contract.terms import TERMS
from contract.values import Book, DatedValue
from law.references import PROCUREMENT_49

CHECK = "billing.fee_total"
ADDITIONAL_PERCENT = 10


def fee_total(contract: ContractFacts, instalments: Sequence[InstalmentFacts], as_of: date) -> Finding:
    """The instalments add up to the fee in force to the fen, and nothing is paid beyond them."""
    try:
        fee = fee_of_term(contract)
    except (KeyError, ValueError) as error:
        return _undetermined(contract, error)
    planned = sum((row.amount for row in instalments), Decimal("0.00"))
    paid = sum((row.paid_amount(as_of) for row in instalments), Decimal("0.00"))
    overpaid = [row for row in instalments if row.paid_amount(as_of) > row.amount]
    original = fee_of_term(without_changes(contract))
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
        message = Message(
            _("More was paid than owed for: %(names)s. Nothing besides the fee is payable."),
            names=", ".join(row.name for row in overpaid),
        )
    else:
        outcome = Outcome.MET
        message = Message(
            _("The instalments add up to the fee of %(fee)s yuan; %(paid)s yuan are paid."),
            fee=_money(fee),
            paid=_money(paid),
        )
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        measured=_money(planned),
        required=_money(fee),
        figures={
            "fee": fee,
            "planned": planned,
            "paid": paid,
            **({"original": original, "added": added, "limit": limit} if added else {}),
            **({"references": (PROCUREMENT_49,)} if added > limit else {}),
            "instalments": [
                {"sequence": row.sequence, "amount": row.amount, "paid": row.paid_amount(as_of)} for row in instalments
            ],
        },
        evidence=tuple(Evidence("billing.Instalment", row.pk, f"{row.amount}") for row in instalments),
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
