"""Assignments and leaves: created, corrected, taken back with a reason, never deleted."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import clock
from contract.serializers import ReasonSerializer
from contract.views.base import WritableViewSet
from staffing import services
from staffing.filters import AssignmentFilter, LeaveFilter
from staffing.models import Assignment, Leave
from staffing.serializers import AssignmentSerializer, LeaveSerializer


@extend_schema(tags=["people"])
class AssignmentViewSet(WritableViewSet):
    """Who serves on a contract, from when to when.

    To end an assignment, PATCH `ends_on` (the last day in post) and `end_reason`.
    """

    queryset = Assignment.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {"withdraw": ("staffing.change_assignment",)}

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        notice_on = data.pop("notice_on", None)
        with transaction.atomic():
            made = services.assign(**data)
            if notice_on:
                made = services.correct_assignment(assignment=made, notice_on=notice_on)
        serializer.instance = made

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_assignment(
            assignment=serializer.instance, **serializer.validated_data
        )

    @extend_schema(request=ReasonSerializer, responses=AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back an assignment that was entered by mistake. It stays readable."""
        row = services.withdraw_assignment(
            assignment=self.get_object(), on=clock.today(), reason=_reason(request)
        )
        return Response(self.get_serializer(row).data)


@extend_schema(tags=["people"])
class LeaveViewSet(WritableViewSet):
    """Leave of a person from a day to a day, both included."""

    queryset = Leave.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {"cancel": ("staffing.change_leave",)}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.record_leave(
            **serializer.validated_data, reported_at=clock.now()
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_leave(
            leave=serializer.instance, **serializer.validated_data
        )

    @extend_schema(request=ReasonSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a leave, with the reason. It stays readable and counts no more."""
        row = services.cancel_leave(
            leave=self.get_object(), on=clock.today(), reason=_reason(request)
        )
        return Response(self.get_serializer(row).data)


def _reason(request: Request) -> str:
    form = ReasonSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    return str(form.validated_data["reason"])
