"""The tables of staffing. Large ones carry the contract first in their key."""

from staffing.models.attendance import Attendance, AttendanceBatch, AttendanceChange, StaffDay
from staffing.models.gaps import Gap, ReplacementDemand
from staffing.models.people import Operator, Post
from staffing.models.posting import Assignment, Leave

__all__ = [
    "Assignment",
    "Attendance",
    "AttendanceBatch",
    "AttendanceChange",
    "Gap",
    "Leave",
    "Operator",
    "Post",
    "ReplacementDemand",
    "StaffDay",
]
