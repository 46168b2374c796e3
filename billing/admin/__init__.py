"""The office's pages about money. What is written here goes through the services."""

from billing.admin.instalments import InstalmentAdmin
from billing.admin.invoices import InvoiceAdmin
from billing.admin.records import AcceptanceAdmin, PaymentAdmin
from billing.admin.statements import StatementAdmin

__all__ = ["AcceptanceAdmin", "InstalmentAdmin", "InvoiceAdmin", "PaymentAdmin", "StatementAdmin"]
