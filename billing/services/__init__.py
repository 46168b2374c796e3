"""The only writers of payment records."""

from billing.services.acceptances import record_acceptance, withdraw_acceptance
from billing.services.amendments import decide_changes, propose_rule, propose_tariff
from billing.services.bulletins import keep_bulletin, keep_due_bulletins, read_bulletin
from billing.services.claims.answers import add_claim_file, answer_claim, record_silence
from billing.services.claims.office import change_claim, decide_step, open_claim, propose_step
from billing.services.claims.tariff import draft_deductions
from billing.services.exceptions import decide_exception, propose_exception
from billing.services.instalments import InstalmentPlan, generate_instalments, preview_instalments
from billing.services.invoices import InvoiceCheck, accept_invoice, check_only, return_invoice, submit_invoice
from billing.services.payments import record_payment, withdraw_payment
from billing.services.quantities import answer_quantity, report_quantity, withdraw_quantity
from billing.services.quarter_files import (
    has_changed_since,
    make_file,
    make_waiting_files,
    read_file,
    request_file,
    requeue_dead_files,
)
from billing.services.sheets import answer_sheet, conclude_group, decide_sheet, open_sheet, save_group
from billing.services.statements import check_statement, has_changed, issue_statement, preview_statement, read_statement

__all__ = [
    "InstalmentPlan",
    "InvoiceCheck",
    "accept_invoice",
    "add_claim_file",
    "answer_claim",
    "answer_quantity",
    "answer_sheet",
    "change_claim",
    "check_only",
    "check_statement",
    "conclude_group",
    "decide_changes",
    "decide_exception",
    "decide_sheet",
    "decide_step",
    "draft_deductions",
    "generate_instalments",
    "has_changed",
    "has_changed_since",
    "issue_statement",
    "keep_bulletin",
    "keep_due_bulletins",
    "make_file",
    "make_waiting_files",
    "open_claim",
    "open_sheet",
    "preview_instalments",
    "preview_statement",
    "propose_exception",
    "propose_rule",
    "propose_step",
    "propose_tariff",
    "read_bulletin",
    "read_file",
    "read_statement",
    "record_acceptance",
    "record_payment",
    "record_silence",
    "report_quantity",
    "request_file",
    "requeue_dead_files",
    "return_invoice",
    "save_group",
    "submit_invoice",
    "withdraw_acceptance",
    "withdraw_payment",
    "withdraw_quantity",
]
