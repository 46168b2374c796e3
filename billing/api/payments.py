"""Payments: what the office paid, and what of it was recorded by mistake."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing.models import Payment
from contract.api.base import IdFilter, ScopedMixin


class PaymentSerializer(serializers.ModelSerializer):
    """A payment of the office. A withdrawn one was recorded by mistake and counts no more."""

    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    is_withdrawn = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = ["id", "updated_at", "contract", "instalment", "paid_on", "amount", "reference", "is_withdrawn"]
        read_only_fields = fields

    def get_is_withdrawn(self, payment: Payment) -> bool:
        return not payment.stands


class PaymentFilter(django_filters.FilterSet):
    """Payments by contract, instalment and day."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    paid_from = django_filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_to = django_filters.DateFilter(field_name="paid_on", lookup_expr="lte")

    class Meta:
        model = Payment
        fields: list[str] = []


@extend_schema(tags=["payment"])
class PaymentViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """What the office paid."""

    queryset = Payment.objects.select_related("instalment")
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    ordering_fields = ["id", "paid_on"]
    contract_path = "instalment__contract"
