"""The core's tables. Large ones carry the contract in their key."""

from contract.models.agreement import Clause, Contract, Obligation, Party, Policy, Term
from contract.models.calendar import CalendarDay, CalendarYear
from contract.models.evaluation import Alert, AlertEvent, Assessment, EvaluationRun, Review
from contract.models.people import IdempotencyRecord, Membership

__all__ = [
    "Alert",
    "AlertEvent",
    "Assessment",
    "CalendarDay",
    "CalendarYear",
    "Clause",
    "Contract",
    "EvaluationRun",
    "IdempotencyRecord",
    "Membership",
    "Obligation",
    "Party",
    "Policy",
    "Review",
    "Term",
]
