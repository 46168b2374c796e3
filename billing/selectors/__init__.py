"""Reads of payment records. Facts for all contracts come in a fixed number of queries."""

from billing.selectors.fees import years_of_tender
from billing.selectors.instalments import by_contract, of_instalment, payment_standing
from billing.selectors.schedule import schedules
from billing.selectors.tariffs import deposits, period_scores

__all__ = [
    "by_contract",
    "deposits",
    "of_instalment",
    "payment_standing",
    "period_scores",
    "schedules",
    "years_of_tender",
]
