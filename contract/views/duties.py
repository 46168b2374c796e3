"""The vendor's side of the contract's own duties: asked, reported, answered, corrected."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import clock, filters_duties, serializers_duties
from contract.choices import PartySide
from contract.models import (
    Consent,
    Contract,
    Inspection,
    InspectionRemark,
    Misconduct,
    ReportSchedule,
    ServiceReport,
)
from contract.selectors_lists import expected_reports, remarks_of
from contract.serializers import ReasonSerializer
from contract.services import (
    duties_conduct,
    duties_consents,
    duties_lists,
    duties_service,
)
from contract.services.lists import ListResult
from contract.views.duties_base import TAG, DutyViewSet, side_of
from contract.views.workbooks import WorkbookMixin
from contract.workbooks.remarks import ANSWERS_OF_THE_VENDOR
from contract.workbooks.service_reports import SERVICE_REPORTS


@extend_schema(tags=TAG)
class ConsentViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Requests for the office's consent (articles 13.4, 14.1, 19) and its written answers."""

    queryset = Consent.objects.all()
    serializer_class = serializers_duties.ConsentSerializer
    filterset_class = filters_duties.ConsentFilter
    ordering_fields = ["id", "requested_on"]
    action_permissions = {"withdraw": ("contract.change_consent",)}

    def perform_create(self, serializer: Any) -> None:
        today = clock.today()
        serializer.instance = duties_consents.request_consent(
            consent=Consent(**serializer.validated_data, requested_on=today, arrived_on=today)
        )

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take a request back before the office has decided. Only the vendor does that."""
        row = self.get_object()
        if side_of(request.user, row.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Only who asked takes the request back."))
        data = self.step(ReasonSerializer, request)
        return self.answer(
            duties_consents.withdraw_request(consent=row, on=clock.today(), reason=data["reason"])
        )


@extend_schema(tags=TAG)
class ReportScheduleViewSet(DutyViewSet):
    """What is to be reported how often (article 2)."""

    queryset = ReportSchedule.objects.all()
    serializer_class = serializers_duties.ReportScheduleSerializer
    filterset_class = filters_duties.ReportScheduleFilter


@extend_schema(tags=TAG)
class ServiceReportViewSet(WorkbookMixin, mixins.CreateModelMixin, DutyViewSet):
    """Reports delivered; a returned one is delivered again for the same period (article 2)."""

    queryset = ServiceReport.objects.all()
    serializer_class = serializers_duties.ServiceReportSerializer
    filterset_class = filters_duties.ServiceReportFilter
    ordering_fields = ["id", "period_start", "delivered_on"]
    action_permissions = {"take_in_list": ("contract.add_servicereport",)}
    workbook = SERVICE_REPORTS

    @extend_schema(request=serializers_duties.ReportTextSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of a report, until the office has answered."""
        row = self.of_vendor()
        texts = self.step(serializers_duties.ReportTextSerializer, request)
        return self.answer(duties_service.correct_report(report=row, **texts))

    def listed(self, contract: Contract) -> list[Any]:
        return expected_reports(contract, clock.today())

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        side = side_of(self.request.user, contract)
        return duties_lists.deliver_reports(
            contract=contract, rows=rows, side=side, today=clock.today()
        )

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        serializer.instance = duties_service.save_report(
            report=ServiceReport(
                contract=data["schedule"].contract, delivered_on=clock.today(), **data
            )
        )


@extend_schema(tags=TAG)
class InspectionViewSet(DutyViewSet):
    """Inspections of the office, with their remarks (article 12.3)."""

    queryset = Inspection.objects.prefetch_related("remarks")
    serializer_class = serializers_duties.InspectionSerializer
    ordering_fields = ["id", "inspected_on"]


@extend_schema(tags=TAG)
class InspectionRemarkViewSet(WorkbookMixin, DutyViewSet):
    """Remarks of inspections, to be followed up and answered by their day (article 12.3)."""

    queryset = InspectionRemark.objects.all()
    serializer_class = serializers_duties.InspectionRemarkSerializer
    filterset_class = filters_duties.InspectionRemarkFilter
    contract_path = "inspection__contract"
    ordering_fields = ["id", "due_on"]
    action_permissions = {
        "answer_remark": ("contract.change_inspectionremark",),
        "take_in_list": ("contract.change_inspectionremark",),
    }
    workbook = ANSWERS_OF_THE_VENDOR

    @extend_schema(request=serializers_duties.AnswerSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct your answer, until the office has looked again. Its day stays."""
        row = self.of_vendor()
        data = self.step(serializers_duties.AnswerSerializer, request)
        return self.answer(duties_service.correct_answer(remark=row, answer=data["answer"]))

    def listed(self, contract: Contract) -> list[Any]:
        return remarks_of(contract)

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        return duties_lists.answer_remarks(contract=contract, rows=rows, today=clock.today())

    @extend_schema(request=serializers_duties.AnswerSerializer)
    @action(detail=True, methods=["post"], url_path="answer")
    def answer_remark(self, request: Request, pk: str) -> Response:
        """Say what was done about a remark."""
        row = self.get_object()
        data = self.step(serializers_duties.AnswerSerializer, request)
        return self.answer(
            duties_service.answer_remark(remark=row, answer=data["answer"], on=clock.today())
        )


@extend_schema(tags=TAG)
class MisconductViewSet(DutyViewSet):
    """Misconduct that the vendor is asked to stop and correct (article 18)."""

    queryset = Misconduct.objects.all()
    serializer_class = serializers_duties.MisconductSerializer
    filterset_class = filters_duties.MisconductFilter
    ordering_fields = ["id", "found_on"]
    action_permissions = {"correct": ("contract.change_misconduct",)}

    @extend_schema(request=serializers_duties.CorrectionSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of a correction. Its day stays."""
        row = self.of_vendor()
        data = self.step(serializers_duties.CorrectionSerializer, request)
        return self.answer(
            duties_conduct.correct_correction(misconduct=row, correction=data["correction"])
        )

    @extend_schema(request=serializers_duties.CorrectionSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Report how it was stopped and corrected."""
        row = self.get_object()
        data = self.step(serializers_duties.CorrectionSerializer, request)
        return self.answer(
            duties_conduct.report_correction(
                misconduct=row, correction=data["correction"], on=clock.today()
            )
        )
