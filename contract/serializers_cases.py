"""What the vendor sees and says of a case: told, asked, answered, decided."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contract import clock, selectors_cases
from contract.choices import UNDECIDED, Holder, Outcome, Step
from contract.models import (
    Alert,
    Excuse,
    Notification,
    Response,
    ResponseFile,
    Review,
    TimeExtension,
)
from contract.rules.cases import Ball
from contract.serializers import AlertDetailSerializer, AlertSerializer, StrictSerializer
from contract.services.cases import MAX_FILES


class BallSerializer(serializers.Serializer):
    """Who must act next, what for, until when. `rests` says which clock stands still meanwhile."""

    holder = serializers.ChoiceField(choices=Holder.choices)
    step = serializers.ChoiceField(choices=Step.choices)
    since = serializers.DateField(allow_null=True)
    nominal_due_on = serializers.DateField(allow_null=True)
    legal_due_on = serializers.DateField(allow_null=True)
    is_over = serializers.SerializerMethodField()
    rests = serializers.SerializerMethodField()

    def get_is_over(self, ball: Ball) -> bool:
        return ball.is_over(clock.today())

    def get_rests(self, ball: Ball) -> str:
        return str(ball.rests) if ball.rests else ""


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
            return gettext("This is a warning, no breach: the duty can still be performed in time.")
        if alert.status in UNDECIDED:
            return gettext("A machine's finding: no breach unless two people decide so.")
        return ""

    @extend_schema_field(BallSerializer)
    def get_ball(self, alert: Alert) -> Any:
        balls = self.context.get("balls")
        if balls is None or alert.pk not in balls:
            balls = selectors_cases.balls([alert], clock.today())
        return BallSerializer(balls[alert.pk]).data


class NotificationSerializer(serializers.ModelSerializer):
    """When and how the vendor was told, of which finding, and until when it may answer."""

    class Meta:
        model = Notification
        fields = [
            "id", "round", "outcome", "means", "recipient", "document", "arrived_on",
            "answer_nominal_due_on", "answer_due_on",
        ]  # fmt: skip
        read_only_fields = fields


class ResponseFileSerializer(serializers.ModelSerializer):
    """A file of an answer. Its content: `GET response-files/{id}`."""

    class Meta:
        model = ResponseFile
        fields = ["id", "name", "size", "sha256"]
        read_only_fields = fields


class ResponseSerializer(serializers.ModelSerializer):
    """What was said to an alert. `is_late`: it came after the time to answer, and is kept."""

    files = ResponseFileSerializer(many=True, read_only=True)

    class Meta:
        model = Response
        fields = [
            "id", "round", "statement", "means", "document", "arrived_on", "due_on", "is_late",
            "given_at", "files",
        ]  # fmt: skip
        read_only_fields = fields


class TimeExtensionSerializer(serializers.ModelSerializer):
    """A request for more time, and the office's answer to it with its reason."""

    class Meta:
        model = TimeExtension
        fields = [
            "id", "round", "asked_on", "until_on", "reason", "due_before", "is_granted",
            "due_after", "decision_reason", "decided_on",
        ]  # fmt: skip
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
        fields = [
            "id", "cause", "event", "from_on", "to_on", "document", "reason", "approved_on",
            "revoked_on",
        ]  # fmt: skip
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
            *AlertDetailSerializer.Meta.fields, "notified_on", "answer_due_on", "ball",
            "caution", "notifications", "responses", "extensions", "decisions", "excuses",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AlertExcuseSerializer(many=True))
    def get_excuses(self, alert: Alert) -> Any:
        return AlertExcuseSerializer(selectors_cases.excuses_of(alert)[:20], many=True).data


class StatementRequestSerializer(StrictSerializer):
    """A statement, as JSON, or as a form with `files` (PDF, PNG or JPEG, told by content)."""

    statement = serializers.CharField(max_length=4000)
    files = serializers.ListField(
        child=serializers.FileField(max_length=255),
        required=False,
        max_length=MAX_FILES,
        help_text=_("At most ten files, together of at most %(limit)s MB.")
        % {"limit": settings.UPLOAD_MAX_BYTES // 1024**2},
    )


class ExtensionRequestSerializer(StrictSerializer):
    """Until when more time is asked for, and why."""

    until_on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)
