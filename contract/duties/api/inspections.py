"""Inspections of the office, and the vendor's answers to their remarks."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import IdFilter, StrictSerializer
from contract.api.records import TAG, DutyViewSet
from contract.api.workbooks import WorkbookMixin
from contract.duties.models import Inspection, InspectionRemark
from contract.duties.selectors.lists import remarks_of
from contract.duties.services import lists, service
from contract.duties.workbooks.remarks import ANSWERS_OF_THE_VENDOR
from contract.models import Contract
from kit import clock
from kit.workbooks.taking_in import ListResult


class InspectionRemarkSerializer(serializers.ModelSerializer):
    class Meta:
        model = InspectionRemark
        fields = [
            "id",
            "updated_at",
            "inspection",
            "number",
            "text",
            "due_on",
            "answer",
            "answered_on",
            "checked_on",
            "is_settled",
            "check_note",
        ]
        read_only_fields = fields


class InspectionSerializer(serializers.ModelSerializer):
    remarks = InspectionRemarkSerializer(many=True, read_only=True)

    class Meta:
        model = Inspection
        fields = [
            "id",
            "updated_at",
            "contract",
            "inspected_on",
            "place",
            "summary",
            "document",
            "arrived_on",
            "remarks",
        ]
        read_only_fields = fields


class AnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=4000, help_text="What was done about the remark.")


class InspectionRemarkFilter(django_filters.FilterSet):
    """Remarks by contract and inspection, and those without an answer."""

    contract = IdFilter(field_name="inspection__contract_id")
    inspection = IdFilter(field_name="inspection_id")
    is_open = django_filters.BooleanFilter(field_name="answered_on", lookup_expr="isnull")


@extend_schema(tags=TAG)
class InspectionViewSet(DutyViewSet):
    """Inspections of the office, with their remarks."""

    queryset = Inspection.objects.prefetch_related("remarks")
    serializer_class = InspectionSerializer
    ordering_fields = ["id", "inspected_on"]


@extend_schema(tags=TAG)
class InspectionRemarkViewSet(WorkbookMixin, DutyViewSet):
    """Remarks of inspections, to be followed up and answered by their day."""

    queryset = InspectionRemark.objects.all()
    serializer_class = InspectionRemarkSerializer
    filterset_class = InspectionRemarkFilter
    contract_path = "inspection__contract"
    ordering_fields = ["id", "due_on"]
    action_permissions = {
        "answer_remark": ("contract.change_inspectionremark",),
        "take_in_list": ("contract.change_inspectionremark",),
    }
    workbook = ANSWERS_OF_THE_VENDOR

    @extend_schema(request=AnswerSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct your answer, until the office has looked again. Its day stays."""
        row = self.of_vendor()
        if self.is_as_given(row):
            return self.answer(row)
        data = self.step(AnswerSerializer, request)
        return self.answer(service.correct_answer(remark=row, answer=data["answer"]))

    def listed(self, contract: Contract) -> list[Any]:
        return remarks_of(contract)

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        return lists.answer_remarks(contract=contract, rows=rows, today=clock.today())

    @extend_schema(request=AnswerSerializer)
    @action(detail=True, methods=["post"], url_path="answer")
    def answer_remark(self, request: Request, pk: str) -> Response:
        """Say what was done about a remark."""
        row = self.get_object()
        data = self.step(AnswerSerializer, request)
        return self.answer(service.answer_remark(remark=row, answer=data["answer"], on=clock.today()))
