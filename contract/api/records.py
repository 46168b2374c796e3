"""Kept records over the API: entered, corrected, withdrawn; a step taken, and by which side."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract import records
from contract.api.base import OfContractFilter, ReasonSerializer, ScopedMixin, WritableViewSet
from contract.choices import PartySide
from contract.models import Contract, Membership
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.parsers import BoundedMultiPartParser
from kit.files.uploads import scan_response

TAG = ["duties"]


SCAN = OpenApiResponse(OpenApiTypes.BINARY, description="PDF, PNG or JPEG")
WITHDRAWAL = ["withdrawn_on", "withdrawal_reason"]


class CopySerializer(serializers.Serializer):
    file = serializers.FileField(help_text="PDF, PNG or JPEG.")


class WithdrawnFilter(OfContractFilter):
    """Records of a contract, and whether they were withdrawn."""

    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)


class RecordViewSet(WritableViewSet):
    """Records that are entered and corrected by the one writer, or by a service with its words."""

    writer: Any = records

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        """What a new record says beside what was sent."""
        return data

    def perform_create(self, serializer: Any) -> None:
        row = self.get_queryset().model(**self.about(serializer.validated_data))
        serializer.instance = self.writer.enter(row, today=clock.today(), now=clock.now())

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = self.correct(serializer.instance, **serializer.validated_data)

    def correct(self, row: Any, **changes: Any) -> Any:
        return self.writer.correct(row, today=clock.today(), now=clock.now(), **changes)

    def withdrawn(self, request: Request) -> Response:
        row = self.get_object()
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = self.writer.withdraw(row, on=clock.today(), reason=form.validated_data["reason"])
        return Response(self.get_serializer(row).data)


class WithdrawableViewSet(RecordViewSet):
    """Records that are withdrawn with a reason."""

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw a record, with the reason. It stays readable and counts no more."""
        return self.withdrawn(request)


class ScannedViewSet(WithdrawableViewSet):
    """Records with a scan at an address of its own."""

    http_method_names = ["get", "head", "options", "post", "patch", "put"]

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
        return Response(self.get_serializer(self.correct(row, copy=form.validated_data["file"])).data)


class DutyViewSet(IdempotentMixin, ScopedMixin, mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet):
    """Records that are read here; some have a step that a person takes."""

    filterset_class: Any = OfContractFilter
    ordering_fields: Any = ["id"]

    def step(self, form: type[Any], request: Request) -> dict[str, Any]:
        """What a step is told, checked. A PATCH may bring all that GET gave, as it was given."""
        told: Any = request.data
        if request.method == "PATCH" and isinstance(told, dict):
            given: Any = self.get_serializer(self.get_object()).data
            asked = set(form().fields)
            told = {name: value for name, value in told.items() if name in asked or given.get(name, told) != value}
        sent = form(data=told)
        sent.is_valid(raise_exception=True)
        data: dict[str, Any] = sent.validated_data
        return data

    def is_as_given(self, row: Any) -> bool:
        """Whether a PATCH only brings back what GET gave: then nothing is written."""
        told, given = self.request.data, self.get_serializer(row).data
        return isinstance(told, dict) and bool(told) and all(given.get(name, told) == told[name] for name in told)

    def of_vendor(self) -> Any:
        """A record that the vendor alone writes here; PermissionDenied for the office."""
        row: Any = self.get_object()
        contract = row.contract if hasattr(row, "contract") else row.inspection.contract
        if side_of(self.request.user, contract) != PartySide.VENDOR:
            raise PermissionDenied(_("This is the vendor's to write."))
        return row

    def answer(self, row: Any) -> Response:
        """The record as it stands after a step."""
        return Response(self.get_serializer(row).data)


def side_of(user: Any, contract: Contract) -> PartySide:
    """The side of a contract that somebody acts for. PermissionDenied where it is neither."""
    parties = set(Membership.objects.filter(user=user).values_list("party_id", flat=True))
    if contract.office_id in parties:
        return PartySide.OFFICE
    if contract.vendor_id in parties:
        return PartySide.VENDOR
    raise PermissionDenied(_("You act for neither side of this contract."))
