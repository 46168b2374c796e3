"""Quarterly payment files: asked for, watched, fetched. They are the office's own."""

from typing import Any

import django_filters
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import renderers, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing import services
from billing.api.base import DOCUMENT, AnyFileRenderer, DocumentRenderer
from billing.downloads import zip_response
from billing.models import Instalment, QuarterFile
from billing.states import FileStatus
from billing.tasks import send_to_worker
from contract.api.base import IdFilter, ScopedMixin, StrictSerializer, VisibleField
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.files.downloads import pdf_response


class QuarterFileSerializer(serializers.ModelSerializer):
    """A quarterly file; `/pdf` and `/zip` hand it out once `status` is `ready`."""

    class Meta:
        model = QuarterFile
        fields = [
            "id",
            "contract",
            "instalment",
            "number",
            "status",
            "done",
            "steps",
            "error",
            "as_of",
            "requested_at",
            "finished_at",
            "replaces",
            "reason",
            "pages",
            "facts_sha256",
            "pdf_sha256",
            "bundle_sha256",
        ]
        read_only_fields = fields


class AskForFileSerializer(StrictSerializer):
    """Which instalment; `replaces` and `reason` where an earlier file is out of date."""

    instalment = VisibleField(contract_path="contract", queryset=Instalment.objects.select_related("contract"))
    replaces = VisibleField(
        contract_path="contract", queryset=QuarterFile.objects.all(), required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class QuarterFileFilter(django_filters.FilterSet):
    """Files by contract, instalment and state; `standing` leaves out the replaced ones."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=FileStatus)
    standing = django_filters.BooleanFilter(field_name="replaced_by", lookup_expr="isnull")

    class Meta:
        model = QuarterFile
        fields: list[str] = []


@extend_schema(tags=["payment"])
class QuarterFileViewSet(IdempotentMixin, ScopedMixin, ReadOnlyModelViewSet):
    """Quarterly files (季度付款材料包). Only a ready one is handed out."""

    queryset = QuarterFile.objects.defer("facts").order_by("pk")
    serializer_class = QuarterFileSerializer
    filterset_class = QuarterFileFilter
    ordering_fields = ["id", "requested_at"]
    action_permissions = {
        "create": ("billing.add_quarterfile",),
        "pdf": ("billing.view_quarterfile",),
        "zip": ("billing.view_quarterfile",),
    }

    @extend_schema(request=AskForFileSerializer, responses={202: QuarterFileSerializer})
    def create(self, request: Request) -> Response:
        """Freeze the facts and put the file in the queue; a second request gets the same file."""
        sent = AskForFileSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        with transaction.atomic():
            file = services.request_file(actor=request.user, at=clock.now(), as_of=clock.today(), **sent.validated_data)
            transaction.on_commit(send_to_worker)
        return Response(QuarterFileSerializer(file).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/pdf"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, DocumentRenderer])
    def pdf(self, request: Request, pk: str) -> Any:
        """All documents as one PDF; its SHA-256 is `pdf_sha256`."""
        row = self.get_object()
        return pdf_response(services.read_file(row, "pdf"), f"付款材料 {row.number}")

    @extend_schema(responses={(200, "application/zip"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, AnyFileRenderer])
    def zip(self, request: Request, pk: str) -> Any:
        """Every document by itself, with the sums of all; its SHA-256 is `bundle_sha256`."""
        row = self.get_object()
        return zip_response(services.read_file(row, "bundle"), f"付款材料 {row.number}")
