"""The vendor's side of the contract's own duties: asked, reported, answered, agreed to."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract import clock, filters_duties, serializers_duties
from contract.choices import PartySide
from contract.errors import Conflict
from contract.idempotency import IdempotentMixin
from contract.models import (
    Amendment,
    AssessmentScheme,
    Consent,
    Contract,
    Dispute,
    ForceMajeureEvent,
    Formality,
    HeadcountOrder,
    Inspection,
    InspectionRemark,
    Membership,
    Misconduct,
    RenewalAssessment,
    ReportSchedule,
    ServiceReport,
)
from contract.selectors_lists import expected_reports, remarks_of
from contract.serializers import ReasonSerializer
from contract.services import (
    duties_changes,
    duties_conduct,
    duties_consents,
    duties_lists,
    duties_renewal,
    duties_service,
)
from contract.services.duties_base import keep
from contract.services.lists import ListResult
from contract.views.base import ScopedMixin
from contract.views.workbooks import WorkbookMixin
from contract.workbooks.remarks import ANSWERS_OF_THE_VENDOR
from contract.workbooks.service_reports import SERVICE_REPORTS

TAG = ["duties"]


class DutyViewSet(
    IdempotentMixin,
    ScopedMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
    """Records that are read here; some have a step that a person takes."""

    filterset_class: Any = filters_duties.OfContractFilter
    ordering_fields: Any = ["id"]

    def step(self, form: type[Any], request: Request) -> dict[str, Any]:
        """What a step is told, checked."""
        sent = form(data=request.data)
        sent.is_valid(raise_exception=True)
        data: dict[str, Any] = sent.validated_data
        return data

    def answer(self, row: Any) -> Response:
        """The record as it stands after a step."""
        return Response(self.get_serializer(row).data)


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


@extend_schema(tags=TAG)
class ForceMajeureEventViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Force majeure: reported by either side, proven, and over (article 16)."""

    queryset = ForceMajeureEvent.objects.all()
    serializer_class = serializers_duties.ForceMajeureEventSerializer
    ordering_fields = ["id", "occurred_on"]
    action_permissions = {
        "prove": ("contract.change_forcemajeureevent",),
        "end": ("contract.change_forcemajeureevent",),
    }

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        serializer.instance = keep(
            row=ForceMajeureEvent(
                **data,
                reported_by=side_of(self.request.user, data["contract"]),
                arrived_on=clock.today(),
            )
        )

    @extend_schema(request=serializers_duties.ProofSerializer)
    @action(detail=True, methods=["post"])
    def prove(self, request: Request, pk: str) -> Response:
        """Name the authority's proof. Without one the event excuses nothing."""
        row = self._own(request)
        data = self.step(serializers_duties.ProofSerializer, request)
        return self.answer(
            duties_conduct.prove_event(
                event=row,
                document=data["proof_document"],
                issuer=data["proof_issuer"],
                on=clock.today(),
            )
        )

    @extend_schema(request=serializers_duties.EndSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Say when its effect was over."""
        row = self._own(request)
        data = self.step(serializers_duties.EndSerializer, request)
        return self.answer(duties_conduct.end_event(event=row, on=data["ended_on"]))

    def _own(self, request: Request) -> ForceMajeureEvent:
        row: ForceMajeureEvent = self.get_object()
        if side_of(request.user, row.contract) != row.reported_by:
            raise PermissionDenied(_("Only the side that reported the event adds to it."))
        return row


class AgreedViewSet(DutyViewSet):
    """Records that both sides agree to, each as it has read them."""

    def read_by(self, request: Request) -> tuple[Any, PartySide]:
        """The record in the version that the person has read, and their side."""
        row = self.get_object()
        data = self.step(serializers_duties.VersionSerializer, request)
        if data["updated_at"] != row.updated_at:
            raise Conflict(_("This record has changed since you read it. Read it again."))
        return row, side_of(request.user, row.contract)


@extend_schema(tags=TAG)
class AmendmentViewSet(AgreedViewSet):
    """Amendments: both sides agree in writing, then the figures change (article 15)."""

    queryset: QuerySet[Any] = Amendment.objects.prefetch_related("changes")
    serializer_class = serializers_duties.AmendmentSerializer
    ordering_fields = ["id", "effective_from"]
    action_permissions = {"agree": ("contract.change_amendment",)}

    @extend_schema(request=serializers_duties.VersionSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        """Agree for your side. With the second agreement the figures become terms."""
        row, side = self.read_by(request)
        return self.answer(
            duties_changes.agree_to_amendment(amendment=row, side=side, on=clock.today())
        )


@extend_schema(tags=TAG)
class AssessmentSchemeViewSet(AgreedViewSet):
    """Criteria and pass mark of the assessment before renewal (article 17)."""

    queryset: QuerySet[Any] = AssessmentScheme.objects.prefetch_related("criteria")
    serializer_class = serializers_duties.AssessmentSchemeSerializer
    action_permissions = {"confirm": ("contract.change_assessmentscheme",)}

    @extend_schema(request=serializers_duties.VersionSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm criteria, weights and pass mark for your side."""
        row, side = self.read_by(request)
        return self.answer(duties_renewal.confirm_scheme(scheme=row, side=side, on=clock.today()))


@extend_schema(tags=TAG)
class RenewalAssessmentViewSet(DutyViewSet):
    """Assessments before renewal, with points, result and decision (article 17)."""

    queryset: QuerySet[Any] = RenewalAssessment.objects.prefetch_related("scores__criterion")
    serializer_class = serializers_duties.RenewalAssessmentSerializer


@extend_schema(tags=TAG)
class HeadcountOrderViewSet(DutyViewSet):
    """Orders to add or remove people (article 4)."""

    queryset = HeadcountOrder.objects.all()
    serializer_class = serializers_duties.HeadcountOrderSerializer
    ordering_fields = ["id", "effective_from"]


@extend_schema(tags=TAG)
class DisputeViewSet(DutyViewSet):
    """Disputes: negotiated first, then arbitrated (articles 20, 21)."""

    queryset = Dispute.objects.all()
    serializer_class = serializers_duties.DisputeSerializer
    filterset_class = filters_duties.DisputeFilter


@extend_schema(tags=TAG)
class FormalityViewSet(DutyViewSet):
    """Signatures, seals and originals (article 22)."""

    queryset = Formality.objects.all()
    serializer_class = serializers_duties.FormalitySerializer


def side_of(user: Any, contract: Contract) -> PartySide:
    """The side of a contract that somebody acts for. PermissionDenied where it is neither."""
    parties = set(Membership.objects.filter(user=user).values_list("party_id", flat=True))
    if contract.office_id in parties:
        return PartySide.OFFICE
    if contract.vendor_id in parties:
        return PartySide.VENDOR
    raise PermissionDenied(_("You act for neither side of this contract."))
