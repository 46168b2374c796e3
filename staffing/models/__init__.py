"""The tables of staffing. Large ones carry the contract first in their key."""

from staffing.models.attendance import Attendance, AttendanceBatch, AttendanceChange, StaffDay
from staffing.models.gaps import Gap, ReplacementDemand
from staffing.models.labour import HoursApproval, LabourMatter, PayProof
from staffing.models.people import Operator, Post, PostSize
from staffing.models.posting import Assignment, Leave
from staffing.models.qualification import (
    EmploymentContract,
    QualificationProof,
    ServicePlace,
    Training,
    TrialAssessment,
)
from staffing.models.rota import DutyDay, Shift, ShiftBatch

__all__ = [
    "Assignment",
    "Attendance",
    "AttendanceBatch",
    "AttendanceChange",
    "DutyDay",
    "EmploymentContract",
    "Gap",
    "HoursApproval",
    "LabourMatter",
    "Leave",
    "Operator",
    "PayProof",
    "Post",
    "PostSize",
    "QualificationProof",
    "ReplacementDemand",
    "ServicePlace",
    "Shift",
    "ShiftBatch",
    "StaffDay",
    "Training",
    "TrialAssessment",
]
