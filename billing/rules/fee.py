"""Article 9: the fee of the term, and nothing besides."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.rules.facts import InstalmentFacts
from billing.rules.shares import fee_of_term
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message

CHECK = "billing.fee_total"


def fee_total(contract: ContractFacts, instalments: Sequence[InstalmentFacts], as_of: date) -> Finding:
    """The instalments add up to the fee in force to the fen, and nothing is paid beyond them."""
    try:
        fee = fee_of_term(contract)
    except (KeyError, ValueError) as error:
        return _undetermined(contract, error)
    planned = sum((row.amount for row in instalments), Decimal("0.00"))
    paid = sum((row.paid_amount(as_of) for row in instalments), Decimal("0.00"))
    overpaid = [row for row in instalments if row.paid_amount(as_of) > row.amount]
    outcome, message = Outcome.NOT_MET, Message("")
    if not instalments:
        outcome = Outcome.UNDETERMINED
        message = Message(_("No instalments are recorded. Generate them from the fee and the payment cycle."))
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
            "instalments": [
                {"sequence": row.sequence, "amount": row.amount, "paid": row.paid_amount(as_of)} for row in instalments
            ],
        },
        evidence=tuple(Evidence("billing.Instalment", row.pk, f"{row.amount}") for row in instalments),
    )


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
