"""Undertakings: each operator bound in writing to keep what it learns, one by one or as a list."""

from typing import Any

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from confidentiality.models import Undertaking
from confidentiality.services import undertakings
from contract.api.base import IdFilter, OnContractMixin, StrictSerializer
from contract.api.records import WITHDRAWAL, ScannedViewSet, WithdrawnFilter
from contract.api.workbooks import TakenInSerializer
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried, written_unless_tried
from staffing.api.base import EmployeeNumberField, NumberFilter, OnContractSerializer, OperatorField

ROWS_AT_MOST = 500


class UndertakingSerializer(OnContractSerializer):
    """An operator bound in writing. The scan has an address of its own: `…/copy`."""

    has_copy = serializers.BooleanField(source="copy", read_only=True)

    class Meta:
        model = Undertaking
        fields = [
            "id",
            "updated_at",
            "contract",
            "operator",
            "employee_number",
            "operator_name",
            "signed_on",
            "document_number",
            "has_copy",
            *WITHDRAWAL,
        ]
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "operator")
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


@extend_schema_field(OpenApiTypes.INT)
class OperatorIdField(OperatorField):
    """An operator by id, in a row that is not of a model."""


class UndertakingRowSerializer(StrictSerializer):
    """One line of a list; the person by `operator` or by `employee_number`."""

    operator = OperatorIdField(required=False)
    employee_number = EmployeeNumberField(source="operator", required=False)
    signed_on = serializers.DateField()
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if len({"operator", "employee_number"} & set(data)) != 1:
            raise serializers.ValidationError({"operator": _("Name the person by “operator” or by “employee_number”.")})
        return values


class UndertakingListSerializer(StrictSerializer):
    rows = RowsField(child=UndertakingRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST)


class UndertakingFilter(WithdrawnFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = NumberFilter(field_name="operator__employee_number")
    signed_from = django_filters.DateFilter(field_name="signed_on", lookup_expr="gte")
    signed_to = django_filters.DateFilter(field_name="signed_on", lookup_expr="lte")

    class Meta:
        model = Undertaking
        fields: list[str] = []


@extend_schema(tags=["confidentiality"])
class UndertakingViewSet(ScannedViewSet):
    """Undertakings: one stands for each operator and contract."""

    queryset = Undertaking.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = UndertakingSerializer
    filterset_class = UndertakingFilter
    action_permissions = {"withdraw": ("confidentiality.change_undertaking",)}
    ordering_fields = ["id", "signed_on"]


@extend_schema(tags=["confidentiality"])
class UndertakingListView(IdempotentMixin, OnContractMixin, GenericViewSet):
    """The undertakings of a team, in one request."""

    queryset = Undertaking.objects.all()
    serializer_class = UndertakingListSerializer
    action_permissions = {"take_in": ("confidentiality.add_undertaking", "confidentiality.change_undertaking")}

    @extend_schema(parameters=[VALIDATE], responses=TakenInSerializer)
    @tried
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Send a list: all of it is written or, where one row is wrong, nothing.

        What stands already is corrected where it differs; people who are not sent stay as they
        are. Sending the same again changes nothing.
        """
        contract = self.contract()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        rows = form.validated_data["rows"]
        with written_unless_tried(request):
            result = undertakings.take_in_list(contract=contract, rows=rows, today=clock.today())
        return Response(TakenInSerializer(result).data)
