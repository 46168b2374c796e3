"""What the records of confidentiality share: withdrawn with a reason, some with a scan."""

from typing import Any

import django_filters
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import IdFilter, ReasonSerializer, WritableViewSet
from kit.api.parsers import BoundedMultiPartParser
from kit.files.uploads import scan_response

SCAN = OpenApiResponse(OpenApiTypes.BINARY, description="PDF, PNG or JPEG")
WITHDRAWAL = ["withdrawn_on", "withdrawal_reason"]


class CopySerializer(serializers.Serializer):
    file = serializers.FileField(help_text="PDF, PNG or JPEG.")


class WithdrawnFilter(django_filters.FilterSet):
    """What all records share: their contract, and whether they were withdrawn."""

    contract = IdFilter(field_name="contract_id")
    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)


class WithdrawableViewSet(WritableViewSet):
    """Records that are withdrawn with a reason; `withdraw_row` names the service."""

    def withdraw_row(self, row: Any, reason: str) -> Any:
        raise NotImplementedError

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw a record, with the reason. It stays readable and counts no more."""
        row = self.get_object()
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = self.withdraw_row(row, form.validated_data["reason"])
        return Response(self.get_serializer(row).data)


class ScannedViewSet(WithdrawableViewSet):
    """Records with a scan at an address of its own; `keep_scan` names the service."""

    http_method_names = ["get", "head", "options", "post", "patch", "put"]

    def keep_scan(self, row: Any, file: Any) -> Any:
        raise NotImplementedError

    @extend_schema(methods=["GET"], responses={(200, "application/pdf"): SCAN})
    @extend_schema(methods=["PUT"], request={"multipart/form-data": CopySerializer})
    @action(detail=True, methods=["get", "put"], url_path="copy", parser_classes=[BoundedMultiPartParser])
    def scan(self, request: Request, pk: str) -> HttpResponseBase:
        """The scan of the signed document: read it, or hand it in (again)."""
        row = self.get_object()
        if request.method == "GET":
            return scan_response(row.copy, f"{row._meta.verbose_name} {row.pk}")
        form = CopySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(self.get_serializer(self.keep_scan(row, form.validated_data["file"])).data)
