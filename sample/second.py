"""A second, small contract of the year before: its money is amended within the year.

The reference contract's four shares stay as its text gives them; what an amendment, a red-letter
invoice and an invoice's XML do is told on this one. Its vendor is invented. Its clauses carry no
checks and all its readings are confirmed, so that it adds nothing to the findings of the sample
year, nor to what the office has to settle.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from billing import services
from billing.models import Instalment, Invoice
from billing.models.invoice import STANDING
from contract import acting as context
from contract.choices import PartySide
from contract.duties.models import Amendment
from contract.duties.services.changes import agree_to_amendment, save_amendment
from contract.loading import load_contract
from contract.models import Contract, Policy
from contract.terms import POLICIES
from law.money import vat_split
from sample.einvoice import invoice_xml
from sample.year.events import MORNING, instant

NUMBER = "SMX-SL-2023"
EXEMPT = "示例合同，仅演示款项变更，不设检查。"
RATE = Decimal(6)

DOCUMENT: Mapping[str, Any] = {
    "contract": {
        "number": NUMBER,
        "title": "（示例）上一年度热线夜间补充坐席服务合同",
        "signed_on": "2023-09-28",
        "starts_on": "2023-10-01",
        "ends_on": "2024-09-30",
    },
    "terms": [
        {"key": "headcount", "value": "10", "clause": "1"},
        {"key": "annual_fee", "value": "480000.00", "clause": "2"},
        {"key": "payment_cycle_months", "value": "3", "clause": "3"},
        {"key": "amendment_notice_months", "value": "1", "clause": "4"},
    ],
    "policies": [],
    "clauses": [
        {
            "ref": "1",
            "owed_by": "vendor",
            "title": "补充坐席",
            "title_en": "Additional seats",
            "summary": "乙方派驻约定数量的夜间补充坐席。",
            "summary_en": "The vendor staffs the agreed number of additional night seats.",
            "exemption": EXEMPT,
        },
        {
            "ref": "2",
            "owed_by": "office",
            "title": "年服务费",
            "title_en": "Fee of the year",
            "summary": "年服务费为含税固定总额。",
            "summary_en": "The fee of the year is a fixed total including VAT.",
            "exemption": EXEMPT,
        },
        {
            "ref": "3",
            "owed_by": "both",
            "title": "按季付款",
            "title_en": "Quarterly payment",
            "summary": "先开票，后付款，每季一期。",
            "summary_en": "Invoice first, then payment, once a quarter.",
            "exemption": EXEMPT,
        },
        {
            "ref": "4",
            "owed_by": "both",
            "title": "书面变更",
            "title_en": "Written amendment",
            "summary": "变更须提前一个月通知，双方书面同意。",
            "summary_en": "Changes need a month's notice and both sides' written consent.",
            "exemption": EXEMPT,
        },
    ],
}

VENDOR = {
    "name": "示例话务服务有限公司（虚构）",
    "credit_code": "919999990004800120",
    "address": "示例市示例路1号",
    "telephone": "100-0000",
    "bank_name": "示例银行示例支行",
    "bank_account": "99990000480012",
}

AMENDED_FROM = date(2024, 7, 15)
AMENDMENT = {"headcount": "12", "annual_fee": "576000.00"}


@transaction.atomic
def load(first: Contract, users: Mapping[str, Any]) -> Contract:
    """Load the second contract with its year, unless it is there. Its office is `first`'s."""
    known = Contract.objects.filter(number=NUMBER).first()
    if known is not None:
        return known
    office = {
        name: getattr(first.office, name)
        for name in ("name", "credit_code", "address", "telephone", "bank_name", "bank_account")
    }
    with context.acting(at=instant(date(2023, 9, 28))):
        contract = load_contract({**DOCUMENT, "parties": {"office": office, "vendor": VENDOR}})
        _confirm_readings(contract)
    story = _Story(contract, users)
    story.plan(date(2023, 10, 9))
    story.first_quarter()
    story.second_quarter()
    story.amend()
    story.third_quarter()
    story.fourth_quarter()
    return contract


def _confirm_readings(contract: Contract) -> None:
    for key, definition in POLICIES.items():
        Policy.objects.create(
            contract=contract,
            key=key,
            value=definition.write(definition.default),
            effective_from=contract.starts_on,
            confirmed_on=contract.signed_on,
        )


