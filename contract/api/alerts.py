"""Alerts: what the checks ask people to look at, who must act next, and what was decided."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract import registry, selectors, services
from contract.api.answers import (
    ExtensionRequestSerializer,
    ResponseSerializer,
    StatementRequestSerializer,
    TimeExtensionSerializer,
)
from contract.api.base import IdFilter, ScopedMixin
from contract.api.records import side_of
from contract.api.turns import OF_BALL, BallSerializer
from contract.choices import UNDECIDED, AlertStatus, Outcome, PartySide
from contract.models import Alert, AlertEvent, Assessment, Clause, Contract, Excuse, Notification, Review
from contract.models.agreement import in_language
from contract.selectors import cases
from contract.selectors.cases import VENDORS_TURN
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.parsers import BoundedJSONParser, BoundedMultiPartParser
from kit.api.reading import ReadingMixin

LAST_EVENT = AlertEvent.objects.filter(alert=OuterRef("pk")).order_by("-at").values("at")
CLAUSE = Clause.objects.filter(contract=OuterRef("contract"), ref=OuterRef("clause_ref"))
# One object for each contract of a page, not one for each alert.
CONTRACTS = Prefetch("contract", Contract.objects.select_related("vendor"))
DECIDED = Review.objects.filter(is_approved=True).order_by("pk")


class AssessmentSerializer(ReadingMixin, serializers.ModelSerializer):
    """What a check found, as of a day. Never altered: a later one supersedes it."""

    explanation = serializers.CharField(read_only=True)

    class Meta:
        model = Assessment
        fields = [
            "id",
            "as_of",
            "outcome",
            "subject_label",
            "subject_pk",
            "subject_name",
            "period_start",
            "period_end",
            "nominal_due_on",
            "legal_due_on",
            "measured",
            "required",
            "explanation",
            "figures",
            "evidence",
            "is_current",
            "is_withdrawn",
            "supersedes",
            "created_at",
        ]
        read_only_fields = fields


class AlertSerializer(ReadingMixin, serializers.ModelSerializer):
    """Something that a person should look at: not a breach before two people have reviewed it."""

    contract_number = serializers.CharField(source="contract.number", read_only=True)
    clause = serializers.CharField(source="clause_ref", read_only=True)
    clause_title = serializers.SerializerMethodField()
    check_title = serializers.SerializerMethodField()
    subject = serializers.CharField(source="assessment.subject_name", read_only=True)
    period_start = serializers.DateField(source="assessment.period_start", read_only=True)
    period_end = serializers.DateField(source="assessment.period_end", read_only=True)
    nominal_due_on = serializers.DateField(source="assessment.nominal_due_on", read_only=True)
    legal_due_on = serializers.DateField(source="assessment.legal_due_on", read_only=True)
    measured = serializers.CharField(source="assessment.measured", read_only=True)
    required = serializers.CharField(  # type: ignore[assignment]
        source="assessment.required", read_only=True
    )
    explanation = serializers.CharField(source="assessment.explanation", read_only=True)
    as_of = serializers.DateField(source="assessment.as_of", read_only=True)
    days_late = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            "id",
            "contract",
            "contract_number",
            "check_id",
            "check_title",
            "clause",
            "clause_title",
            "owed_by",
            "status",
            "outcome",
            "subject",
            "period_start",
            "period_end",
            "nominal_due_on",
            "legal_due_on",
            "measured",
            "required",
            "explanation",
            "days_late",
            "as_of",
            "raised_on",
        ]
        read_only_fields = fields

    def get_days_late(self, alert: Alert) -> int | None:
        """By how many days what is still open is late today; null where nothing grows."""
        return alert.assessment.days_late(clock.today())

    def get_clause_title(self, alert: Alert) -> str:
        zh, en = getattr(alert, "clause_title_zh", ""), getattr(alert, "clause_title_en", "")
        return in_language(zh or "", en or "")

    def get_check_title(self, alert: Alert) -> str:
        return registry.title(alert.check_id)


class AlertEventSerializer(serializers.ModelSerializer):
    """A change of an alert's state. Who in the office acted, and their notes, stay inside."""

    class Meta:
        model = AlertEvent
        fields = ["at", "as_of", "from_status", "to_status", "outcome"]
        read_only_fields = fields


class AlertDetailSerializer(AlertSerializer):
    assessment = AssessmentSerializer(read_only=True)
    events = AlertEventSerializer(many=True, read_only=True)

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "assessment", "events"]
        read_only_fields = fields


