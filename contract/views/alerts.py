"""Alerts: what the checks ask people to look at."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract import selectors
from contract.filters import AlertFilter
from contract.models import Alert, Assessment, Clause
from contract.serializers import AlertDetailSerializer, AlertSerializer, AssessmentSerializer
from contract.views.base import ScopedMixin

CLAUSE = Clause.objects.filter(contract=OuterRef("contract"), ref=OuterRef("clause_ref"))


@extend_schema(tags=["alerts"])
class AlertViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """Alerts of your contracts. A vendor sees those about duties of its own or of both sides."""

    queryset = Alert.objects.select_related("contract", "assessment").annotate(
        clause_title_zh=CLAUSE.values("title")[:1], clause_title_en=CLAUSE.values("title_en")[:1]
    )
    filterset_class = AlertFilter
    ordering_fields = ["id", "raised_on", "assessment__legal_due_on"]
    action_permissions = {"assessments": ("contract.view_alert", "contract.view_assessment")}

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=selectors.alerts_addressed_to(self.request.user))

    def get_serializer_class(self) -> Any:
        return AlertDetailSerializer if self.action == "retrieve" else AlertSerializer

    @extend_schema(responses=AssessmentSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], filterset_class=None)
    def assessments(self, request: Request, pk: str) -> Response:
        """Everything that the check has ever found about this case, the newest first."""
        alert = self.get_object()
        history = Assessment.objects.filter(
            contract=alert.contract_id, check_id=alert.check_id, key=alert.key
        )
        page = self.paginate_queryset(history)
        return self.get_paginated_response(AssessmentSerializer(page, many=True).data)
