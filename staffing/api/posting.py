"""Assignments and leaves: entered, corrected, withdrawn with a reason, never deleted."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import ReasonSerializer, VisibleField
from contract.api.records import WITHDRAWAL, RecordViewSet, WithdrawableViewSet
from kit import clock
from staffing.api.base import OnContractSerializer, PersonFilter
from staffing.choices import EndReason, LeaveKind
from staffing.models import Assignment, Gap, Leave, Post
from staffing.services import assignments, leaves


class AssignmentSerializer(OnContractSerializer):
    """Who serves from when to when. The office's consent is recorded by the office."""

    post = VisibleField("contract", queryset=Post.objects.all(), required=False, allow_null=True)
    fills_gap = VisibleField(
        "contract",
        queryset=Gap.objects.all(),
        required=False,
        allow_null=True,
        help_text="The gap that this person makes good. One backfill closes one gap.",
    )

    class Meta:
        model = Assignment
        fields = [
            "id",
            "contract",
            "operator",
            "employee_number",
            "operator_name",
            "post",
            "place",
            "starts_on",
            "ends_on",
            "end_reason",
            "notice_on",
            "fills_gap",
            "consent_ref",
            "consented_on",
            *WITHDRAWAL,
        ]
        read_only_fields = ["consent_ref", "consented_on", *WITHDRAWAL]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class LeaveSerializer(OnContractSerializer):
    """A person is away from a day to a day, both included."""

    class Meta:
        model = Leave
        fields = [
            "id",
            "contract",
            "operator",
            "employee_number",
            "operator_name",
            "kind",
            "starts_on",
            "ends_on",
            "reported_at",
            "cancelled_on",
            "cancel_reason",
        ]
        read_only_fields = ["reported_at", "cancelled_on", "cancel_reason"]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class AssignmentFilter(PersonFilter):
    """Assignments; `on` gives those in force on a day."""

    on = django_filters.DateFilter(method="by_day")
    end_reason = django_filters.ChoiceFilter(choices=EndReason)
    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Assignment
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day, withdrawn_on__isnull=True
        )


class LeaveFilter(PersonFilter):
    """Leaves; `from` and `to` give those that touch a span of days."""

    kind = django_filters.ChoiceFilter(choices=LeaveKind)
    day_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")
    cancelled = django_filters.BooleanFilter(field_name="cancelled_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Leave
        fields: list[str] = []


@extend_schema(tags=["people"])
class AssignmentViewSet(WithdrawableViewSet):
    """Who serves on a contract, from when to when.

    To end an assignment, PATCH `ends_on` (the last day in post) and `end_reason`.
    """

    queryset = Assignment.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {"withdraw": ("staffing.change_assignment",)}
    writer = assignments


@extend_schema(tags=["people"])
class LeaveViewSet(RecordViewSet):
    """Leave of a person from a day to a day, both included."""

    queryset = Leave.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {"cancel": ("staffing.change_leave",)}

    writer = leaves

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "reported_at": clock.now()}

    @extend_schema(request=ReasonSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a leave, with the reason. It stays readable and counts no more."""
        return self.withdrawn(request)
