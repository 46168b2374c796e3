"""Instalments and what happens to them: invoice, acceptance, payment, statement."""

from billing.models.acceptance import Acceptance
from billing.models.instalment import Instalment
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.statement import Statement

__all__ = ["Acceptance", "Instalment", "Invoice", "Payment", "Statement"]
