"""The office's pages about money. What is written here goes through the services."""

from billing.admin.bulletins import KeptBulletinAdmin
from billing.admin.claims import ClaimAdmin
from billing.admin.exceptions import PaymentExceptionAdmin
from billing.admin.instalments import InstalmentAdmin
from billing.admin.invoices import InvoiceAdmin
from billing.admin.quantities import PaymentRuleAdmin, QuantityAdmin
from billing.admin.quarter_files import QuarterFileAdmin
from billing.admin.records import AcceptanceAdmin, PaymentAdmin
from billing.admin.sheets import AcceptanceSheetAdmin
from billing.admin.statements import StatementAdmin
from billing.admin.tariffs import DepositAdmin, TariffAdmin

__all__ = [
    "AcceptanceAdmin",
    "AcceptanceSheetAdmin",
    "ClaimAdmin",
    "DepositAdmin",
    "InstalmentAdmin",
    "InvoiceAdmin",
    "KeptBulletinAdmin",
    "PaymentAdmin",
    "PaymentExceptionAdmin",
    "PaymentRuleAdmin",
    "QuantityAdmin",
    "QuarterFileAdmin",
    "StatementAdmin",
    "TariffAdmin",
]
