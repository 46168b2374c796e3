"""What the vendor declares about the data at the contract's end. What the office finds is its own to write."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from confidentiality.models import DataReturn
from confidentiality.services import data_returns
from contract.api.base import StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, ScannedViewSet, WithdrawnFilter
from contract.models import Contract
from kit import clock

OFFICE = ["declared_on", "checked_on", "is_complete", "remarks"]


class DataReturnSerializer(StrictSerializer, serializers.ModelSerializer):
    """All data returned or deleted, none kept. Sending it here is its arrival: `declared_on` is today."""

    contract = VisibleField(queryset=Contract.objects.all())
    has_copy = serializers.BooleanField(source="copy", read_only=True)

    class Meta:
        model = DataReturn
        fields = [
            "id",
            "updated_at",
            "contract",
            "manner",
            "done_on",
            "scope",
            "kept",
            "document",
            "has_copy",
            *OFFICE,
            *WITHDRAWAL,
        ]
        read_only_fields = [*OFFICE, *WITHDRAWAL]
        fixed = ("contract",)


class DataReturnFilter(WithdrawnFilter):
    class Meta:
        model = DataReturn
        fields: list[str] = []


@extend_schema(tags=["confidentiality"])
class DataReturnViewSet(ScannedViewSet):
    """Return or deletion of all data at the end (个人信息保护法 article 21); another one where the office found
    the first incomplete."""

    queryset = DataReturn.objects.all()
    serializer_class = DataReturnSerializer
    filterset_class = DataReturnFilter
    writer = data_returns
    action_permissions = {"withdraw": ("confidentiality.change_datareturn",)}
    ordering_fields = ["id", "declared_on"]

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "declared_on": clock.today()}
