"""The XML of a fully digital invoice, and the one that older electronic invoices carry along.

A document type definition is refused, and with it every entity: nothing is expanded or fetched.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
PATH_MAX = 2_000
LINES_MAX = 2_000

KINDS = {"01": InvoiceKind.SPECIAL, "02": InvoiceKind.ORDINARY}
KIND_WORDS = {"普通发票": InvoiceKind.ORDINARY, "专用发票": InvoiceKind.SPECIAL}


@dataclass(frozen=True)
class Form:
    """Where each figure stands below the root of a form, by the names on the way to it.

    A name alone proves nothing: an invoice over tolls has an `IssueDate` of the toll.
    """

    places: Mapping[str, str]
    items: str
    """The element of a line; the digital form numbers it, so what follows the name does not matter."""
    line: tuple[str, str, str]
    """In a line: net, tax and rate."""


_BASIC, _BUYER, _SELLER = (
    "EInvoiceData/BasicInformation",
    "EInvoiceData/BuyerInformation",
    "EInvoiceData/SellerInformation",
)
_TAXPAYER = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"
_DIGITAL = Form(
    {
        "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode": "kind",
        "TaxSupervisionInfo/InvoiceNumber": "number",
        "TaxSupervisionInfo/IssueTime": "issued_on",
        f"{_BASIC}/TotalAmWithoutTax": "net",
        f"{_BASIC}/TotalTaxAm": "tax",
        f"{_BASIC}/TotalTax-includedAmount": "gross",
        f"{_BUYER}/BuyerName": "buyer_name",
        f"{_BUYER}/BuyerIdNum": "buyer_credit_code",
        f"{_SELLER}/SellerName": "seller_name",
        f"{_SELLER}/SellerIdNum": "seller_credit_code",
        f"{_SELLER}/SellerBankAccNum": "seller_bank_account",
    },
    "EInvoiceData/IssuItemInformation",
    ("Amount", "ComTaxAm", "TaxRate"),
)
_OLDER = Form(
    {
        "InvoiceCode": "code",
        "InvoiceNo": "number",
        "IssueDate": "issued_on",
        "TaxExclusiveTotalAmount": "net",
        "TaxTotalAmount": "tax",
        "TaxInclusiveTotalAmount": "gross",
        "Buyer/BuyerName": "buyer_name",
        "Buyer/BuyerTaxID": "buyer_credit_code",
        "Seller/SellerName": "seller_name",
        "Seller/SellerTaxID": "seller_credit_code",
    },
    "GoodsInfos/GoodsInfo",
    ("Amount", "TaxAmount", "TaxScheme"),
)
# The accounting data standard of the Ministry of Finance, attached to a PDF or an OFD (inv, einv).
_XBRL = Form(
    {
        "TypeOfInvoice": "kind",
        "CodeOfInvoice": "code",
        "NumberOfInvoice": "number",
        "InvoiceNumber": "number",
        "DateOfIssue": "issued_on",
        "TotalAmountExcludingTax": "net",
        "TotalTaxAmount": "tax",
        "TaxIncludedAmountInFigures": "gross",
        "NameOfPurchaser": "buyer_name",
        f"{_TAXPAYER}Purchaser": "buyer_credit_code",
        "NameOfSeller": "seller_name",
        f"{_TAXPAYER}Seller": "seller_credit_code",
    },
    "InformationOfTaxableGoodsOrServicesDetailItemsTuple",
    ("AmountExcludingTax", "TaxAmount", "TaxRate"),
)
ROOTS: Mapping[str, Form] = {"EInvoice": _DIGITAL, "eInvoice": _OLDER, "Invoice": _OLDER, "xbrl": _XBRL}
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
    form = ROOTS[_local(root)]
    found: dict[str, Any] = {}
    items: list[dict[str, str]] = []
    for path, element in _walk(root):
        if path.startswith(form.items) and "/" not in path[len(form.items) :] and len(items) < LINES_MAX:
            items.append({_local(part): part.text or "" for part in element})
        field = form.places.get(path)
        value = text(element.text)
        if field is None or value is None:
            continue
        if found.setdefault(field, _typed(field, value)) != _typed(field, value):
            raise Unreadable(
                Message(_("The XML says two things of one figure (%(name)s). Download it anew."), name=_local(element))
            )
    return Reading(
        source=source,
        kind=found.get("kind"),
        code=found.get("code"),
        number=found.get("number"),
        issued_on=found.get("issued_on"),
        gross=found.get("gross"),
        net=found.get("net"),
        tax=found.get("tax"),
        buyer_name=found.get("buyer_name"),
        buyer_credit_code=found.get("buyer_credit_code"),
        seller_name=found.get("seller_name"),
        seller_credit_code=found.get("seller_credit_code"),
        seller_bank_account=found.get("seller_bank_account"),
        **_lines(items, form.line),
    )


def parse(data: bytes) -> Element:
    """The root of an XML document. Raises Unreadable for a DTD, a broken or an endless one."""
    return _root(data)


def leaves(root: Element) -> Iterator[tuple[str, Element]]:
    """Every element below the root with the names on the way to it."""
    return _walk(root)


def _typed(field: str, value: str) -> Any:
    """A figure as what it is: "100.00" and "100.000000" are one amount. None where it is none."""
    if field == "kind":
        words = (kind for word, kind in KIND_WORDS.items() if word in value)
        return KINDS.get(value) or next(words, None)
    if field == "issued_on":
        return day(value)
    return amount(value) if field in ("gross", "net", "tax") else value


def _lines(items: list[dict[str, str]], line: tuple[str, str, str]) -> dict[str, Any]:
    """The sums of the lines (discounts below zero), and their rate where they have one in common."""
    net, tax, rate = line
    nets = [amount(item.get(net)) for item in items]
    taxes = [amount(item.get(tax)) for item in items]
    rates = {percent(item.get(rate)) for item in items}
    return {
        "items_net": _sum(nets),
        "items_tax": _sum(taxes),
        "items": len(items) or None,
        "vat_rate": rates.pop() if len(rates) == 1 else None,
    }


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


def _walk(root: Element) -> Iterator[tuple[str, Element]]:
    """Each element with its path below the root, without recursion, up to a bound."""
    stack, seen = [("", root)], 0
    while stack:
        above, parent = stack.pop()
        for element in parent:
            seen += 1
            if seen > ELEMENTS_MAX or len(above) > PATH_MAX:
                raise Unreadable(_broken())
            path = f"{above}{_local(element)}"
            yield path, element
            stack.append((f"{path}/", element))


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
