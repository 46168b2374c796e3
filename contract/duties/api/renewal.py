"""The assessment before renewal: its scheme, which both sides confirm, and its result."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.records import TAG, DutyViewSet
from contract.duties.api.base import AgreedViewSet, VersionSerializer
from contract.duties.models import AssessmentScheme, Criterion, RenewalAssessment, Score
from contract.duties.services import renewal
from kit import clock


class CriterionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Criterion
        fields = ["id", "title", "weight"]
        read_only_fields = fields


class AssessmentSchemeSerializer(serializers.ModelSerializer):
    """Criteria, weights and pass mark. `updated_at` is the version that one reads."""

    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = AssessmentScheme
        fields = [
            "id",
            "contract",
            "title",
            "pass_mark",
            "criteria",
            "office_confirmed_on",
            "vendor_confirmed_on",
            "document",
            "updated_at",
        ]
        read_only_fields = fields


class ScoreSerializer(serializers.ModelSerializer):
    criterion = serializers.CharField(source="criterion.title", read_only=True)

    class Meta:
        model = Score
        fields = ["criterion", "points"]
        read_only_fields = fields


class RenewalAssessmentSerializer(serializers.ModelSerializer):
    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = RenewalAssessment
        fields = [
            "id",
            "updated_at",
            "contract",
            "scheme",
            "assessed_on",
            "scores",
            "result",
            "passed",
            "decision",
            "decided_on",
            "document",
            "reason",
        ]
        read_only_fields = fields


@extend_schema(tags=TAG)
class AssessmentSchemeViewSet(AgreedViewSet):
    """Criteria and pass mark of the assessment before renewal."""

    queryset: QuerySet[Any] = AssessmentScheme.objects.prefetch_related("criteria")
    serializer_class = AssessmentSchemeSerializer
    action_permissions = {"confirm": ("contract.change_assessmentscheme",)}

    @extend_schema(request=VersionSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm criteria, weights and pass mark for your side."""
        row, side = self.read_by(request)
        return self.answer(renewal.confirm_scheme(scheme=row, side=side, on=clock.today()))


@extend_schema(tags=TAG)
class RenewalAssessmentViewSet(DutyViewSet):
    """Assessments before renewal, with points, result and decision."""

    queryset: QuerySet[Any] = RenewalAssessment.objects.prefetch_related("scores__criterion")
    serializer_class = RenewalAssessmentSerializer
