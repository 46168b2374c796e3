"""Money over the API: the vendor hands invoices in and reads what became of them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, renderers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from billing import services
from billing.downloads import invoice_file, statement_pdf
from billing.filters import InstalmentFilter, InvoiceFilter, PaymentFilter, StatementFilter
from billing.models import Instalment, Invoice, Payment, Statement
from billing.selectors.invoice_check import as_rows, invoice_check
from billing.serializers import (
    CheckLineSerializer,
    InstalmentSerializer,
    InvoiceCheckSerializer,
    InvoiceSerializer,
    PaymentSerializer,
    StatementDetailSerializer,
    StatementSerializer,
)
from contract import clock
from contract.idempotency import IdempotentMixin
from contract.parsers import BoundedJSONParser, BoundedMultiPartParser
from contract.views.base import ScopedMixin


class DocumentRenderer(renderers.BaseRenderer):
    """Lets `Accept` name the document; the view itself hands it out."""

    media_type = "application/pdf"
    format = "pdf"
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return b"" if data is None else renderers.JSONRenderer().render(data)  # an error


class AnyFileRenderer(DocumentRenderer):
    media_type = "*/*"
    format = "file"


DOCUMENT = OpenApiResponse(OpenApiTypes.BINARY, description="The document as a file.")


@extend_schema(tags=["payment"])
class InstalmentViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The shares of the fee, one for each payment period; they add up to it to the fen."""

    queryset = Instalment.objects.select_related("contract")
    serializer_class = InstalmentSerializer
    filterset_class = InstalmentFilter
    ordering_fields = ["id", "sequence", "period_start"]


@extend_schema(tags=["payment"])
class InvoiceViewSet(
    IdempotentMixin,
    ScopedMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
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
        check = services.check_only(
            actor=request.user, today=today, received_on=today, **serializer.validated_data
        )
        answer = {
            "acceptable": check.acceptable,
            "lines": as_rows(check.lines),
            "errors": [
                {"field": field, "messages": found} for field, found in check.errors.items()
            ],
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


@extend_schema(tags=["payment"])
class PaymentViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """What the office paid."""

    queryset = Payment.objects.select_related("instalment")
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    ordering_fields = ["id", "paid_on"]
    contract_path = "instalment__contract"


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
