"""How a contract is paid, and quantities: either side reports, the other confirms or disputes."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing import services
from billing.models import Instalment, PaymentItem, PaymentRule, Quantity
from billing.models.amended import IN_FORCE
from contract.api.base import AddableViewSet, IdFilter, ReasonSerializer, ScopedMixin, StrictSerializer, VisibleField
from kit import clock


class PaymentItemSerializer(serializers.ModelSerializer):
    """A share of the fee (percent), or a price (yuan) times a quantity."""

    bands = serializers.ListField(child=serializers.DictField(child=serializers.CharField()), read_only=True)

    class Meta:
        model = PaymentItem
        fields = ["id", "title", "kind", "percent", "price", "unit", "quantity", "bands", "bands_apply"]
        read_only_fields = fields


class PaymentRuleSerializer(serializers.ModelSerializer):
    """One kind of instalment: once or for every so many months, what it waits for, when it is due."""

    items = PaymentItemSerializer(many=True, read_only=True)
    waits_for = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = PaymentRule
        fields = [
            "id",
            "updated_at",
            "contract",
            "title",
            "effective_from",
            "every_months",
            "first_day",
            "last_day",
            "waits_for",
            "not_before",
            "due_days",
            "due_in",
            "items",
        ]
        read_only_fields = fields


class PaymentRuleFilter(django_filters.FilterSet):
    """Payment rules of a contract."""

    contract = IdFilter(field_name="contract_id")

    class Meta:
        model = PaymentRule
        fields: list[str] = []


@extend_schema(tags=["payment"])
class PaymentRuleViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """How a contract is paid; none where it is paid in equal parts by its payment cycle."""

    queryset = PaymentRule.objects.filter(IN_FORCE).prefetch_related("items").order_by("pk")
    serializer_class = PaymentRuleSerializer
    filterset_class = PaymentRuleFilter
    ordering_fields = ["id"]


class QuantitySerializer(StrictSerializer, serializers.ModelSerializer):
    """How much there was of an item in the period of an instalment, and what the other side says."""

    instalment = VisibleField(contract_path="contract", queryset=Instalment.objects.all())
    item = VisibleField(contract_path="rule__contract", queryset=PaymentItem.objects.all())

    class Meta:
        model = Quantity
        fields = [
            "id",
            "updated_at",
            "instalment",
            "item",
            "quantity",
            "document",
            "reported_side",
            "reported_on",
            "is_confirmed",
            "answered_on",
            "answer_reason",
            "withdrawn_at",
        ]
        read_only_fields = [
            "reported_side",
            "reported_on",
            "is_confirmed",
            "answered_on",
            "answer_reason",
            "withdrawn_at",
        ]
        validators: list[Any] = []  # the service says that one stands already


class QuantityAnswerSerializer(StrictSerializer):
    """Whether the figure is confirmed; a dispute has its reason."""

    confirm = serializers.BooleanField()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class QuantityFilter(django_filters.FilterSet):
    """Quantities by contract and instalment."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")

    class Meta:
        model = Quantity
        fields: list[str] = []


@extend_schema(tags=["payment"])
class QuantityViewSet(AddableViewSet):
    """Quantities that make an amount once both sides know them."""

    queryset = Quantity.objects.select_related("instalment", "item").order_by("pk")
    serializer_class = QuantitySerializer
    filterset_class = QuantityFilter
    ordering_fields = ["id"]
    contract_path = "instalment__contract"
    action_permissions = {"answer": ("billing.answer_quantity",), "withdraw": ("billing.add_quantity",)}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.report_quantity(
            actor=self.request.user, today=clock.today(), **serializer.validated_data
        )

    @extend_schema(request=QuantityAnswerSerializer, responses=QuantitySerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Confirm what the other side reported, or dispute it with the reason."""
        row = self.get_object()
        sent = QuantityAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.answer_quantity(quantity=row, actor=request.user, today=clock.today(), **sent.validated_data)
        return Response(QuantitySerializer(self.get_queryset().get(pk=row.pk)).data)

    @extend_schema(request=ReasonSerializer, responses=QuantitySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back what your side reported by mistake, with the reason; another may be reported then."""
        row = self.get_object()
        sent = ReasonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.withdraw_quantity(
            quantity=row, reason=sent.validated_data["reason"], actor=request.user, at=clock.now(), today=clock.today()
        )
        return Response(QuantitySerializer(self.get_queryset().get(pk=row.pk)).data)
