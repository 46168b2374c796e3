"""Invoices, acceptances and payments."""

from decimal import Decimal
from typing import Any

from billing import services
from billing.models import Instalment, Invoice
from billing.models.invoice import STANDING
from billing.selectors.quarter_file import missing_papers
from contract.duties.models import AssessmentScheme
from contract.selectors import contract_facts
from law.money import vat_split
from sample.records.year import Year, record
from sample.year import events
from sample.year.words import claims

# Invented people of the acceptance group.
GROUP = (("周验收", "leader"), ("吴监督", "member"), ("郑使用", "user"))
GROUP_OPINION = "服务基本符合约定，验收资料齐全，建议验收合格。"


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
        invoice=_invoice(year, event.instalment), reason=event.reason, actor=year.users.get("finance"), today=event.on
    )


@record.register
def invoice_accepted(event: events.InvoiceAccepted, year: Year) -> None:
    services.accept_invoice(invoice=_invoice(year, event.instalment), actor=year.users.get("finance"), today=event.on)


@record.register
def accepted(event: events.Accepted, year: Year) -> None:
    """A group of three, its opinion, and the office's decision, all on the day."""
    office = year.users.get("office")
    scheme = AssessmentScheme.objects.filter(
        contract=year.contract, office_confirmed_on__lte=event.on, vendor_confirmed_on__lte=event.on
    ).first()
    sheet = services.open_sheet(
        instalment=_instalment(year, event.instalment), actor=office, today=event.on, scheme=scheme
    )
    unit = year.contract.office.name
    services.save_group(
        sheet=sheet,
        actor=office,
        group_opinion=event.opinion or GROUP_OPINION,
        members=[
            {"name": name, "unit": unit, "role": role, "opinion": "同意", "signed_on": event.on} for name, role in GROUP
        ],
        scores=[
            {"criterion": criterion, "points": Decimal(points)}
            for criterion, points in zip(scheme.criteria.all(), event.points, strict=True)
        ]
        if scheme
        else [],
    )
    services.conclude_group(sheet=sheet, actor=office, today=event.on)
    services.decide_sheet(
        sheet=sheet,
        accepted_on=event.on,
        result=event.result,
        opinion=event.opinion or "同意验收组意见。",
        actor=office,
        today=event.on,
    )


@record.register
def acceptance_confirmed(event: claims.AcceptanceConfirmed, year: Year) -> None:
    services.answer_sheet(
        sheet=_instalment(year, event.instalment).sheets.get(),
        confirm=True,
        opinion=event.opinion,
        actor=year.users.get("vendor"),
        on=event.on,
    )


@record.register
def paid(event: events.Paid, year: Year) -> None:
    instalment = _instalment(year, event.instalment)
    said: dict[str, Any] = {
        "instalment": instalment,
        "paid_on": event.on,
        "amount": instalment.payable,
        "reference": event.voucher,
    }
    by: dict[str, Any] = {"actor": year.users.get("finance"), "today": event.on}
    if by["actor"] is None or not missing_papers(instalment):
        services.record_payment(**said, **by)
        return
    exception = services.propose_exception(**said, **by, reason="财政年度关账，先行支付，发票随后补交。")
    services.decide_exception(
        exception=exception,
        approve=True,
        reason="已核对支付凭证，同意先行支付，发票须补交。",
        actor=year.users["reviewer"],
        at=events.instant(event.on),
        today=event.on,
    )


def _instalment(year: Year, sequence: int) -> Instalment:
    return Instalment.objects.get(contract=year.contract, sequence=sequence)


def _invoice(year: Year, sequence: int) -> Invoice:
    """The one that stands for an instalment."""
    invoices = _instalment(year, sequence).invoices
    return invoices.filter(STANDING).get()
