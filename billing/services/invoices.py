"""The vendor hands an invoice in; the office accepts or returns it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from billing.choices import InvoiceKind, InvoiceStatus
from billing.models import Instalment, Invoice
from billing.rules.invoice import Expected, InvoiceFigures, differences
from billing.services.common import (
    keep,
    lock,
    reason_given,
    require,
    require_not_vendor,
    require_past,
)
from contract.errors import Conflict
from contract.law.identity import normalise_credit_code
from contract.selectors import contract_facts

# The first bytes that a file of each kind has (XML may begin with a byte order mark).
_FILE_KINDS = {
    ".pdf": (b"%PDF-",),
    ".ofd": (b"PK\x03\x04",),
    ".xml": (b"<", b"\xef\xbb\xbf<"),
}


@transaction.atomic
def submit_invoice(
    *,
    instalment: Instalment,
    number: str,
    issued_on: date,
    received_on: date,
    gross: Decimal,
    net: Decimal,
    tax: Decimal,
    vat_rate: Decimal,
    buyer_credit_code: str,
    seller_credit_code: str,
    actor: Any,
    today: date,
    code: str = "",
    kind: str = InvoiceKind.ORDINARY,
    file: File | None = None,
) -> Invoice:
    """Take in an invoice that agrees with its instalment in every respect.

    Amounts in yuan, `vat_rate` in per cent. Raises ValidationError with every difference by field,
    Conflict where another invoice stands for the instalment or the number is recorded already.
    """
    require(actor, "billing.add_invoice")
    row = lock(instalment)
    require_past("received_on", received_on, today)
    invoice = Invoice(
        instalment=row, kind=kind, code=code.strip(), number=number.strip(), issued_on=issued_on,
        received_on=received_on, gross=gross, net=net, tax=tax, vat_rate=vat_rate,
        buyer_credit_code=normalise_credit_code(buyer_credit_code),
        seller_credit_code=normalise_credit_code(seller_credit_code), file=file or "",
    )  # fmt: skip
    invoice.clean_fields()
    errors: dict[str, list[str]] = defaultdict(list)
    for field, message in differences(_figures(invoice), _expected(row, issued_on)):
        errors[field].append(str(message))
    if issued_on < row.contract.signed_on:
        errors["issued_on"].append(
            _("This day lies before the contract was signed (%(day)s).")
            % {"day": row.contract.signed_on}
        )
    if file is not None:
        errors["file"].extend(_file_problems(file))
    if any(errors.values()):
        raise ValidationError({field: found for field, found in errors.items() if found})
    if Invoice.objects.filter(code=invoice.code, number=invoice.number).exists():
        raise Conflict(
            _("Invoice %(number)s is recorded already. Each invoice counts once.")
            % {"number": invoice}
        )
    standing = row.invoices.exclude(status=InvoiceStatus.RETURNED).first()
    if standing is not None:
        raise Conflict(
            _("Invoice %(number)s stands for this instalment. It must be returned first.")
            % {"number": standing}
        )
    keep(invoice, actor)
    return invoice


@transaction.atomic
def accept_invoice(*, invoice: Invoice, actor: Any, today: date) -> Invoice:
    """The office has looked at the invoice and found it correct (or takes a return back)."""
    locked = _for_decision(invoice, actor)
    if locked.status == InvoiceStatus.ACCEPTED:
        raise Conflict(_decided(locked))
    locked.status, locked.reason = InvoiceStatus.ACCEPTED, ""
    locked.decided_on, locked.decided_by = today, actor
    keep(locked, actor)
    return locked


@transaction.atomic
def return_invoice(*, invoice: Invoice, reason: str, actor: Any, today: date) -> Invoice:
    """The office returns a wrong invoice: its time for payment stops, the vendor sends another.

    Raises ValidationError without a reason or once the instalment was paid on it.
    """
    locked = _for_decision(invoice, actor)
    reason = reason_given("reason", reason)
    if locked.status == InvoiceStatus.RETURNED:
        raise Conflict(_decided(locked))
    if locked.instalment.paid_amount > 0:
        raise ValidationError(
            _("The instalment was paid on this invoice. Withdraw the payment record first.")
        )
    locked.status, locked.reason = InvoiceStatus.RETURNED, reason
    locked.decided_on, locked.decided_by = today, actor
    keep(locked, actor)
    return locked


def _for_decision(invoice: Invoice, actor: Any) -> Invoice:
    require(actor, "billing.change_invoice")
    instalment = lock(invoice.instalment)
    require_not_vendor(actor, instalment)
    locked = Invoice.objects.select_related("decided_by").get(pk=invoice.pk)
    locked.instalment = instalment
    return locked


def _decided(invoice: Invoice) -> str:
    return _("%(who)s decided on this invoice on %(day)s: %(status)s.") % {
        "who": invoice.decided_by or "–",
        "day": invoice.decided_on,
        "status": invoice.get_status_display(),
    }


def _figures(invoice: Invoice) -> InvoiceFigures:
    names = InvoiceFigures.__dataclass_fields__
    return InvoiceFigures(**{name: getattr(invoice, name) for name in names})


def _expected(instalment: Instalment, day: date) -> Expected:
    contract = instalment.contract
    facts = contract_facts(contract.pk, day)
    return Expected(
        gross=instalment.amount,
        vat_rate=facts.policies.on(day, "vat_rate_percent"),
        buyer_credit_code=contract.office.credit_code,
        seller_credit_code=contract.vendor.credit_code,
    )


def _file_problems(file: File) -> list[str]:
    heads = _FILE_KINDS.get(PurePath(file.name or "").suffix.lower())
    if heads is None:
        return [_("Send the invoice as PDF, OFD or XML.")]
    if file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024**2
        return [_("The file is larger than %(limit)d MB.") % {"limit": limit}]
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if not head.startswith(heads):
        return [_("The content of the file is not what its name says.")]
    return []
