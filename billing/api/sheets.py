"""Acceptance sheets: the vendor reads what was accepted, and confirms it or objects."""

import django_filters
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing import services
from billing.api.base import BothSidesMixin
from billing.models import AcceptanceMember, AcceptanceSheet
from billing.states import OPEN_SHEETS, SheetStatus
from contract.api.base import IdFilter, StrictSerializer
from kit import clock
from kit.api.idempotency import IdempotentMixin


class AcceptanceMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = AcceptanceMember
        fields = ["name", "unit", "role", "opinion", "signed_on"]
        read_only_fields = fields


class AcceptanceSheetSerializer(serializers.ModelSerializer):
    """An acceptance that the office has decided upon, with the figures frozen that day."""

    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    members = AcceptanceMemberSerializer(many=True, read_only=True)
    accepted_on = serializers.DateField(source="acceptance.accepted_on", read_only=True, allow_null=True)

    class Meta:
        model = AcceptanceSheet
        fields = [
            "id",
            "updated_at",
            "contract",
            "instalment",
            "number",
            "status",
            "result",
            "score",
            "accepted_on",
            "indicators",
            "indicators_as_of",
            "group_opinion",
            "members",
            "purchaser_opinion",
            "vendor_opinion",
            "vendor_on",
        ]
        read_only_fields = fields


class SheetAnswerSerializer(StrictSerializer):
    """Whether the vendor confirms the acceptance; an objection has its reason in `opinion`."""

    confirm = serializers.BooleanField()
    opinion = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AcceptanceSheetFilter(django_filters.FilterSet):
    """Acceptance sheets by contract, instalment and state."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=SheetStatus)

    class Meta:
        model = AcceptanceSheet
        fields: list[str] = []


@extend_schema(tags=["payment"])
class AcceptanceSheetViewSet(IdempotentMixin, BothSidesMixin, ReadOnlyModelViewSet):
    """Acceptance sheets (履约验收单) that the office has decided upon."""

    queryset = (
        AcceptanceSheet.objects.select_related("instalment", "acceptance").prefetch_related("members").order_by("pk")
    )
    serializer_class = AcceptanceSheetSerializer
    filterset_class = AcceptanceSheetFilter
    ordering_fields = ["id"]
    contract_path = "instalment__contract"
    put_before_vendor = ~Q(status__in=sorted(OPEN_SHEETS))
    action_permissions = {"answer": ("billing.answer_acceptancesheet",)}

    @extend_schema(request=SheetAnswerSerializer, responses={200: AcceptanceSheetSerializer, 409: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """The vendor confirms the acceptance, or objects with its reason."""
        sheet = self.get_object()
        sent = SheetAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.answer_sheet(sheet=sheet, actor=request.user, on=clock.today(), **sent.validated_data)
        return Response(AcceptanceSheetSerializer(self.get_queryset().get(pk=sheet.pk)).data)
