"""Approvals of hours, proofs of payment, labour matters: sent, corrected, withdrawn by the vendor.

The office is no employer and takes no part: it asks the vendor (articles 8, 11, 12.5, 18, 20).
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import clock
from contract.serializers import ReasonSerializer
from contract.views.base import WritableViewSet
from staffing import serializers_labour as forms
from staffing import services
from staffing.access import own_parties
from staffing.filters import HoursApprovalFilter, LabourMatterFilter, PayProofFilter
from staffing.models import HoursApproval, LabourMatter, PayProof


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
    serializer_class = forms.HoursApprovalSerializer
    filterset_class = HoursApprovalFilter
    ordering_fields = ["id", "valid_from"]
    action_permissions = {"withdraw": ("staffing.change_hoursapproval",)}


@extend_schema(tags=["labour"])
class PayProofViewSet(LabourViewSet):
    """Proofs that a month's wages, or its overtime and holiday pay, were paid."""

    queryset = PayProof.objects.all()
    serializer_class = forms.PayProofSerializer
    filterset_class = PayProofFilter
    ordering_fields = ["id", "month", "arrived_on"]
    action_permissions = {"withdraw": ("staffing.change_payproof",)}


@extend_schema(tags=["labour"])
class LabourMatterViewSet(LabourViewSet):
    """Labour disputes, wage arrears, injuries and damage: reported on the day they are sent.

    A matter that the office recorded counts as reported from the vendor's first answer to it.
    """

    queryset = LabourMatter.objects.all()
    serializer_class = forms.LabourMatterSerializer
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
