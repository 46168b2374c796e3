"""Tables of the contract's own duties."""

from contract.duties.models.changes import Amendment, AmendmentChange, HeadcountOrder
from contract.duties.models.conduct import Dispute, Misconduct, Subcontracting
from contract.duties.models.consent import Consent
from contract.duties.models.force_majeure import ForceMajeureEvent
from contract.duties.models.formalities import Formality
from contract.duties.models.purchase import PurchasePaper
from contract.duties.models.renewal import AssessmentScheme, Criterion, RenewalAssessment, Score
from contract.duties.models.service import Inspection, InspectionRemark, ReportSchedule, ServiceReport

__all__ = [
    "Amendment",
    "AmendmentChange",
    "AssessmentScheme",
    "Consent",
    "Criterion",
    "Dispute",
    "ForceMajeureEvent",
    "Formality",
    "HeadcountOrder",
    "Inspection",
    "InspectionRemark",
    "Misconduct",
    "PurchasePaper",
    "RenewalAssessment",
    "ReportSchedule",
    "Score",
    "ServiceReport",
    "Subcontracting",
]
