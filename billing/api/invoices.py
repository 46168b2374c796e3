"""Invoices: the vendor has them checked, hands them in and reads what became of them."""

from decimal import Decimal
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import renderers, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing import services
from billing.api.base import DOCUMENT, AnyFileRenderer
from billing.choices import InvoiceStatus, Verdict
from billing.downloads import invoice_file
from billing.models import Instalment, Invoice
from billing.selectors.comparison import as_rows, invoice_check
from contract.api.base import AddableViewSet, IdFilter, StrictSerializer, VisibleField
from kit import clock
from kit.api.parsers import BoundedJSONParser, BoundedMultiPartParser


class InvoiceSerializer(StrictSerializer, serializers.ModelSerializer):
    """An ordinary VAT invoice over one instalment. Amounts in yuan as decimal strings.

    It is received on the day it is sent here. Every difference from the contract is named by its
    field. A returned invoice stays; send the corrected one, which has a number of its own. A
    red-letter invoice names the one that it cancels in `reverses` and has its amounts below zero.
    """

    instalment = VisibleField(contract_path="contract", queryset=Instalment.objects.select_related("contract"))
    code = serializers.CharField(
        max_length=12,
        required=False,
        allow_blank=True,
        default="",
        help_text="10 or 12 digits; empty for a fully digital invoice.",
    )
    gross = serializers.DecimalField(max_digits=14, decimal_places=2)
    net = serializers.DecimalField(max_digits=14, decimal_places=2)
    tax = serializers.DecimalField(max_digits=14, decimal_places=2)
    vat_rate = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(99),
        help_text="In per cent: `6` or `6.00`.",
    )
    reverses = VisibleField(
        contract_path="instalment__contract",
        queryset=Invoice.objects.select_related("instalment"),
        required=False,
        allow_null=True,
        default=None,
        help_text="Only for a red-letter invoice: the one that it cancels.",
    )
    qr_text = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        default="",
        help_text="The text of the QR code, as a scanner reads it.",
    )
    file = serializers.FileField(
        write_only=True,
        required=False,
        max_length=200,
        help_text="PDF, OFD or XML; send the whole request as multipart/form-data then.",
    )
    has_file = serializers.SerializerMethodField()
    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    file_sha256 = serializers.CharField(read_only=True)

    class Meta:
        model = Invoice
        fields = [
            "id",
            "updated_at",
            "contract",
            "instalment",
            "kind",
            "code",
            "number",
            "issued_on",
            "received_on",
            "gross",
            "net",
            "tax",
            "vat_rate",
            "buyer_credit_code",
            "seller_credit_code",
            "reverses",
            "qr_text",
            "file",
            "has_file",
            "file_sha256",
            "status",
            "reason",
            "decided_on",
        ]
        read_only_fields = ["received_on", "status", "reason", "decided_on"]
        validators: list[Any] = []  # the service refuses duplicates, in the model's words

    def get_has_file(self, invoice: Invoice) -> bool:
        return bool(invoice.file)


class ReadValueSerializer(serializers.Serializer):
    """What one source (XML, OFD, PDF, QR code) says of an item."""

    source = serializers.CharField()  # type: ignore[assignment]
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()


class CheckLineSerializer(serializers.Serializer):
    """One item of an invoice: entered, read, expected, and what to do where they differ."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    typed = serializers.CharField()
    expected = serializers.CharField()
    read = ReadValueSerializer(many=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    verdict_label = serializers.CharField()
    messages = serializers.ListField(child=serializers.CharField())


class FieldErrorsSerializer(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField()
    messages = serializers.ListField(child=serializers.CharField())


class InvoiceCheckSerializer(serializers.Serializer):
    """What would come of handing an invoice in. Nothing was written."""

    acceptable = serializers.BooleanField()
    lines = CheckLineSerializer(many=True)
    errors = FieldErrorsSerializer(many=True)  # type: ignore[assignment]
    conflicts = serializers.ListField(child=serializers.CharField())


class InvoiceFilter(django_filters.FilterSet):
    """Invoices by contract, instalment, state, number and day of receipt."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=InvoiceStatus)
    number = django_filters.CharFilter()
    received_from = django_filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_to = django_filters.DateFilter(field_name="received_on", lookup_expr="lte")

    class Meta:
        model = Invoice
        fields: list[str] = []


@extend_schema(tags=["payment"])
class InvoiceViewSet(AddableViewSet):
    """The vendor's invoices. The office accepts or returns them on its own pages."""

    queryset = Invoice.objects.select_related("instalment")
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    ordering_fields = ["id", "issued_on", "received_on"]
    contract_path = "instalment__contract"
    parser_classes = [BoundedJSONParser, BoundedMultiPartParser]
    action_permissions = {
        "file": ("billing.view_invoice",),
        "check": ("billing.add_invoice",),
        "lines": ("billing.view_invoice",),
    }

    def perform_create(self, serializer: Any) -> None:
        today = clock.today()
        serializer.instance = services.submit_invoice(
            actor=self.request.user, today=today, received_on=today, **serializer.validated_data
        )

    @extend_schema(responses=InvoiceCheckSerializer, filters=False)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """What would come of handing this invoice in, line by line. Nothing is written."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        today = clock.today()
        check = services.check_only(actor=request.user, today=today, received_on=today, **serializer.validated_data)
        answer = {
            "acceptable": check.acceptable,
            "lines": as_rows(check.lines),
            "errors": [{"field": field, "messages": found} for field, found in check.errors.items()],
            "conflicts": check.conflicts,
        }
        return Response(InvoiceCheckSerializer(answer).data)

    @extend_schema(responses=CheckLineSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """The check of an invoice on record: entered, read from the file, expected."""
        rows = as_rows(invoice_check(self.get_object()))
        return Response(CheckLineSerializer(rows, many=True).data)

    @extend_schema(responses={(200, "application/octet-stream"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, AnyFileRenderer])
    def file(self, request: Request, pk: str) -> Any:
        """The file of the invoice as it was handed in."""
        return invoice_file(self.get_object())
