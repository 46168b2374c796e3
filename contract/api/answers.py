"""What the vendor says to an alert: statements with files, and requests for more time."""

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from contract import selectors
from contract.api.base import ScopedMixin, StrictSerializer
from contract.models import Response, ResponseFile, TimeExtension
from contract.services.cases import MAX_FILES
from kit.api.rows import RowsField
from kit.files.uploads import scan_response

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="PDF, PNG or JPEG")


class ResponseFileSerializer(serializers.ModelSerializer):
    """A file of an answer. Its content: `GET response-files/{id}`."""

    class Meta:
        model = ResponseFile
        fields = ["id", "name", "size", "sha256"]
        read_only_fields = fields


@extend_schema_serializer(component_name="AlertResponse")  # clients have a Response of their own
class ResponseSerializer(serializers.ModelSerializer):
    """What was said to an alert. `is_late`: it came after the time to answer, and is kept."""

    files = ResponseFileSerializer(many=True, read_only=True)

    class Meta:
        model = Response
        fields = [
            "id",
            "round",
            "statement",
            "means",
            "document",
            "arrived_on",
            "due_on",
            "is_late",
            "given_at",
            "files",
        ]
        read_only_fields = fields


class TimeExtensionSerializer(serializers.ModelSerializer):
    """A request for more time, and the office's answer to it with its reason."""

    class Meta:
        model = TimeExtension
        fields = [
            "id",
            "round",
            "asked_on",
            "until_on",
            "reason",
            "due_before",
            "is_granted",
            "due_after",
            "decision_reason",
            "decided_on",
        ]
        read_only_fields = fields


class StatementRequestSerializer(StrictSerializer):
    """A statement, as JSON, or as a form with `files` (PDF, PNG or JPEG, told by content)."""

    statement = serializers.CharField(max_length=4000)
    files = RowsField(
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
        return scan_response(kept.file, PurePath(kept.name).stem, known=kept.sha256)
