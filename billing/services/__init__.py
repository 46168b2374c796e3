"""The only writers of payment records."""

from billing.services.acceptances import record_acceptance, withdraw_acceptance
from billing.services.instalments import (
    InstalmentPlan,
    generate_instalments,
    preview_instalments,
)
from billing.services.invoices import (
    InvoiceCheck,
    accept_invoice,
    check_only,
    return_invoice,
    submit_invoice,
)
from billing.services.payments import record_payment, withdraw_payment
from billing.services.statements import (
    has_changed,
    issue_statement,
    preview_statement,
    read_statement,
)

__all__ = [
    "InstalmentPlan",
    "InvoiceCheck",
    "accept_invoice",
    "check_only",
    "generate_instalments",
    "has_changed",
    "issue_statement",
    "preview_instalments",
    "preview_statement",
    "read_statement",
    "record_acceptance",
    "record_payment",
    "return_invoice",
    "submit_invoice",
    "withdraw_acceptance",
    "withdraw_payment",
]
