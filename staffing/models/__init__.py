"""The tables of staffing. Large ones carry the contract first in their key."""

from staffing.models.attendance import Attendance, AttendanceBatch, AttendanceChange, StaffDay
from staffing.models.gaps import Gap, ReplacementDemand
from staffing.models.people import Operator, Post
from staffing.models.posting import Assignment, Leave
from staffing.models.qualification import (
    EmploymentContract,
    QualificationProof,
    ServicePlace,
    Training,
    TrialAssessment,
)

__all__ = [
    "Assignment",
    "Attendance",
    "AttendanceBatch",
    "AttendanceChange",
    "EmploymentContract",
    "Gap",
    "Leave",
    "Operator",
    "Post",
    "QualificationProof",
    "ReplacementDemand",
    "ServicePlace",
    "StaffDay",
    "Training",
    "TrialAssessment",
]
