"""Instalments: the share of the fee for each payment period, and what of it is open."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing.api.base import OfKnown
from billing.models import Instalment
from contract.api.base import IdFilter, ScopedMixin


class InstalmentSerializer(serializers.ModelSerializer):
    """The share of the fee for one period, in yuan."""

    amount = OfKnown(help_text="Null while a quantity is missing (`is_open`).")
    contract_number = serializers.CharField(source="contract.number", read_only=True)
    outstanding = OfKnown()
    invoice_amount = OfKnown(help_text="What the invoice is over: agreed deductions lower it.")
    lines = serializers.ListField(
        child=serializers.DictField(),
        read_only=True,
        help_text="How prices and quantities make the amount; empty where it is a share of the fee.",
    )
    payable = OfKnown(help_text="What is open without what waits for a claim.")

    class Meta:
        model = Instalment
        fields = [
            "id",
            "updated_at",
            "contract",
            "contract_number",
            "sequence",
            "title",
            "period_start",
            "period_end",
            "is_supplement",
            "amount",
            "is_open",
            "rule",
            "lines",
            "invoice_amount",
            "paid_amount",
            "deducted_amount",
            "tariff_amount",
            "withheld_amount",
            "outstanding",
            "payable",
        ]
        read_only_fields = fields


class InstalmentFilter(django_filters.FilterSet):
    """Instalments by contract, number, and a day inside the period."""

    contract = IdFilter(field_name="contract_id")
    sequence = django_filters.NumberFilter(min_value=1, max_value=32767)
    from_day = django_filters.DateFilter(field_name="period_end", lookup_expr="gte")
    to_day = django_filters.DateFilter(field_name="period_start", lookup_expr="lte")

    class Meta:
        model = Instalment
        fields: list[str] = []


@extend_schema(tags=["payment"])
class InstalmentViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The shares of the fee, one for each payment period; they add up to it to the fen."""

    queryset = Instalment.objects.select_related("contract")
    serializer_class = InstalmentSerializer
    filterset_class = InstalmentFilter
    ordering_fields = ["id", "sequence", "period_start"]
