"""Claims and acceptance sheets over the API: the vendor reads them and answers."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, renderers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from billing import services
from billing.filters_claims import AcceptanceSheetFilter, ClaimFileFilter, ClaimFilter
from billing.models import AcceptanceSheet, Claim, ClaimFile
from billing.serializers_claims import (
    AcceptanceSheetSerializer,
    ClaimAnswerSerializer,
    ClaimFileSerializer,
    ClaimSerializer,
    SheetAnswerSerializer,
)
from billing.states import OPEN_SHEETS
from billing.views import DOCUMENT, AnyFileRenderer
from contract import clock
from contract.choices import PartySide
from contract.idempotency import IdempotentMixin
from contract.models import Membership
from contract.parsers import BoundedMultiPartParser
from contract.uploads import scan_response
from contract.views.base import ScopedMixin


class BothSidesMixin(ScopedMixin):
    """The office sees all of its rows, the vendor those that were put before it."""

    put_before_vendor = Q()

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().scope(queryset)
        user: Any = self.request.user
        if user.is_superuser:
            return rows
        offices = Membership.objects.filter(user=user).values("party")
        path = f"{self.contract_path}__office__in"
        return rows.filter(Q(**{path: offices}) | self.put_before_vendor)


@extend_schema(tags=["claims"])
class ClaimViewSet(IdempotentMixin, BothSidesMixin, ReadOnlyModelViewSet):
    """Claims that were put forward. What waits for one is not payable before it is over."""

    queryset = Claim.objects.prefetch_related("lines", "events").order_by("pk")
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    ordering_fields = ["id", "issued_on", "answer_due_on"]
    put_before_vendor = ~Q(issued_on=None)
    action_permissions = {"answer": ("billing.answer_claim",)}

    @extend_schema(request=ClaimAnswerSerializer, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """The vendor accepts or disputes each line, once; a late answer is taken in too."""
        claim = self.get_object()
        sent = ClaimAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.answer_claim(
            claim=claim, lines=sent.by_line(), statement=sent.validated_data["statement"],
            actor=request.user, at=clock.now(), on=clock.today(),
        )  # fmt: skip
        return Response(ClaimSerializer(self.get_queryset().get(pk=claim.pk)).data)


@extend_schema(tags=["claims"])
class ClaimFileViewSet(
    IdempotentMixin,
    BothSidesMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
    """Documents that either side has put to a claim; here the vendor hands in its own."""

    queryset = ClaimFile.objects.select_related("claim").order_by("pk")
    serializer_class = ClaimFileSerializer
    filterset_class = ClaimFileFilter
    ordering_fields = ["id"]
    contract_path = "claim__contract"
    put_before_vendor = ~Q(claim__issued_on=None)
    parser_classes = [BoundedMultiPartParser]
    action_permissions = {
        "create": ("billing.answer_claim",),
        "file": ("billing.view_claimfile",),
    }

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.add_claim_file(
            side=PartySide.VENDOR, actor=self.request.user, at=clock.now(),
            **serializer.validated_data,
        )  # fmt: skip

    @extend_schema(responses={(200, "application/octet-stream"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, AnyFileRenderer])
    def file(self, request: Request, pk: str) -> Any:
        """The document as it was handed in; its SHA-256 is `sha256`."""
        row = self.get_object()
        return scan_response(row.file, row.title)


@extend_schema(tags=["payment"])
class AcceptanceSheetViewSet(IdempotentMixin, BothSidesMixin, ReadOnlyModelViewSet):
    """Acceptance sheets (履约验收单) that the office has decided upon."""

    queryset = (
        AcceptanceSheet.objects.select_related("instalment", "acceptance")
        .prefetch_related("members")
        .order_by("pk")
    )
    serializer_class = AcceptanceSheetSerializer
    filterset_class = AcceptanceSheetFilter
    ordering_fields = ["id"]
    contract_path = "instalment__contract"
    put_before_vendor = ~Q(status__in=sorted(OPEN_SHEETS))
    action_permissions = {"answer": ("billing.answer_acceptancesheet",)}

    @extend_schema(
        request=SheetAnswerSerializer,
        responses={200: AcceptanceSheetSerializer, 409: OpenApiTypes.OBJECT},
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """The vendor confirms the acceptance, or objects with its reason."""
        sheet = self.get_object()
        sent = SheetAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.answer_sheet(
            sheet=sheet, actor=request.user, on=clock.today(), **sent.validated_data
        )
        return Response(AcceptanceSheetSerializer(self.get_queryset().get(pk=sheet.pk)).data)
