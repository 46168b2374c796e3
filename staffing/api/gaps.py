"""Gaps, demands to replace a person, and the days' figures: read; a demand is met."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from contract import selectors
from contract.api.base import IdFilter, OnContractMixin, ScopedMixin, StrictSerializer, VisibleField
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.reading import ReadingMixin
from law.periods import Deadline
from staffing.api.base import DayFilter, PersonFilter
from staffing.choices import GapCause
from staffing.models import Assignment, Gap, ReplacementDemand, StaffDay
from staffing.rules.backfill import agreed_deadline
from staffing.services import demands


class GapSerializer(ReadingMixin, serializers.ModelSerializer):
    """An empty post and the time to make it good."""

    employee_number = serializers.CharField(source="operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="operator.name", read_only=True)
    nominal_due_on = serializers.SerializerMethodField(help_text="Empty where the contract agrees on no time.")
    legal_due_on = serializers.SerializerMethodField(
        help_text="Empty while the holidays of that year are not published."
    )

    class Meta:
        model = Gap
        fields = [
            "id",
            "updated_at",
            "contract",
            "assignment",
            "operator",
            "employee_number",
            "operator_name",
            "cause",
            "event_on",
            "opened_on",
            "nominal_due_on",
            "legal_due_on",
            "departed_on",
            "returned_on",
            "backfilled_on",
            "closed_on",
            "lapsed_on",
        ]
        read_only_fields = fields

    def get_nominal_due_on(self, gap: Gap) -> str | None:
        deadline = self.context["deadlines"].get(gap.pk)
        return str(deadline.nominal) if deadline else None

    def get_legal_due_on(self, gap: Gap) -> str | None:
        deadline = self.context["deadlines"].get(gap.pk)
        return str(deadline.legal) if deadline and deadline.legal else None


class DemandSerializer(ReadingMixin, serializers.ModelSerializer):
    """The office asks for a person to be replaced."""

    operator = serializers.IntegerField(source="assignment.operator_id", read_only=True)
    employee_number = serializers.CharField(source="assignment.operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="assignment.operator.name", read_only=True)

    class Meta:
        model = ReplacementDemand
        fields = [
            "id",
            "updated_at",
            "contract",
            "assignment",
            "operator",
            "employee_number",
            "operator_name",
            "reason",
            "sent_at",
            "arrived_at",
            "replaced_by",
            "withdrawn_on",
        ]
        read_only_fields = fields


class FulfilmentSerializer(StrictSerializer):
    assignment = VisibleField(
        "contract", queryset=Assignment.objects.all(), help_text="The assignment of the person who replaces the other."
    )


class StaffDaySerializer(ReadingMixin, serializers.ModelSerializer):
    """How many were assigned, in place, absent and not reported on a day."""

    class Meta:
        model = StaffDay
        fields = ["contract", "day", "assigned", "in_place", "absent", "unreported"]
        read_only_fields = fields


class GapFilter(PersonFilter):
    """Gaps; `open_on` gives those that stood open on a day."""

    cause = django_filters.ChoiceFilter(choices=GapCause)
    open_on = django_filters.DateFilter(method="by_day")
    opened_from = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte")
    opened_to = django_filters.DateFilter(field_name="opened_on", lookup_expr="lte")

    class Meta:
        model = Gap
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
            Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=day),
            opened_on__lte=day,
        )


class DemandFilter(django_filters.FilterSet):
    """Demands to replace a person; `open` gives those that are neither met nor withdrawn."""

    contract = IdFilter(field_name="contract_id")
    open = django_filters.BooleanFilter(method="by_state")

    class Meta:
        model = ReplacementDemand
        fields: list[str] = []

    def by_state(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        still = Q(withdrawn_on__isnull=True, replaced_by__isnull=True)
        return queryset.filter(still if value else ~still)


class StaffDayFilter(DayFilter):
    class Meta:
        model = StaffDay
        fields: list[str] = []


@extend_schema(tags=["gaps"])
class GapViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """Empty posts and the time to make them good. Derived, never typed in."""

    queryset = Gap.objects.filter(is_void=False).select_related("operator").defer("operator__resident_id")
    serializer_class = GapSerializer
    filterset_class = GapFilter
    ordering_fields = ["id", "opened_on", "event_on", "closed_on"]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            rows = args[0] if kwargs.get("many") else [args[0]]
            kwargs["context"] = {**self.get_serializer_context(), "deadlines": _deadlines(rows)}
        return super().get_serializer(*args, **kwargs)


@extend_schema(tags=["gaps"])
class DemandViewSet(IdempotentMixin, ScopedMixin, ReadOnlyModelViewSet):
    """Demands of the office to replace a person."""

    queryset = ReplacementDemand.objects.select_related("assignment__operator").defer(
        "assignment__operator__resident_id"
    )
    serializer_class = DemandSerializer
    filterset_class = DemandFilter
    ordering_fields = ["id", "sent_at", "arrived_at"]
    action_permissions = {"fulfil": ("staffing.change_replacementdemand",)}

    @extend_schema(request=FulfilmentSerializer, responses=DemandSerializer)
    @action(detail=True, methods=["post"])
    def fulfil(self, request: Request, pk: str) -> Response:
        """Name the assignment of the person who replaces the other."""
        demand = self.get_object()
        form = FulfilmentSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        demands.fulfil(demand, assignment=form.validated_data["assignment"])
        return Response(self.get_serializer(self.get_object()).data)


@extend_schema(tags=["attendance"])
class StaffDayViewSet(OnContractMixin, ListModelMixin, GenericViewSet):
    """Each day's figures of a contract, kept up to date with every write."""

    queryset = StaffDay.objects.all()
    serializer_class = StaffDaySerializer
    filterset_class = StaffDayFilter
    ordering_fields = ["day"]


def _deadlines(gaps: list[Gap]) -> dict[int, Deadline]:
    """The time limits of these gaps, in a number of queries that does not grow with them."""
    if not gaps:
        return {}
    batch = selectors.batch({gap.contract_id for gap in gaps}, clock.today())
    contracts = {contract.pk: contract for contract in batch.contracts}
    found = {gap.pk: agreed_deadline(contracts[gap.contract_id], gap.event_on, batch.calendar) for gap in gaps}
    return {pk: deadline for pk, deadline in found.items() if deadline is not None}
