"""Alerts: what the checks ask people to look at, and what the vendor says to them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from contract import clock, selectors, selectors_cases, serializers_cases, services
from contract.choices import PartySide
from contract.filters import AlertFilter, AskedFilter
from contract.idempotency import IdempotentMixin
from contract.models import Alert, Assessment, Clause, ResponseFile, Review
from contract.parsers import BoundedJSONParser, BoundedMultiPartParser
from contract.serializers import AssessmentSerializer
from contract.uploads import scan_response
from contract.views.base import ScopedMixin
from contract.views.duties_base import side_of

CLAUSE = Clause.objects.filter(contract=OuterRef("contract"), ref=OuterRef("clause_ref"))
DECIDED = Review.objects.filter(is_approved=True).order_by("pk")
FILE = OpenApiResponse(OpenApiTypes.BINARY, description="PDF, PNG or JPEG")


@extend_schema(tags=["alerts"])
class AlertViewSet(IdempotentMixin, ScopedMixin, ReadOnlyModelViewSet):
    """Alerts of your contracts. A vendor sees those about duties of its own or of both sides."""

    queryset = Alert.objects.select_related("contract", "assessment").annotate(
        clause_title_zh=CLAUSE.values("title")[:1], clause_title_en=CLAUSE.values("title_en")[:1]
    )
    filterset_class = AlertFilter
    ordering_fields = ["id", "raised_on", "answer_due_on", "assessment__legal_due_on"]
    action_permissions = {
        "assessments": ("contract.view_alert", "contract.view_assessment"),
        "responses": ("contract.view_alert", "contract.add_response"),
        "extensions": ("contract.view_alert", "contract.add_timeextension"),
    }

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = queryset.filter(pk__in=selectors.alerts_addressed_to(self.request.user))
        if self.action == "retrieve":
            rows = rows.prefetch_related(
                "events", "notifications", "responses__files", "extensions",
                Prefetch("reviews", DECIDED, to_attr="decisions"),
            )  # fmt: skip
        return rows

    def get_serializer_class(self) -> Any:
        if self.action == "retrieve":
            return serializers_cases.CaseDetailSerializer
        return serializers_cases.CaseSerializer

    def paged(self, alerts: QuerySet[Alert]) -> Response:
        """A page of alerts, who holds the ball read for all of them at once."""
        page = self.paginate_queryset(alerts) or []
        balls = selectors_cases.balls(page, clock.today())
        context = {**self.get_serializer_context(), "balls": balls}
        data = serializers_cases.CaseSerializer(page, many=True, context=context).data
        return self.get_paginated_response(data)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(responses=serializers_cases.CaseSerializer(many=True))
    @action(detail=False, filterset_class=AskedFilter, ordering_fields=[])
    def asked(self, request: Request) -> Response:
        """What is asked of you: alerts that nobody has decided, by the day on which they are due.

        `ball` says who must act next and until when: while it is yours, that is your day.
        `turn=vendor` leaves out what waits for the office.
        """
        return self.paged(selectors_cases.open_cases(self.filter_queryset(self.get_queryset())))

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

    @extend_schema(
        request={
            "application/json": serializers_cases.StatementRequestSerializer,
            "multipart/form-data": serializers_cases.StatementRequestSerializer,
        },
        responses={201: serializers_cases.ResponseSerializer},
    )
    @action(
        detail=True, methods=["post"], parser_classes=[BoundedJSONParser, BoundedMultiPartParser]
    )
    def responses(self, request: Request, pk: str) -> Response:
        """Answer an alert about your duty, with files. Late, it is taken and marked as late."""
        alert = self.of_vendor()
        form = serializers_cases.StatementRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = services.answer(
            alert=alert, statement=form.validated_data["statement"],
            files=form.validated_data.get("files", ()), actor=request.user, at=clock.now(),
            on=clock.today(),
        )  # fmt: skip
        data = serializers_cases.ResponseSerializer(given).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=serializers_cases.ExtensionRequestSerializer,
        responses={201: serializers_cases.TimeExtensionSerializer},
    )
    @action(detail=True, methods=["post"])
    def extensions(self, request: Request, pk: str) -> Response:
        """Ask for more time to answer, before your time is over. Until it is decided it rests."""
        alert = self.of_vendor()
        form = serializers_cases.ExtensionRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = services.ask_extension(
            alert=alert, **form.validated_data, actor=request.user, at=clock.now(),
            on=clock.today(),
        )  # fmt: skip
        data = serializers_cases.TimeExtensionSerializer(asked).data
        return Response(data, status=status.HTTP_201_CREATED)

    def of_vendor(self) -> Alert:
        """The alert, for somebody of the vendor; what comes on paper the office records itself."""
        alert: Alert = self.get_object()
        if side_of(self.request.user, alert.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Here the vendor speaks. Record a paper in the admin."))
        return alert


@extend_schema(tags=["alerts"])
class ResponseFileViewSet(ScopedMixin, GenericViewSet):
    """Files that were handed in with an answer."""

    queryset = ResponseFile.objects.all()

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(response__alert__in=selectors.alerts_addressed_to(self.request.user))

    @extend_schema(responses={(200, "application/pdf"): FILE})
    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        """The file as it was handed in."""
        kept = self.get_object()
        return scan_response(kept.file, f"{kept.response.alert_id}-{kept.response_id}-{kept.pk}")
