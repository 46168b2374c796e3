"""Routes of staffing's API."""

from django.urls import include, path, register_converter
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from kit.api.parsers import BoundedMultiPartParser
from kit.api.renderers import WorkbookRenderer
from staffing.api.attendance import AttendanceViewSet
from staffing.api.exports import AttendanceExportView
from staffing.api.gaps import DemandViewSet, GapViewSet, StaffDayViewSet
from staffing.api.labour import HoursApprovalViewSet, LabourMatterViewSet, PayProofViewSet
from staffing.api.people import OperatorViewSet, PostViewSet
from staffing.api.posting import AssignmentListView, AssignmentViewSet, LeaveListView, LeaveViewSet
from staffing.api.qualification import (
    EmploymentContractViewSet,
    QualificationProofViewSet,
    ServicePlaceViewSet,
    TrainingViewSet,
    TrialAssessmentViewSet,
)
from staffing.api.rota import DutyDayViewSet, RotaViewSet


class MonthConverter:
    """`2025-03`; what kind of month it is, is checked by the view."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class IdConverter:
    """An id that fits the database."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(MonthConverter, "month")
register_converter(IdConverter, "id")

router = SimpleRouter(trailing_slash=False)
router.register("operators", OperatorViewSet)
router.register("posts", PostViewSet)
router.register("assignments", AssignmentViewSet)
router.register("leaves", LeaveViewSet)
router.register("qualification-proofs", QualificationProofViewSet)
router.register("trainings", TrainingViewSet)
router.register("trial-assessments", TrialAssessmentViewSet)
router.register("employment-contracts", EmploymentContractViewSet)
router.register("service-places", ServicePlaceViewSet)
router.register("hours-approvals", HoursApprovalViewSet)
router.register("pay-proofs", PayProofViewSet)
router.register("labour-matters", LabourMatterViewSet)
router.register("gaps", GapViewSet)
router.register("replacement-demands", DemandViewSet, basename="demand")

ATTENDANCE = "contracts/<id:contract_id>/attendance"
ROTA = "contracts/<id:contract_id>/rota"

urlpatterns = [
    path("", include(router.urls)),
    path(ATTENDANCE, AttendanceViewSet.as_view({"get": "list"}), name="attendance-list"),
    path(
        f"{ATTENDANCE}/template.xlsx",
        AttendanceViewSet.as_view({"get": "template"}, renderer_classes=[JSONRenderer, WorkbookRenderer]),
        name="attendance-template",
    ),
    path(
        f"{ATTENDANCE}/import",
        AttendanceViewSet.as_view({"post": "take_in"}, parser_classes=[BoundedMultiPartParser]),
        name="attendance-import",
    ),
    path(
        f"{ATTENDANCE}/exports",
        AttendanceExportView.as_view({"post": "take_in"}, parser_classes=[BoundedMultiPartParser]),
        name="attendance-export",
    ),
    path(f"{ATTENDANCE}/<month:month>", AttendanceViewSet.as_view({"put": "report"}), name="attendance-month"),
    path("contracts/<id:contract_id>/leaves", LeaveListView.as_view({"put": "take_in"}), name="leave-team"),
    path(
        "contracts/<id:contract_id>/assignments", AssignmentListView.as_view({"put": "take_in"}), name="assignment-team"
    ),
    path("contracts/<id:contract_id>/staff-days", StaffDayViewSet.as_view({"get": "list"}), name="staff-day-list"),
    path("contracts/<id:contract_id>/shifts", RotaViewSet.as_view({"get": "list"}), name="shift-list"),
    path("contracts/<id:contract_id>/duty-days", DutyDayViewSet.as_view({"get": "list"}), name="duty-day-list"),
    path(
        f"{ROTA}/template.xlsx",
        RotaViewSet.as_view({"get": "template"}, renderer_classes=[JSONRenderer, WorkbookRenderer]),
        name="rota-template",
    ),
    path(
        f"{ROTA}/import",
        RotaViewSet.as_view({"post": "take_in"}, parser_classes=[BoundedMultiPartParser]),
        name="rota-import",
    ),
    path(f"{ROTA}/<month:month>", RotaViewSet.as_view({"put": "plan"}), name="rota-month"),
]
