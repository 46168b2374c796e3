"""An invoice line by line: what was typed, what the file and the QR code say, what is owed.

A line that differs is refused; one to be looked at is a person's to judge and holds nothing up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from billing.choices import InvoiceKind, Verdict
from billing.einvoice import Reading
from billing.rules.invoice import Expected, InvoiceFigures, differences
from contract.findings import Message
from law.money import FEN, vat_split

ITEMS: Mapping[str, str] = {
    "kind": _("kind of invoice"),
    "code": _("invoice code"),
    "number": _("invoice number"),
    "issued_on": _("invoice issued on"),
    "received_on": _("received on"),
    "gross": _("amount including tax (yuan)"),
    "net": _("amount without tax (yuan)"),
    "tax": _("tax (yuan)"),
    "vat_rate": _("VAT rate (%)"),
    "buyer_credit_code": _("buyer's credit code"),
    "seller_credit_code": _("seller's credit code"),
    "buyer_name": _("buyer's name"),
    "seller_name": _("seller's name"),
    "seller_bank_account": _("seller's bank account"),
}
"""The items in the order in which they are compared, with their names."""

SOURCES: Mapping[str, str] = {"xml": _("XML file"), "ofd": _("OFD file"), "pdf": _("PDF file"), "qr": _("QR code")}
FILES = ("xml", "ofd", "pdf")
_SOFT = ("buyer_name", "seller_name", "seller_bank_account")
"""Compared with the contract only, and no reason to refuse: names and accounts are written in many
ways, and an account may have changed."""


@dataclass(frozen=True)
class CheckLine:
    """One item: what was typed, what each source says, what the contract makes of it."""

    field: str
    label: str  # a msgid
    typed: str
    expected: str
    read: tuple[tuple[str, str], ...] = ()
    verdict: Verdict = Verdict.AGREES
    messages: tuple[Message, ...] = ()


def check_invoice(invoice: InvoiceFigures, expected: Expected, readings: Sequence[Reading] = ()) -> list[CheckLine]:
    """Every item with its verdict, in a fixed order; all differences at once."""
    wrong: dict[str, list[Message]] = {}
    count = max((reading.items or 1 for reading in readings), default=1)
    for name, message in differences(invoice, expected, lines=count):
        wrong.setdefault(name, []).append(message)
    lines = []
    for name, label in ITEMS.items():
        typed = "" if name in _SOFT else written(name, getattr(invoice, name))
        read = tuple(
            (reading.source, written(name, value))
            for reading in readings
            if (value := getattr(reading, name, None)) is not None
        )
        unread = [reading.source for reading in readings if _unread(name, typed, reading)]
        right = _expected(name, expected)
        if name in _SOFT and not read and not (unread and right):
            continue
        problems = wrong.get(name, [])
        looks = [_not_read(source) for source in unread]
        if name in _SOFT:
            looks += [_soft(name, source, value, right) for source, value in read if _plain(value) != _plain(right)]
        else:
            looks += _in_part(name, invoice, expected)
            problems = problems + [_says(name, source, value, typed) for source, value in read if value != typed]
            looks += _of_lines(name, readings)
        verdict = Verdict.DIFFERS if problems else Verdict.LOOK if looks else Verdict.AGREES
        lines.append(CheckLine(name, label, typed, right, read, verdict, (*problems, *looks)))
    return lines


def refused(lines: Iterable[CheckLine]) -> dict[str, list[str]]:
    """The lines that differ, as messages by field."""
    return {
        line.field: [str(message) for message in line.messages] for line in lines if line.verdict == Verdict.DIFFERS
    }


def written(name: str, value: Any) -> str:
    """A value of an item as it is compared and shown."""
    if name == "kind":
        return str(InvoiceKind(value).value) if value else ""
    if isinstance(value, Decimal):
        if name == "vat_rate":
            return f"{value.normalize():f}"
        # Less than a fen is an error of its own: it is shown, not rounded away. Zeros are nothing.
        plain = value.quantize(FEN)
        return f"{plain:f}" if plain == value else f"{value:f}"
    if name in ("buyer_credit_code", "seller_credit_code"):
        return str(value).strip().upper()
    return str(value)


def _expected(name: str, expected: Expected) -> str:
    if name == "kind":
        return str(InvoiceKind.ORDINARY.value)
    if name == "gross":
        return written(name, -expected.gross if expected.cancels else expected.gross)
    if name in ("net", "tax"):
        part = getattr(vat_split(abs(expected.gross), expected.vat_rate / 100), name)
        return written(name, part if (expected.gross < 0) == bool(expected.cancels) else -part)
    value = getattr(expected, name, None)
    return "" if value is None else written(name, value)


def shown(name: str, value: str) -> str | Message:
    """A written value as people read it."""
    return Message(str(InvoiceKind(value).label)) if name == "kind" and value in InvoiceKind.values else value


def _unread(name: str, typed: str, reading: Reading) -> bool:
    """Whether a file should have said this and does not. Of an empty reading nothing was compared."""
    if reading.source not in FILES or getattr(reading, name, None) is not None:
        return False
    return reading.is_empty or not (name == "received_on" or (name == "code" and not typed))


def _not_read(source: str) -> Message:
    return Message(_("The file does not let this be read (%(source)s). Look at it."), source=Message(SOURCES[source]))


def _says(name: str, source: str, value: str, typed: str) -> Message:
    return Message(
        _("The %(source)s says %(found)s, entered was %(typed)s. Correct the entry, or hand in the right file."),
        source=Message(SOURCES[source]),
        found=shown(name, value) or "–",
        typed=shown(name, typed) or "–",
    )


def _soft(name: str, source: str, value: str, right: str) -> Message:
    if name == "seller_bank_account":
        return Message(
            _(
                "The %(source)s names the account %(found)s, the contract %(right)s. Pay to the "
                "contract's account unless a change was confirmed in writing."
            ),
            source=Message(SOURCES[source]),
            found=value,
            right=right or "–",
        )
    return Message(
        _("The %(source)s says %(found)s, the contract %(right)s. Look whether it is the same."),
        source=Message(SOURCES[source]),
        found=value,
        right=right or "–",
    )


def _in_part(name: str, invoice: InvoiceFigures, expected: Expected) -> Iterable[Message]:
    """Of a red-letter invoice over a part: what stays of the one that it names."""
    left = expected.gross + invoice.gross
    if name == "gross" and expected.cancels and invoice.gross < 0 < left:
        yield Message(
            _("A part is cancelled: invoice %(number)s still stands for %(left)s yuan."),
            number=expected.cancels,
            left=f"{left:,.2f}",
        )


def _of_lines(name: str, readings: Sequence[Reading]) -> Iterable[Message]:
    """Net and tax of the file against the sums of its own lines."""
    if name not in ("net", "tax"):
        return
    for reading in readings:
        total, lines = getattr(reading, name), getattr(reading, f"items_{name}")
        if total is not None and lines is not None and total != lines.quantize(FEN):
            yield Message(
                _("The lines of the invoice add up to %(lines)s, its total is %(total)s."),
                lines=f"{lines:,.2f}",
                total=f"{total:,.2f}",
            )


def _plain(value: str) -> str:
    """A name or an account without what is written in several ways."""
    return "".join(value.split()).translate(str.maketrans("()", "（）"))
