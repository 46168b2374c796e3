"""Invoices, acceptances and payments."""

from decimal import Decimal

from billing import services
from billing.models import Instalment, Invoice
from billing.models.invoice import STANDING
from contract.law.money import vat_split
from contract.selectors import contract_facts
from sample.recording.year import Year, record
from sample.year import events


@record.register
def invoiced(event: events.Invoiced, year: Year) -> None:
    contract, instalment = year.contract, _instalment(year, event.instalment)
    policies = contract_facts(contract.pk, event.on).policies
    rate: Decimal = policies.on(event.on, "vat_rate_percent")
    split = vat_split(instalment.amount, rate / 100)
    services.submit_invoice(
        instalment=instalment,
        number=event.number,
        issued_on=event.on,
        received_on=event.on,
        gross=instalment.amount,
        net=split.net,
        tax=split.tax,
        vat_rate=rate,
        buyer_credit_code=contract.office.credit_code,
        seller_credit_code=contract.vendor.credit_code,
        actor=year.users.get("vendor"),
        today=event.on,
    )


@record.register
def invoice_returned(event: events.InvoiceReturned, year: Year) -> None:
    services.return_invoice(
        invoice=_invoice(year, event.instalment),
        reason=event.reason,
        actor=year.users.get("finance"),
        today=event.on,
    )


@record.register
def invoice_accepted(event: events.InvoiceAccepted, year: Year) -> None:
    services.accept_invoice(
        invoice=_invoice(year, event.instalment),
        actor=year.users.get("finance"),
        today=event.on,
    )


@record.register
def accepted(event: events.Accepted, year: Year) -> None:
    services.record_acceptance(
        instalment=_instalment(year, event.instalment),
        accepted_on=event.on,
        result=event.result,
        opinion=event.opinion,
        actor=year.users.get("office"),
        today=event.on,
    )


@record.register
def paid(event: events.Paid, year: Year) -> None:
    instalment = _instalment(year, event.instalment)
    services.record_payment(
        instalment=instalment,
        paid_on=event.on,
        amount=instalment.outstanding,
        reference=event.voucher,
        actor=year.users.get("finance"),
        today=event.on,
    )


def _instalment(year: Year, sequence: int) -> Instalment:
    return Instalment.objects.get(contract=year.contract, sequence=sequence)


def _invoice(year: Year, sequence: int) -> Invoice:
    """The one that stands for an instalment."""
    invoices = _instalment(year, sequence).invoices
    return invoices.filter(STANDING).get()
