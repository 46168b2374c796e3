"""Approvals of hours, proofs of payment, labour matters: sent, corrected, withdrawn by the vendor.

Numbers of documents, never pay slips. The office is no employer and takes no part: it asks the
vendor (articles 8, 11, 12.5, 18, 20).
"""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import IdFilter, ReasonSerializer, StrictSerializer, VisibleField, WritableViewSet
from contract.models import Contract
from kit import clock
from staffing import services
from staffing.access import own_parties
from staffing.api.base import WITHDRAWAL, MonthFilter
from staffing.choices import MatterKind, PayKind
from staffing.models import HoursApproval, LabourMatter, PayProof, Post

# The day on which it came is the program's to tell, not the sender's.
ARRIVED = ["arrived_on", *WITHDRAWAL]


class LabourSerializer(StrictSerializer, serializers.ModelSerializer):
    contract = VisibleField(queryset=Contract.objects.all())


class HoursApprovalSerializer(LabourSerializer):
    post = VisibleField(
        "contract",
        queryset=Post.objects.all(),
        required=False,
        allow_null=True,
        help_text="Left out: everybody on the contract.",
    )

    class Meta:
        model = HoursApproval
        fields = [
            "id",
            "contract",
            "document",
            "authority",
            "post",
            "approved_on",
            "valid_from",
            "valid_until",
            "note",
            *ARRIVED,
        ]
        read_only_fields = ARRIVED
        fixed = ("contract",)
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class PayProofSerializer(LabourSerializer):
    class Meta:
        model = PayProof
        fields = ["id", "contract", "kind", "month", "paid_on", "document", "declared_by", "note", *ARRIVED]
        read_only_fields = ARRIVED
        fixed = ("contract",)
        validators: list[Any] = []


class LabourMatterSerializer(LabourSerializer):
    class Meta:
        model = LabourMatter
        fields = [
            "id",
            "contract",
            "kind",
            "title",
            "persons",
            "occurred_on",
            "known_on",
            "document",
            "effect",
            "effect_removed_on",
            "settled_on",
            "settlement",
            "note",
            "recorded_by",
            "reported_on",
            *WITHDRAWAL,
        ]
        read_only_fields = ["recorded_by", "reported_on", *WITHDRAWAL]
        fixed = ("contract",)
        validators: list[Any] = []


class LabourFilter(django_filters.FilterSet):
    """Records about hours, pay and labour matters by contract."""

    contract = IdFilter(field_name="contract_id")
    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)


class HoursApprovalFilter(LabourFilter):
    """Approvals; `on` gives those that cover a day."""

    on = django_filters.DateFilter(method="by_day")

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(valid_from__lte=day, valid_until__gte=day)


class PayProofFilter(LabourFilter):
    """Proofs by kind and by the month for which was paid."""

    kind = django_filters.ChoiceFilter(choices=PayKind)
    month = MonthFilter(field_name="month")


class LabourMatterFilter(LabourFilter):
    """Labour matters; `open` gives those that are not settled."""

    kind = django_filters.ChoiceFilter(choices=MatterKind)
    open = django_filters.BooleanFilter(field_name="settled_on", lookup_expr="isnull")


class LabourViewSet(WritableViewSet):
    """A record of a contract; what was wrong is withdrawn and stays readable."""

    def perform_create(self, serializer: Any) -> None:
        today = clock.today()
        serializer.instance = services.record_labour(
            serializer.Meta.model, today=today, arrived_on=today, **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_labour(
            serializer.instance, today=clock.today(), **serializer.validated_data
        )

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw a record that was wrong. It stays readable and counts no more."""
        row = self.get_object()
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = services.withdraw_labour(row, on=clock.today(), reason=form.validated_data["reason"])
        return Response(self.get_serializer(row).data)


@extend_schema(tags=["labour"])
class HoursApprovalViewSet(LabourViewSet):
    """Approvals of a comprehensive working-hours system: they count from their arrival."""

    queryset = HoursApproval.objects.all()
    serializer_class = HoursApprovalSerializer
    filterset_class = HoursApprovalFilter
    ordering_fields = ["id", "valid_from"]
    action_permissions = {"withdraw": ("staffing.change_hoursapproval",)}


@extend_schema(tags=["labour"])
class PayProofViewSet(LabourViewSet):
    """Proofs that a month's wages, or its overtime and holiday pay, were paid."""

    queryset = PayProof.objects.all()
    serializer_class = PayProofSerializer
    filterset_class = PayProofFilter
    ordering_fields = ["id", "month", "arrived_on"]
    action_permissions = {"withdraw": ("staffing.change_payproof",)}


@extend_schema(tags=["labour"])
class LabourMatterViewSet(LabourViewSet):
    """Labour disputes, wage arrears, injuries and damage: reported on the day they are sent.

    A matter that the office recorded counts as reported from the vendor's first answer to it.
    """

    queryset = LabourMatter.objects.all()
    serializer_class = LabourMatterSerializer
    filterset_class = LabourMatterFilter
    ordering_fields = ["id", "known_on", "settled_on"]
    action_permissions = {"withdraw": ("staffing.change_labourmatter",)}

    def perform_create(self, serializer: Any) -> None:
        data, today = serializer.validated_data, clock.today()
        if self._acts_for(data["contract"].vendor_id):
            serializer.instance = services.report_matter(today=today, **data)
        else:
            serializer.instance = services.record_labour(LabourMatter, today=today, **data)

    def perform_update(self, serializer: Any) -> None:
        matter, changes = serializer.instance, dict(serializer.validated_data)
        if matter.reported_on is None and self._acts_for(matter.contract.vendor_id):
            changes["reported_on"] = clock.today()
        serializer.instance = services.correct_labour(matter, today=clock.today(), **changes)

    def _acts_for(self, party_id: int) -> bool:
        """Whether the caller speaks for a party (a superuser for every one)."""
        return own_parties(self.request.user).filter(pk=party_id).exists()
