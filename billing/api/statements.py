"""Settlement statements as they were issued: the figures, and the document as a PDF."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import renderers, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from billing.api.base import DOCUMENT, DocumentRenderer
from billing.downloads import statement_pdf
from billing.models import Statement
from contract.api.base import IdFilter, ScopedMixin


class StatementSerializer(serializers.ModelSerializer):
    """A settlement statement as it was issued; the document itself stands under `/pdf`."""

    status = serializers.CharField(read_only=True, help_text=_("issued or replaced"))

    class Meta:
        model = Statement
        fields = [
            "id",
            "contract",
            "instalment",
            "number",
            "status",
            "as_of",
            "issued_at",
            "corrects",
            "reason",
            "facts_sha256",
            "pdf_sha256",
        ]
        read_only_fields = fields


class StatementDetailSerializer(StatementSerializer):
    class Meta(StatementSerializer.Meta):
        fields = [*StatementSerializer.Meta.fields, "facts"]
        read_only_fields = fields


class StatementFilter(django_filters.FilterSet):
    """Statements by contract, instalment and number; `standing` leaves out the replaced ones."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    number = django_filters.CharFilter()
    standing = django_filters.BooleanFilter(field_name="corrected_by", lookup_expr="isnull")

    class Meta:
        model = Statement
        fields: list[str] = []


@extend_schema(tags=["payment"])
class StatementViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """Settlement statements, as they were issued."""

    queryset = Statement.objects.select_related("corrected_by")
    serializer_class = StatementSerializer
    filterset_class = StatementFilter
    ordering_fields = ["id", "issued_at", "number"]
    action_permissions = {"pdf": ("billing.view_statement",)}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.action == "retrieve" else rows.defer("facts")

    def get_serializer_class(self) -> Any:
        return StatementDetailSerializer if self.action == "retrieve" else StatementSerializer

    @extend_schema(responses={(200, "application/pdf"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, DocumentRenderer])
    def pdf(self, request: Request, pk: str) -> Any:
        """The document as it was issued; its SHA-256 is `pdf_sha256`."""
        return statement_pdf(self.get_object())
