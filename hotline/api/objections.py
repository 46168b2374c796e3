"""What the vendor says against figures, and the indicators that it is measured by."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OnContractMixin, StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, WithdrawableViewSet, WithdrawnFilter
from contract.models import Contract
from contract.models.base import STANDING
from hotline.models import Indicator, Objection
from kit import clock


class ObjectionSerializer(StrictSerializer, serializers.ModelSerializer):
    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Objection
        fields = [
            "id",
            "updated_at",
            "contract",
            "first_day",
            "last_day",
            "statement",
            "raised_on",
            "answer",
            "answered_on",
            *WITHDRAWAL,
        ]
        read_only_fields = ["raised_on", "answer", "answered_on", *WITHDRAWAL]


class ObjectionFilter(WithdrawnFilter):
    class Meta:
        model = Objection
        fields: list[str] = []


@extend_schema(tags=["service"])
class ObjectionViewSet(WithdrawableViewSet):
    """Objections to figures. What was said is not rewritten: withdraw it and say it anew. The office answers."""

    queryset = Objection.objects.all()
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilter
    ordering_fields = ["id", "raised_on"]
    http_method_names = ["get", "head", "options", "post"]
    action_permissions = {"withdraw": ("hotline.add_objection",)}

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "raised_on": clock.today()}


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = [
            "key",
            "title",
            "title_en",
            "readings",
            "policy",
            "direction",
            "floor_percent",
            "window",
            "minimum",
            "source",
            "confirmed_on",
            "confirmation",
            "updated_at",
        ]


@extend_schema(tags=["service"])
class IndicatorViewSet(OnContractMixin, ListModelMixin, GenericViewSet):
    """What the service is measured by. A target without `confirmed_on` is not agreed on yet."""

    queryset = Indicator.objects.filter(STANDING)
    serializer_class = IndicatorSerializer
    ordering_fields = ["key"]