class CaseSerializer(AlertSerializer):
    """An alert with its clocks. The view gives the balls of a page; of one row they are read."""

    answer_due_on = serializers.DateField(read_only=True)
    ball = serializers.SerializerMethodField()
    caution = serializers.SerializerMethodField(
        help_text="What must not be read into the finding: a warning is no breach."
    )

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "notified_on", "answer_due_on", "ball", "caution"]
        read_only_fields = fields

    def get_caution(self, alert: Alert) -> str:
        if alert.outcome == Outcome.AT_RISK:
            return _("This is a warning, no breach: the duty can still be performed in time.")
        if alert.status in UNDECIDED:
            return _("A machine's finding: no breach unless two people decide so.")
        return ""

    @extend_schema_field(BallSerializer)
    def get_ball(self, alert: Alert) -> Any:
        of_page = self.context.get("balls") or {}
        return OF_BALL.to_representation(of_page.get(alert.pk) or cases.balls([alert], clock.today())[alert.pk])


class NotificationSerializer(serializers.ModelSerializer):
    """When and how the vendor was told, and until when it may answer; the one that `corrects` another counts."""

    class Meta:
        model = Notification
        fields = [
            "id",
            "round",
            "outcome",
            "means",
            "recipient",
            "document",
            "arrived_on",
            "answer_nominal_due_on",
            "answer_due_on",
            "corrects",
            "correction_reason",
        ]
        read_only_fields = fields


class DecisionSerializer(serializers.ModelSerializer):
    """What two people of the office decided, and why. Proposals and persons stay inside."""

    decided_on = serializers.DateTimeField(source="decided_at", read_only=True)

    class Meta:
        model = Review
        fields = ["id", "decision", "reason", "document", "decided_on"]
        read_only_fields = fields


class AlertExcuseSerializer(serializers.ModelSerializer):
    """An excuse on record for what the alert is about; without approval it has no effect."""

    event = serializers.CharField(source="event.title", default="", read_only=True)

    class Meta:
        model = Excuse
        fields = ["id", "cause", "event", "from_on", "to_on", "document", "reason", "approved_on", "revoked_on"]
        read_only_fields = fields


class CaseDetailSerializer(AlertDetailSerializer, CaseSerializer):
    """An alert with everything that both sides said about it."""

    notifications = NotificationSerializer(many=True, read_only=True)
    responses = ResponseSerializer(many=True, read_only=True)
    extensions = TimeExtensionSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)
    excuses = serializers.SerializerMethodField()

    class Meta(AlertDetailSerializer.Meta):
        fields = [
            *AlertDetailSerializer.Meta.fields,
            "notified_on",
            "answer_due_on",
            "ball",
            "caution",
            "notifications",
            "responses",
            "extensions",
            "decisions",
            "excuses",
        ]
        read_only_fields = fields

    @extend_schema_field(AlertExcuseSerializer(many=True))
    def get_excuses(self, alert: Alert) -> Any:
        return AlertExcuseSerializer(cases.excuses_of(alert)[:20], many=True).data


