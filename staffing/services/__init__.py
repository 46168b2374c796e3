"""The only writers of staffing: keyword-only, validated, one transaction each.

Every write that changes who is in place keeps the day roll-up and the gaps in its own transaction.
Invalid input raises ValidationError (or AttendanceErrors, by row) and leaves nothing written.
"""

from staffing.services.assignments import assign, correct_assignment, end_assignment, withdraw_assignment
from staffing.services.attendance import (
    AttendanceErrors,
    AttendanceFile,
    AttendanceResult,
    AttendanceRow,
    record_attendance,
)
from staffing.services.demands import fulfil_demand, record_demand_arrival, send_replacement_demand, withdraw_demand
from staffing.services.duty import refresh_duty
from staffing.services.labour import correct_labour, record_labour, report_matter, withdraw_labour
from staffing.services.leaves import cancel_leave, correct_leave, record_leave
from staffing.services.operators import add_post, register_operator, update_operator, update_post
from staffing.services.qualification import correct_place, correct_record, designate_place, keep_record, withdraw_record
from staffing.services.roll_up import refresh_days, settle_contract, sync_gaps
from staffing.services.rota import RotaErrors, RotaResult, RotaRow, record_rota

__all__ = [
    "AttendanceErrors",
    "AttendanceFile",
    "AttendanceResult",
    "AttendanceRow",
    "RotaErrors",
    "RotaResult",
    "RotaRow",
    "add_post",
    "assign",
    "cancel_leave",
    "correct_assignment",
    "correct_labour",
    "correct_leave",
    "correct_place",
    "correct_record",
    "designate_place",
    "end_assignment",
    "fulfil_demand",
    "keep_record",
    "record_attendance",
    "record_demand_arrival",
    "record_labour",
    "record_leave",
    "record_rota",
    "refresh_days",
    "refresh_duty",
    "register_operator",
    "report_matter",
    "send_replacement_demand",
    "settle_contract",
    "sync_gaps",
    "update_operator",
    "update_post",
    "withdraw_assignment",
    "withdraw_demand",
    "withdraw_labour",
    "withdraw_record",
]
