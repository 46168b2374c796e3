"""Gaps, demands to replace a person, and the days' figures: read; a demand is met."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from contract import clock, selectors
from contract.idempotency import IdempotentMixin
from contract.law.periods import Deadline
from contract.views.base import OnContractMixin, ScopedMixin
from staffing import services
from staffing.filters import DemandFilter, GapFilter, StaffDayFilter
from staffing.models import Gap, ReplacementDemand, StaffDay
from staffing.rules.backfill import deadline_of
from staffing.serializers import (
    DemandSerializer,
    FulfilmentSerializer,
    GapSerializer,
    StaffDaySerializer,
)


@extend_schema(tags=["gaps"])
class GapViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """Empty posts and the time to make them good (article 13.4). Derived, never typed in."""

    queryset = (
        Gap.objects.filter(is_void=False).select_related("operator").defer("operator__resident_id")
    )
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
    """Demands of the office to replace a person (article 12.2)."""

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
        services.fulfil_demand(demand=demand, assignment=form.validated_data["assignment"])
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
    return {
        gap.pk: deadline_of(contracts[gap.contract_id], gap.event_on, batch.calendar)
        for gap in gaps
    }
