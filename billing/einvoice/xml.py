"""The XML of a fully digital invoice, and the one that older electronic invoices carry along.

A document type definition is refused, and with it every entity: nothing is expanded or fetched.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext_noop as _

from billing.choices import InvoiceKind
from billing.einvoice.reading import Reading, Unreadable, amount, day, percent, text
from contract.findings import Message

XML_MAX_BYTES = 2 * 1024**2
ELEMENTS_MAX = 20_000
LINES_MAX = 2_000

ROOTS = ("EInvoice", "eInvoice", "Invoice")
KINDS = {"01": InvoiceKind.SPECIAL, "02": InvoiceKind.ORDINARY}

# Where each figure stands: parent and name of the element, in both forms.
_PLACES = {
    ("GeneralOrSpecialVAT", "LabelCode"): "kind",
    ("TaxSupervisionInfo", "InvoiceNumber"): "number",
    ("TaxSupervisionInfo", "IssueTime"): "issued_on",
    ("BasicInformation", "TotalAmWithoutTax"): "net",
    ("BasicInformation", "TotalTaxAm"): "tax",
    ("BasicInformation", "TotalTax-includedAmount"): "gross",
    ("BuyerInformation", "BuyerName"): "buyer_name",
    ("BuyerInformation", "BuyerIdNum"): "buyer_credit_code",
    ("SellerInformation", "SellerName"): "seller_name",
    ("SellerInformation", "SellerIdNum"): "seller_credit_code",
    ("SellerInformation", "SellerBankAccNum"): "seller_bank_account",
    ("*", "InvoiceCode"): "code",
    ("*", "InvoiceNo"): "number",
    ("*", "IssueDate"): "issued_on",
    ("*", "TaxExclusiveTotalAmount"): "net",
    ("*", "TaxTotalAmount"): "tax",
    ("*", "TaxInclusiveTotalAmount"): "gross",
    ("Buyer", "BuyerName"): "buyer_name",
    ("Buyer", "BuyerTaxID"): "buyer_credit_code",
    ("Seller", "SellerName"): "seller_name",
    ("Seller", "SellerTaxID"): "seller_credit_code",
}
_ITEM = "IssuItemInformation"
_DECLARED_GB = re.compile(rb"""^<\?xml[^>]*encoding=["'](gb2312|gbk|gb18030)["'][^>]*\?>""", re.I)


def read_xml(data: bytes, source: str = "xml") -> Reading:
    """What an invoice's XML says. Raises Unreadable with the reason and the remedy."""
    root = _root(data)
    if _local(root) not in ROOTS:
        raise Unreadable(
            Message(
                _(
                    "The XML is no electronic invoice. Download the invoice's own XML from the "
                    "tax platform and send it unchanged."
                )
            )
        )
    found: dict[str, str] = {}
    items: list[dict[str, str]] = []
    for parent, element in _walk(root):
        name = _local(element)
        if name.startswith(_ITEM) and len(items) < LINES_MAX:
            items.append({_local(part): part.text or "" for part in element})
        field = _PLACES.get((_local(parent), name)) or _PLACES.get(("*", name))
        value = text(element.text)
        if field is None or value is None:
            continue
        if found.setdefault(field, value) != value:
            raise Unreadable(
                Message(_("The XML says two things of one figure (%(name)s). Download it anew."), name=name)
            )
    return Reading(
        source=source,
        kind=KINDS.get(found.get("kind", "")),
        code=found.get("code"),
        number=found.get("number"),
        issued_on=day(found.get("issued_on")),
        gross=amount(found.get("gross")),
        net=amount(found.get("net")),
        tax=amount(found.get("tax")),
        buyer_name=found.get("buyer_name"),
        buyer_credit_code=found.get("buyer_credit_code"),
        seller_name=found.get("seller_name"),
        seller_credit_code=found.get("seller_credit_code"),
        seller_bank_account=found.get("seller_bank_account"),
        **_lines(items),
    )


def parse(data: bytes) -> Element:
    """The root of an XML document. Raises Unreadable for a DTD, a broken or an endless one."""
    return _root(data)


def leaves(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every element below the root with its parent."""
    return _walk(root)


def _lines(items: list[dict[str, str]]) -> dict[str, Any]:
    """The sums of the lines, and their rate where they have one in common."""
    nets = [amount(item.get("Amount")) for item in items]
    taxes = [amount(item.get("ComTaxAm")) for item in items]
    rates = {percent(item.get("TaxRate")) for item in items}
    return {"items_net": _sum(nets), "items_tax": _sum(taxes), "vat_rate": rates.pop() if len(rates) == 1 else None}


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None


def _root(data: bytes) -> Element:
    if len(data) > XML_MAX_BYTES:
        raise Unreadable(Message(_("The XML is larger than %(limit)d MB."), limit=XML_MAX_BYTES // 1024**2))
    if match := _DECLARED_GB.match(data):  # the parser knows no encoding of two bytes
        try:
            data = data[match.end() :].decode("gb18030").encode()
        except UnicodeDecodeError:
            raise Unreadable(_broken()) from None
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(
            Message(
                _(
                    "The XML has a document type definition and is not opened. Download the "
                    "invoice's own XML from the tax platform."
                )
            )
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(_broken()) from error
    return root


def _broken() -> Message:
    return Message(_("The XML is damaged. Download it anew and send it unchanged."))


def _walk(root: Element) -> Iterator[tuple[Element, Element]]:
    """Each element with its parent, without recursion, up to a bound."""
    stack, seen = [root], 0
    while stack:
        parent = stack.pop()
        for element in parent:
            seen += 1
            if seen > ELEMENTS_MAX:
                raise Unreadable(_broken())
            yield parent, element
            stack.append(element)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
