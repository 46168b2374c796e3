"""What people hand over when they leave, and are reminded of."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from confidentiality.models import Offboarding
from contract.api.base import IdFilter, StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, ScannedViewSet, WithdrawnFilter
from staffing.api.base import NumberFilter
from staffing.models import Assignment


class OffboardingSerializer(StrictSerializer, serializers.ModelSerializer):
    """What was handed over by somebody who left; each step with its day."""

    contract: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    assignment = VisibleField("contract", queryset=Assignment.objects.all())
    employee_number = serializers.CharField(source="assignment.operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="assignment.operator.name", read_only=True)
    has_copy = serializers.BooleanField(source="copy", read_only=True)

    class Meta:
        model = Offboarding
        fields = [
            "id",
            "updated_at",
            "contract",
            "assignment",
            "employee_number",
            "operator_name",
            "materials_on",
            "devices_on",
            "accounts_on",
            "reminded_on",
            "document_number",
            "note",
            "has_copy",
            *WITHDRAWAL,
        ]
        read_only_fields = WITHDRAWAL
        fixed = ("assignment",)
        validators: list[Any] = []


class OffboardingFilter(WithdrawnFilter):
    assignment = IdFilter(field_name="assignment_id")
    operator = IdFilter(field_name="assignment__operator_id")
    employee_number = NumberFilter(field_name="assignment__operator__employee_number")

    class Meta:
        model = Offboarding
        fields: list[str] = []


@extend_schema(tags=["confidentiality"])
class OffboardingViewSet(ScannedViewSet):
    """What people hand over when they leave: create it, then PATCH each step."""

    queryset = Offboarding.objects.select_related("assignment__operator").defer("assignment__operator__resident_id")
    serializer_class = OffboardingSerializer
    filterset_class = OffboardingFilter
    action_permissions = {"withdraw": ("confidentiality.change_offboarding",)}
    ordering_fields = ["id"]

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "contract": data["assignment"].contract}
