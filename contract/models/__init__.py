"""The core's tables. Large ones carry the contract in their key.

Tables of duties, letters, delivery and history stand in their own houses, in the same app.
"""

from contract.models.agreement import Clause, Contract, Obligation, Party, Policy, Term
from contract.models.calendar import CalendarDay, CalendarYear
from contract.models.cases import Notification, Response, ResponseFile, TimeExtension
from contract.models.evaluation import (
    Alert,
    AlertEvent,
    Assessment,
    EvaluationBatch,
    EvaluationRun,
    MonthMemo,
    Review,
    RulesVersion,
    Standing,
)
from contract.models.excuses import Excuse
from contract.models.heartbeat import Heartbeat
from contract.models.opening import OpeningFact
from contract.models.people import Delegation, IdempotencyRecord, Membership

__all__ = [
    "Alert",
    "AlertEvent",
    "Assessment",
    "CalendarDay",
    "CalendarYear",
    "Clause",
    "Contract",
    "Delegation",
    "EvaluationBatch",
    "EvaluationRun",
    "Excuse",
    "Heartbeat",
    "IdempotencyRecord",
    "Membership",
    "MonthMemo",
    "Notification",
    "Obligation",
    "OpeningFact",
    "Party",
    "Policy",
    "Response",
    "ResponseFile",
    "Review",
    "RulesVersion",
    "Standing",
    "Term",
    "TimeExtension",
]
