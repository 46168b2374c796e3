"""Instalments and what happens to them: invoice, acceptance, payment, statement."""

from billing.models.acceptance import Acceptance
from billing.models.bulletin import KeptBulletin
from billing.models.claim import Claim, ClaimEvent, ClaimFile, ClaimLine, ClaimStep
from billing.models.exception import PaymentException
from billing.models.instalment import Instalment
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.quarter_file import QuarterFile
from billing.models.rule import PaymentItem, PaymentRule, Quantity
from billing.models.sheet import AcceptanceMember, AcceptanceSheet, SheetScore
from billing.models.statement import Statement
from billing.models.tariff import Deposit, Tariff

__all__ = [
    "Acceptance",
    "AcceptanceMember",
    "AcceptanceSheet",
    "Claim",
    "ClaimEvent",
    "ClaimFile",
    "ClaimLine",
    "ClaimStep",
    "Deposit",
    "Instalment",
    "Invoice",
    "KeptBulletin",
    "Payment",
    "PaymentException",
    "PaymentItem",
    "PaymentRule",
    "Quantity",
    "QuarterFile",
    "SheetScore",
    "Statement",
    "Tariff",
]
