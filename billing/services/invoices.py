"""The vendor hands an invoice in; the office accepts or returns it; a red-letter one cancels it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from billing.choices import InvoiceKind, InvoiceStatus
from billing.einvoice import Document, Reading, Unreadable, open_document, read_qr
from billing.models import Instalment, Invoice
from billing.models.invoice import STANDING
from billing.rules.comparison import CheckLine, check_invoice, refused
from billing.selectors.comparison import expected_of, figures_of
from billing.services.base import keep, lock, require, require_not_vendor
from contract.models.refusals import ahead, refuse
from contract.records import reason_given
from kit.database.constraint_messages import recorded
from kit.errors import Conflict
from law.identity import normalise_credit_code


@dataclass
class InvoiceCheck:
    """What would come of handing an invoice in: its lines, what is wrong, what is in the way."""

    lines: list[CheckLine]
    errors: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    document: Document | None = None

    @property
    def acceptable(self) -> bool:
        return not (self.errors or self.conflicts)


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
    reverses: Invoice | None = None,
    qr_text: str = "",
    file: File | None = None,
) -> Invoice:
    """Take in an invoice that agrees with its instalment in every respect.

    With `reverses` it is a red-letter invoice: it agrees with the one that it names and is over no more
    than what is left of it. That one stands for the rest, or no more once nothing is left.
    Amounts in yuan, `vat_rate` in per cent. Raises ValidationError with
    every difference by field, Conflict where another invoice stands for the instalment or the
    number is recorded already.
    """
    invoice, check = _look_at(
        lock(instalment),
        actor,
        today,
        number=number,
        issued_on=issued_on,
        received_on=received_on,
        gross=gross,
        net=net,
        tax=tax,
        vat_rate=vat_rate,
        buyer_credit_code=buyer_credit_code,
        seller_credit_code=seller_credit_code,
        code=code,
        kind=kind,
        reverses=reverses,
        qr_text=qr_text,
        file=file,
    )
    if check.errors:
        raise ValidationError(check.errors)
    if check.conflicts:
        raise Conflict(check.conflicts[0])
    if invoice.reverses is not None:
        _cancel(invoice.reverses, invoice, actor)
    keep(invoice, actor)
    return invoice


def check_only(*, instalment: Instalment, actor: Any, today: date, received_on: date, **entered: Any) -> InvoiceCheck:
    """What `submit_invoice` would say to the same entries. Nothing is written."""
    row = Instalment.objects.select_related("contract__office", "contract__vendor").get(pk=instalment.pk)
    return _look_at(row, actor, today, received_on=received_on, **entered)[1]


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
    reason = reason_given(reason, "reason")
    if locked.status == InvoiceStatus.RETURNED:
        raise Conflict(_decided(locked))
    if locked.instalment.paid_amount > 0:
        raise ValidationError(_("The instalment was paid on this invoice. Withdraw the payment record first."))
    locked.status, locked.reason = InvoiceStatus.RETURNED, reason
    locked.decided_on, locked.decided_by = today, actor
    keep(locked, actor)
    return locked


def _look_at(row: Instalment, actor: Any, today: date, **entered: Any) -> tuple[Invoice, InvoiceCheck]:
    """The invoice as it would be kept, and everything that is to be said of it."""
    require(actor, "billing.add_invoice")
    if row.is_open and entered.get("reverses") is None:
        raise ValidationError(
            {"instalment": _("The amount of this instalment is not known yet: invoice it afterwards.")}
        )
    for name in ("issued_on", "received_on"):
        refuse(ahead({name: entered[name]}, today))
    file, reverses = entered.pop("file", None), entered.pop("reverses", None)
    invoice = Invoice(instalment=row, reverses=reverses, **_tidied(entered))
    if reverses is not None:
        invoice.status = InvoiceStatus.RED_LETTER
    invoice.clean_fields(exclude=["reverses"])
    errors: dict[str, list[str]] = defaultdict(list)
    document, readings = _read(invoice, file, errors)
    lines = check_invoice(figures_of(invoice), expected_of(row, invoice.issued_on, reverses), readings)
    for name, found in refused(lines).items():
        errors[name].extend(found)
    _check_days(row, invoice, errors)
    if document is not None:
        invoice.file, invoice.file_sha256 = file, document.sha256
    invoice.reading = {reading.source: reading.written() for reading in readings}
    conflicts = _conflicts(row, invoice)
    kept = {name: found for name, found in errors.items() if found}
    return invoice, InvoiceCheck(lines, kept, conflicts, list(readings), document)


def _tidied(entered: dict[str, Any]) -> dict[str, Any]:
    tidy = dict(entered)
    for name in ("code", "number", "qr_text"):
        tidy[name] = tidy.get(name, "").strip()
    for name in ("buyer_credit_code", "seller_credit_code"):
        tidy[name] = normalise_credit_code(tidy[name])
    return tidy


def _read(
    invoice: Invoice, file: File | None, errors: dict[str, list[str]]
) -> tuple[Document | None, Sequence[Reading]]:
    """What file and QR code say; what cannot be read is an error of its own field."""
    readings, document = [], None
    if file is not None:
        try:
            document = open_document(file, settings.UPLOAD_MAX_BYTES)
        except Unreadable as error:
            errors["file"].append(str(error.message))
        if document is not None:
            readings.append(document.reading)
            invoice.qr_text = invoice.qr_text or document.qr_text
    if invoice.qr_text:
        try:
            readings.append(read_qr(invoice.qr_text))
        except Unreadable as error:
            errors["qr_text"].append(str(error.message))
    return document, readings


def _check_days(row: Instalment, invoice: Invoice, errors: dict[str, list[str]]) -> None:
    if invoice.issued_on < row.contract.signed_on:
        errors["issued_on"].append(
            _("This day lies before the contract was signed (%(day)s).") % {"day": row.contract.signed_on}
        )
    original = invoice.reverses
    if original is None:
        return
    if original.instalment_id != row.pk:
        errors["reverses"].append(_("Invoice %(number)s belongs to another instalment.") % {"number": original})
    if original.reverses_id is not None:
        errors["reverses"].append(_("A red-letter invoice is not cancelled by another one."))
    if invoice.issued_on < original.issued_on:
        errors["issued_on"].append(
            _("A red-letter invoice comes after the one that it cancels (%(day)s).") % {"day": original.issued_on}
        )


def _conflicts(row: Instalment, invoice: Invoice) -> list[str]:
    """What is on record already and stands in the way."""
    if Invoice.objects.filter(code=invoice.code, number=invoice.number).exists():
        text = _("Invoice %(number)s is recorded already. Each invoice counts once.") % {"number": invoice}
        return [text + recorded(invoice, ("code", "number"))]
    if invoice.reverses is not None:
        return [_cancelled(invoice.reverses)] if invoice.reverses.remaining == 0 else []
    standing = row.invoices.filter(STANDING).first()
    if standing is None:
        return []
    return [_("Invoice %(number)s stands for this instalment. It must be returned first.") % {"number": standing}]


def _cancel(original: Invoice, red: Invoice, actor: Any) -> None:
    """Count a red-letter invoice against the one that it names, returned or not.

    Once nothing is left of it, it stands no more; until then it stands for the rest.
    """
    locked = Invoice.objects.get(pk=original.pk)
    red.reverses = locked
    if locked.remaining + red.gross > 0:
        return
    if locked.stands:
        locked.decided_on, locked.decided_by = red.received_on, actor
    locked.status = InvoiceStatus.REVERSED
    locked.instalment = red.instalment
    keep(locked, actor)


def _cancelled(invoice: Invoice) -> str:
    reds = _(", ").join(str(red) for red in invoice.reversed_by.order_by("pk"))
    text = _("Invoice %(number)s was cancelled by red-letter invoice %(red)s already.")
    return text % {"number": invoice, "red": reds}


def _for_decision(invoice: Invoice, actor: Any) -> Invoice:
    require(actor, "billing.change_invoice")
    instalment = lock(invoice.instalment)
    require_not_vendor(actor, instalment)
    locked = Invoice.objects.select_related("decided_by").get(pk=invoice.pk)
    locked.instalment = instalment
    if locked.status == InvoiceStatus.REVERSED:
        raise Conflict(_cancelled(locked))
    if locked.status == InvoiceStatus.RED_LETTER:
        raise Conflict(_("A red-letter invoice is neither accepted nor returned."))
    return locked


def _decided(invoice: Invoice) -> str:
    return _("%(who)s decided on this invoice on %(day)s: %(status)s.") % {
        "who": invoice.decided_by or "–",
        "day": invoice.decided_on,
        "status": invoice.get_status_display(),
    }
