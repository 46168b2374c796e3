"""What one side holds against the other: misconduct, subcontracting, disputes."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import records
from contract.api.base import OfContractFilter, StrictSerializer, VisibleField
from contract.api.records import TAG, DutyViewSet, side_of
from contract.choices import DisputeStage
from contract.duties.models import Dispute, Misconduct, Subcontracting
from contract.duties.services import conduct
from contract.models import Contract
from kit import clock


class MisconductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Misconduct
        fields = [
            "id",
            "updated_at",
            "contract",
            "title",
            "description",
            "found_on",
            "document",
            "arrived_on",
            "correct_by",
            "correction",
            "corrected_on",
            "withdrawn_on",
        ]
        read_only_fields = fields


class CorrectionSerializer(StrictSerializer):
    correction = serializers.CharField(max_length=4000, help_text="How it was stopped and cured.")


class SubcontractingSerializer(serializers.ModelSerializer):
    """A third party that was found providing the service."""

    class Meta:
        model = Subcontracting
        fields = [
            "id",
            "updated_at",
            "contract",
            "third_party",
            "description",
            "found_on",
            "transferred_on",
            "consent",
            "paid",
            "document",
            "withdrawn_on",
        ]
        read_only_fields = fields


class DisputeSerializer(StrictSerializer, serializers.ModelSerializer):
    """A dispute, raised by either side; the office keeps its later stages."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Dispute
        fields = [
            "id",
            "updated_at",
            "contract",
            "title",
            "description",
            "clause_refs",
            "raised_by",
            "raised_on",
            "stage",
            "negotiation_ended_on",
            "filed_on",
            "arbitration_body",
            "case_number",
            "closed_on",
            "result",
        ]
        read_only_fields = ["id", "updated_at", *fields[fields.index("raised_by") :]]


class MisconductFilter(OfContractFilter):
    is_open = django_filters.BooleanFilter(field_name="corrected_on", lookup_expr="isnull")


class DisputeFilter(OfContractFilter):
    stage = django_filters.ChoiceFilter(choices=DisputeStage)


@extend_schema(tags=TAG)
class MisconductViewSet(DutyViewSet):
    """Misconduct that the vendor is asked to stop and correct."""

    queryset = Misconduct.objects.all()
    serializer_class = MisconductSerializer
    filterset_class = MisconductFilter
    ordering_fields = ["id", "found_on"]
    action_permissions = {"correct": ("contract.change_misconduct",)}

    @extend_schema(request=CorrectionSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of a correction. Its day stays."""
        row = self.of_vendor()
        if self.is_as_given(row):
            return self.answer(row)
        data = self.step(CorrectionSerializer, request)
        return self.answer(conduct.correct_correction(misconduct=row, correction=data["correction"]))

    @extend_schema(request=CorrectionSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Report how it was stopped and corrected."""
        row = self.get_object()
        data = self.step(CorrectionSerializer, request)
        return self.answer(conduct.report_correction(misconduct=row, correction=data["correction"], on=clock.today()))


@extend_schema(tags=TAG)
class SubcontractingViewSet(DutyViewSet):
    """Third parties that were found providing the service."""

    queryset = Subcontracting.objects.all()
    serializer_class = SubcontractingSerializer
    ordering_fields = ["id", "found_on"]


@extend_schema(tags=TAG)
class DisputeViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Disputes: negotiated first, then arbitrated."""

    queryset = Dispute.objects.all()
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilter

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        side = side_of(self.request.user, data["contract"])
        serializer.instance = records.enter(Dispute(**data, raised_by=side, raised_on=clock.today()))