class AlertFilter(django_filters.FilterSet):
    """Alerts by contract, state, check, clause and due date."""

    contract = IdFilter(field_name="contract_id")
    status = django_filters.MultipleChoiceFilter(choices=AlertStatus)
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome)
    check_id = django_filters.CharFilter()
    clause = django_filters.CharFilter(field_name="clause_ref")
    raised_from = django_filters.DateFilter(field_name="raised_on", lookup_expr="gte")
    raised_to = django_filters.DateFilter(field_name="raised_on", lookup_expr="lte")
    due_from = django_filters.DateFilter(field_name="assessment__legal_due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="assessment__legal_due_on", lookup_expr="lte")

    class Meta:
        model = Alert
        fields: list[str] = []


class AskedFilter(django_filters.FilterSet):
    """What is asked, by contract and by whose turn it is."""

    contract = IdFilter(field_name="contract_id")
    turn = django_filters.ChoiceFilter(choices=PartySide, method="by_turn")

    class Meta:
        model = Alert
        fields: list[str] = []

    def by_turn(self, queryset: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        if value == PartySide.VENDOR:
            return queryset.filter(VENDORS_TURN)
        return queryset.exclude(VENDORS_TURN)


@extend_schema(tags=["alerts"])
class AlertViewSet(IdempotentMixin, ScopedMixin, ReadOnlyModelViewSet):
    """Alerts of your contracts. A vendor sees those about duties of its own or of both sides."""

    queryset = (
        Alert.objects.select_related("assessment")
        .prefetch_related(CONTRACTS)
        .annotate(
            clause_title_zh=CLAUSE.values("title")[:1],
            clause_title_en=CLAUSE.values("title_en")[:1],
            last_event_at=LAST_EVENT[:1],
        )
    )
    changed_at = "last_event_at"
    filterset_class = AlertFilter
    ordering_fields = ["id", "raised_on", "answer_due_on", "assessment__legal_due_on"]
    action_permissions = {
        "assessments": ("contract.view_alert", "contract.view_assessment"),
        "responses": ("contract.view_alert", "contract.add_response"),
        "extensions": ("contract.view_alert", "contract.add_timeextension"),
    }

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = queryset.filter(pk__in=selectors.alerts_addressed_to(self.request.user))
        if self.action in ("list", "asked"):
            rows = rows.defer("assessment__evidence")
        if self.action == "retrieve":
            decisions = Prefetch("reviews", DECIDED, to_attr="decisions")
            rows = rows.prefetch_related("events", "notifications", "responses__files", "extensions", decisions)
        return rows

    def get_serializer_class(self) -> Any:
        if self.action == "retrieve":
            return CaseDetailSerializer
        return CaseSerializer

    def paged(self, alerts: QuerySet[Alert]) -> Response:
        """A page of alerts, who holds the ball read for all of them at once."""
        page = self.paginate_queryset(alerts) or []
        today = clock.today()
        contracts = {alert.contract_id: alert.contract for alert in page}
        balls = cases.balls(page, today, selectors.batch_at_hand(contracts.values(), today))
        context = {**self.get_serializer_context(), "balls": balls}
        data = CaseSerializer(page, many=True, context=context).data
        return self.get_paginated_response(data)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(responses=CaseSerializer(many=True))
    @action(detail=False, filterset_class=AskedFilter, ordering_fields=[])
    def asked(self, request: Request) -> Response:
        """What is asked of you: alerts that nobody has decided, by the day on which they are due.

        `ball` says who must act next and until when: while it is yours, that is your day.
        `turn=vendor` leaves out what waits for the office.
        """
        return self.paged(cases.open_cases(self.filter_queryset(self.get_queryset())))

    @extend_schema(responses=AssessmentSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], filterset_class=None)
    def assessments(self, request: Request, pk: str) -> Response:
        """Everything that the check has ever found about this case, the newest first."""
        alert = self.get_object()
        history = Assessment.objects.filter(contract=alert.contract_id, check_id=alert.check_id, key=alert.key)
        page = self.paginate_queryset(history)
        return self.get_paginated_response(AssessmentSerializer(page, many=True).data)

    @extend_schema(
        request={"application/json": StatementRequestSerializer, "multipart/form-data": StatementRequestSerializer},
        responses={201: ResponseSerializer},
    )
    @action(detail=True, methods=["post"], parser_classes=[BoundedJSONParser, BoundedMultiPartParser])
    def responses(self, request: Request, pk: str) -> Response:
        """Answer an alert about your duty, with files. Late, it is taken and marked as late."""
        alert = self.of_vendor()
        form = StatementRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = services.answer(
            alert=alert,
            statement=form.validated_data["statement"],
            files=form.validated_data.get("files", ()),
            actor=request.user,
            at=clock.now(),
            on=clock.today(),
        )
        data = ResponseSerializer(given).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ExtensionRequestSerializer, responses={201: TimeExtensionSerializer})
    @action(detail=True, methods=["post"])
    def extensions(self, request: Request, pk: str) -> Response:
        """Ask for more time to answer, before your time is over. Until it is decided it rests."""
        alert = self.of_vendor()
        form = ExtensionRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = services.ask_extension(
            alert=alert, **form.validated_data, actor=request.user, at=clock.now(), on=clock.today()
        )
        data = TimeExtensionSerializer(asked).data
        return Response(data, status=status.HTTP_201_CREATED)

    def of_vendor(self) -> Alert:
        """The alert, for somebody of the vendor; what comes on paper the office records itself."""
        alert: Alert = self.get_object()
        if side_of(self.request.user, alert.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Here the vendor speaks. Record a paper in the admin."))
        return alert
