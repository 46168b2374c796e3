"""The checks of articles 9, 10 and 12.1."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from billing import selectors
from billing.rules import acceptance, deposit, fee, invoice, payment, purchase, score
from contract.batch import Batch
from contract.choices import Side
from contract.duties import selectors as duties
from contract.findings import Finding
from contract.registry import register
from law.references import CIVIL_CODE_509, PROCUREMENT_RULES_45


@register(fee.CHECK, owed_by=Side.OFFICE, title=_("The instalments are the fee, and nothing else is paid"))
def fee_total(batch: Batch) -> Iterator[Finding]:
    instalments, schedules = batch.read(selectors.by_contract), selectors.schedules(batch)
    for contract in batch.begun():
        yield fee.fee_total(contract, instalments.get(contract.pk, []), batch.as_of, schedules.get(contract.pk))


@register(invoice.CHECK, owed_by=Side.VENDOR, title=_("The invoice comes before the payment"))
def invoice_first(batch: Batch) -> Iterator[Finding]:
    instalments = batch.read(selectors.by_contract)
    for contract in batch.begun():
        for row in instalments.get(contract.pk, []):
            finding = invoice.invoice_first(contract, row, batch.as_of, batch.calendar)
            if finding is not None:
                yield finding


@register(payment.CHECK, owed_by=Side.OFFICE, title=_("The office pays in time"))
def payment_due(batch: Batch) -> Iterator[Finding]:
    instalments = batch.read(selectors.by_contract)
    for contract in batch.begun():
        for row in instalments.get(contract.pk, []):
            finding = payment.payment_due(contract, row, batch.as_of, batch.calendar)
            if finding is not None:
                yield finding


@register(
    acceptance.CHECK,
    owed_by=Side.OFFICE,
    title=_("The office accepts or refuses the service in time"),
    references=(CIVIL_CODE_509,),
)
def acceptance_due(batch: Batch) -> Iterator[Finding]:
    instalments = batch.read(selectors.by_contract)
    for contract in batch.begun():
        for row in instalments.get(contract.pk, []):
            finding = acceptance.acceptance_due(contract, row, batch.as_of, batch.calendar)
            if finding is not None:
                yield finding


@register(deposit.CHECK, owed_by=Side.BOTH, title=_("The deposit or guarantee is given, and returned"))
def deposit_kept(batch: Batch) -> Iterator[Finding]:
    deposits = batch.read(selectors.deposits)
    for contract in batch.begun():
        yield from deposit.deposit(contract, deposits.get(contract.pk, []), batch.as_of, batch.calendar)


@register(score.CHECK, owed_by=Side.VENDOR, title=_("The scores of the periods, and the right to terminate"))
def scores_kept(batch: Batch) -> Iterator[Finding]:
    scores = batch.read(selectors.period_scores)
    for contract in batch.begun():
        yield from score.scores(contract, scores.get(contract.pk, ()), batch.as_of)


@register(
    purchase.PUBLIC_ACCEPTANCE,
    owed_by=Side.OFFICE,
    title=_("A service to the public is accepted with those served, and the result published"),
    references=(PROCUREMENT_RULES_45,),
)
def public_acceptance(batch: Batch) -> Iterator[Finding]:
    instalments, papers = batch.read(selectors.by_contract), batch.read(duties.purchase_papers)
    for contract in batch.begun():
        for row in instalments.get(contract.pk, []):
            finding = purchase.public_acceptance(contract, row, papers.get(contract.pk, ()), batch.as_of)
            if finding is not None:
                yield finding


@register(purchase.BUDGET, owed_by=Side.OFFICE, title=_("The years stay within the tender's total"))
def budget(batch: Batch) -> Iterator[Finding]:
    years = batch.read(selectors.years_of_tender)
    for contract in batch.begun():
        finding = purchase.budget(contract, years[contract.pk], batch.as_of)
        if finding is not None:
            yield finding
