"""Reports of the service: what is due how often, and what was delivered for each period."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import IdFilter, OfContractFilter, StrictSerializer, VisibleField
from contract.api.records import TAG, DutyViewSet, side_of
from contract.api.workbooks import WorkbookMixin
from contract.choices import ReportKind
from contract.duties.models import ReportSchedule, ServiceReport
from contract.duties.selectors.lists import expected_reports
from contract.duties.services import lists, service
from contract.duties.workbooks.service_reports import SERVICE_REPORTS
from contract.models import Contract
from kit import clock
from kit.workbooks.taking_in import ListResult


class ReportScheduleSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReportSchedule
        fields = ["id", "updated_at", "contract", "kind", "title", "cadence", "due_days", "starts_on", "ends_on"]
        read_only_fields = fields


class ServiceReportSerializer(StrictSerializer, serializers.ModelSerializer):
    """A report delivered for one period of a schedule, and the office's answer."""

    schedule = VisibleField("contract", queryset=ReportSchedule.objects.all())

    class Meta:
        model = ServiceReport
        fields = [
            "id",
            "updated_at",
            "contract",
            "schedule",
            "period_start",
            "title",
            "document",
            "summary",
            "delivered_on",
            "accepted_on",
            "returned_on",
            "return_reason",
        ]
        read_only_fields = ["contract", "delivered_on", "accepted_on", "returned_on", "return_reason"]
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class ReportTextSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120, required=False)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True)
    summary = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class ReportScheduleFilter(OfContractFilter):
    kind = django_filters.ChoiceFilter(choices=ReportKind)


class ServiceReportFilter(OfContractFilter):
    """Reports by contract, schedule and period."""

    schedule = IdFilter(field_name="schedule_id")
    period_start = django_filters.DateFilter()
    is_returned = django_filters.BooleanFilter(field_name="returned_on", lookup_expr="isnull", exclude=True)


@extend_schema(tags=TAG)
class ReportScheduleViewSet(DutyViewSet):
    """What is to be reported how often."""

    queryset = ReportSchedule.objects.all()
    serializer_class = ReportScheduleSerializer
    filterset_class = ReportScheduleFilter


@extend_schema(tags=TAG)
class ServiceReportViewSet(WorkbookMixin, mixins.CreateModelMixin, DutyViewSet):
    """Reports delivered; a returned one is delivered again for the same period."""

    queryset = ServiceReport.objects.all()
    serializer_class = ServiceReportSerializer
    filterset_class = ServiceReportFilter
    ordering_fields = ["id", "period_start", "delivered_on"]
    action_permissions = {"take_in_list": ("contract.add_servicereport",)}
    workbook = SERVICE_REPORTS

    @extend_schema(request=ReportTextSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of a report, until the office has answered."""
        row = self.of_vendor()
        if self.is_as_given(row):
            return self.answer(row)
        texts = self.step(ReportTextSerializer, request)
        return self.answer(service.correct_report(report=row, **texts))

    def listed(self, contract: Contract) -> list[Any]:
        return expected_reports(contract, clock.today())

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        side = side_of(self.request.user, contract)
        return lists.deliver_reports(contract=contract, rows=rows, side=side, today=clock.today())

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        serializer.instance = service.save_report(
            report=ServiceReport(contract=data["schedule"].contract, delivered_on=clock.today(), **data)
        )
