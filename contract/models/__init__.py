"""The core's tables. Large ones carry the contract in their key."""

from contract.models.agreement import Clause, Contract, Obligation, Party, Policy, Term
from contract.models.calendar import CalendarDay, CalendarYear
from contract.models.cases import Notification, Response, ResponseFile, TimeExtension
from contract.models.changes import ChainHead, ChangeCheck, ChangeEntry, ChangeLink
from contract.models.duties_changes import Amendment, AmendmentChange, HeadcountOrder
from contract.models.duties_conduct import Dispute, Misconduct, Subcontracting
from contract.models.duties_consent import Consent
from contract.models.duties_force_majeure import Excuse, ForceMajeureEvent
from contract.models.duties_formalities import Formality
from contract.models.duties_renewal import AssessmentScheme, Criterion, RenewalAssessment, Score
from contract.models.duties_service import (
    Inspection,
    InspectionRemark,
    ReportSchedule,
    ServiceReport,
)
from contract.models.evaluation import (
    Alert,
    AlertEvent,
    Assessment,
    EvaluationRun,
    Review,
    RulesVersion,
)
from contract.models.notices import LetterHead, Notice, NoticeArrival, NoticeSubject
from contract.models.outbox import DeliveryAttempt, Endpoint, OutboxMessage
from contract.models.people import IdempotencyRecord, Membership

__all__ = [
    "Alert",
    "AlertEvent",
    "Amendment",
    "AmendmentChange",
    "Assessment",
    "AssessmentScheme",
    "CalendarDay",
    "CalendarYear",
    "ChainHead",
    "ChangeCheck",
    "ChangeEntry",
    "ChangeLink",
    "Clause",
    "Consent",
    "Contract",
    "Criterion",
    "DeliveryAttempt",
    "Dispute",
    "Endpoint",
    "EvaluationRun",
    "Excuse",
    "ForceMajeureEvent",
    "Formality",
    "HeadcountOrder",
    "IdempotencyRecord",
    "Inspection",
    "InspectionRemark",
    "LetterHead",
    "Membership",
    "Misconduct",
    "Notice",
    "NoticeArrival",
    "NoticeSubject",
    "Notification",
    "Obligation",
    "OutboxMessage",
    "Party",
    "Policy",
    "RenewalAssessment",
    "ReportSchedule",
    "Response",
    "ResponseFile",
    "Review",
    "RulesVersion",
    "Score",
    "ServiceReport",
    "Subcontracting",
    "Term",
    "TimeExtension",
]
