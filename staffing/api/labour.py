"""Approvals of hours, proofs of payment, labour matters: sent, corrected, withdrawn by the vendor.

Numbers of documents, never pay slips. The office is no employer and takes no part: it asks the
vendor.
"""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from contract.api.base import StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, WithdrawableViewSet, WithdrawnFilter
from contract.choices import PartySide
from contract.models import Contract
from kit import clock
from staffing.access import own_parties
from staffing.api.base import MonthFilter
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
            "updated_at",
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
        fields = [
            "id",
            "updated_at",
            "contract",
            "kind",
            "month",
            "paid_on",
            "document",
            "declared_by",
            "note",
            *ARRIVED,
        ]
        read_only_fields = ARRIVED
        fixed = ("contract",)
        validators: list[Any] = []


class LabourMatterSerializer(LabourSerializer):
    class Meta:
        model = LabourMatter
        fields = [
            "id",
            "updated_at",
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


class HoursApprovalFilter(WithdrawnFilter):
    """Approvals; `on` gives those that cover a day."""

    on = django_filters.DateFilter(method="by_day")

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(valid_from__lte=day, valid_until__gte=day)


class PayProofFilter(WithdrawnFilter):
    """Proofs by kind and by the month for which was paid."""

    kind = django_filters.ChoiceFilter(choices=PayKind)
    month = MonthFilter(field_name="month")


class LabourMatterFilter(WithdrawnFilter):
    """Labour matters; `open` gives those that are not settled."""

    kind = django_filters.ChoiceFilter(choices=MatterKind)
    open = django_filters.BooleanFilter(field_name="settled_on", lookup_expr="isnull")


class LabourViewSet(WithdrawableViewSet):
    """A record of a contract that arrives with the request."""

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"arrived_on": clock.today(), **data}


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
class LabourMatterViewSet(WithdrawableViewSet):
    """Labour disputes, wage arrears, injuries and damage: reported on the day they are sent.

    A matter that the office recorded counts as reported from the vendor's first answer to it.
    """

    queryset = LabourMatter.objects.all()
    serializer_class = LabourMatterSerializer
    filterset_class = LabourMatterFilter
    ordering_fields = ["id", "known_on", "settled_on"]
    action_permissions = {"withdraw": ("staffing.change_labourmatter",)}

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        if not self._acts_for(data["contract"].vendor_id):
            return data
        return {**data, "reported_on": clock.today(), "recorded_by": PartySide.VENDOR}

    def correct(self, row: Any, **changes: Any) -> Any:
        if row.reported_on is None and self._acts_for(row.contract.vendor_id):
            changes["reported_on"] = clock.today()
        return super().correct(row, **changes)

    def _acts_for(self, party_id: int) -> bool:
        """Whether the caller speaks for a party (a superuser for every one)."""
        return own_parties(self.request.user).filter(pk=party_id).exists()