class _Story:
    """The steps of the year, each on its day, in the name of the side that takes it."""

    def __init__(self, contract: Contract, users: Mapping[str, Any]) -> None:
        self.contract, self.users = contract, users

    def plan(self, on: date) -> None:
        with self.acting(on, "finance"):
            services.generate_instalments(contract=self.contract, actor=self.users.get("finance"))

    def first_quarter(self) -> None:
        """An invoice with its XML."""
        self.invoice(1, date(2024, 1, 7), "24999000000048000017", kind="xml")
        self.settle(1, date(2024, 1, 10), date(2024, 1, 24), "JZ-SL-2024-0124")

    def second_quarter(self) -> None:
        """An invoice that is cancelled by a red-letter one, and the new one."""
        wrong = self.invoice(2, date(2024, 4, 7), "24999000000048000024")
        self.invoice(2, date(2024, 4, 9), "24999000000048000031", cancels=wrong, kind="xml")
        self.invoice(2, date(2024, 4, 9), "24999000000048000048", kind="xml")
        self.settle(2, date(2024, 4, 11), date(2024, 4, 25), "JZ-SL-2024-0425")

    def amend(self) -> None:
        """Two more seats and a higher fee from within the fourth quarter on."""
        proposed = date(2024, 5, 26)
        with self.acting(proposed, "office"):
            amendment = save_amendment(
                amendment=Amendment(
                    contract=self.contract,
                    title="增加夜间补充坐席两席并相应调整服务费",
                    document="补充协议（示例）第1号",
                    proposed_by=PartySide.OFFICE,
                    proposed_on=proposed,
                    arrived_on=proposed,
                    effective_from=AMENDED_FROM,
                ),
                changes=AMENDMENT,
            )
        for side, who, number in ((PartySide.OFFICE, "office", 9), (PartySide.VENDOR, "", 10)):
            on = date(2024, 6, number)
            with self.acting(on, who):
                amendment = agree_to_amendment(amendment=amendment, side=side, on=on)
        self.plan(date(2024, 6, 11))

    def third_quarter(self) -> None:
        """An invoice with the text of its QR code."""
        self.invoice(3, date(2024, 7, 4), "24999000000048000055", kind="qr")
        self.settle(3, date(2024, 7, 9), date(2024, 7, 22), "JZ-SL-2024-0722")

    def fourth_quarter(self) -> None:
        """The share by the amended fee."""
        self.invoice(4, date(2024, 10, 9), "24999000000048000062", kind="xml")
        self.settle(4, date(2024, 10, 11), date(2024, 10, 25), "JZ-SL-2024-1025")

    def invoice(
        self, sequence: int, on: date, number: str, *, cancels: Invoice | None = None, kind: str = ""
    ) -> Invoice:
        row = self.row(sequence)
        split = vat_split(row.amount, RATE / 100)
        sign = -1 if cancels else 1
        figures: dict[str, Any] = {
            "number": number,
            "issued_on": on,
            "gross": sign * row.amount,
            "net": sign * split.net,
            "tax": sign * split.tax,
            "vat_rate": RATE,
        }
        extra: dict[str, Any] = {}
        if kind == "xml":
            data = invoice_xml(figures, buyer=self.contract.office, seller=self.contract.vendor)
            extra["file"] = ContentFile(data, f"{number}.xml")
        elif kind == "qr":
            extra["qr_text"] = f"01,32,,{number},{row.amount},{on:%Y%m%d},,0000,"
        with self.acting(on, ""):
            return services.submit_invoice(
                instalment=row,
                received_on=on,
                reverses=cancels,
                buyer_credit_code=self.contract.office.credit_code,
                seller_credit_code=self.contract.vendor.credit_code,
                actor=None,
                today=on,
                **figures,
                **extra,
            )

    def settle(self, sequence: int, accepted: date, paid: date, voucher: str) -> None:
        with self.acting(accepted, "finance"):
            invoice = self.row(sequence).invoices.filter(STANDING).get()
            services.accept_invoice(invoice=invoice, actor=self.users.get("finance"), today=accepted)
        with self.acting(accepted, "office"):
            services.record_acceptance(
                instalment=self.row(sequence),
                accepted_on=accepted,
                result="passed",
                actor=self.users.get("office"),
                today=accepted,
            )
        row = self.row(sequence)
        with self.acting(paid, "finance"):
            services.record_payment(
                instalment=row,
                paid_on=paid,
                amount=row.outstanding,
                reference=voucher,
                actor=self.users.get("finance"),
                today=paid,
            )

    def row(self, sequence: int) -> Instalment:
        rows = Instalment.objects.select_related("contract__office", "contract__vendor")
        return rows.get(contract=self.contract, sequence=sequence)

    def acting(self, on: date, who: str) -> Any:
        return context.acting(at=instant(on, MORNING), actor=self.users.get(who))
