"""Writes the XML of an invented fully digital invoice, in the form of the tax platform."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

ITEM = "*商务辅助服务*12345热线话务服务费"


def invoice_xml(figures: Mapping[str, Any], *, buyer: Any, seller: Any, label: str = "02") -> bytes:
    """The XML over these figures (those of `submit_invoice`), between two parties."""
    rate = Decimal(figures["vat_rate"]) / 100
    lines = "".join(
        f"<{name}>{escape(str(value))}</{name}>"
        for name, value in (
            ("ItemName", ITEM),
            ("Quantity", "1"),
            ("Amount", figures["net"]),
            ("TaxRate", f"{rate.normalize():f}"),
            ("ComTaxAm", figures["tax"]),
            ("TotaltaxIncludedAmount", figures["gross"]),
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<EInvoice><Header>'
        f"<EIid>{figures['number']}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.2</Version>"
        f"<InherentLabel><GeneralOrSpecialVAT><LabelCode>{label}</LabelCode>"
        "</GeneralOrSpecialVAT></InherentLabel></Header><EInvoiceData>"
        f"<SellerInformation>{_party('Seller', seller)}</SellerInformation>"
        f"<BuyerInformation>{_party('Buyer', buyer)}</BuyerInformation><BasicInformation>"
        f"<TotalAmWithoutTax>{figures['net']}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{figures['tax']}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{figures['gross']}</TotalTax-includedAmount>"
        f"<RequestTime>{figures['issued_on']} 10:30:00</RequestTime></BasicInformation>"
        f"<IssuItemInformation>{lines}</IssuItemInformation></EInvoiceData><TaxSupervisionInfo>"
        f"<InvoiceNumber>{figures['number']}</InvoiceNumber>"
        f"<IssueTime>{figures['issued_on']}</IssueTime></TaxSupervisionInfo></EInvoice>"
    ).encode()


def _party(side: str, party: Any) -> str:
    return (
        f"<{side}IdNum>{escape(party.credit_code)}</{side}IdNum>"
        f"<{side}Name>{escape(party.name)}</{side}Name>"
        f"<{side}BankName>{escape(party.bank_name)}</{side}BankName>"
        f"<{side}BankAccNum>{escape(party.bank_account)}</{side}BankAccNum>"
    )
