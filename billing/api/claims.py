"""Claims and the documents put to them: the vendor reads them and answers, line by line."""

from typing import Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, renderers, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from billing import services
from billing.api.base import DOCUMENT, AnyFileRenderer, BothSidesMixin
from billing.models import Claim, ClaimEvent, ClaimFile, ClaimLine
from billing.states import ClaimKind, ClaimStatus, LineAnswer
from contract.api.base import IdFilter, StrictSerializer, VisibleField
from contract.choices import PartySide
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.parsers import BoundedMultiPartParser
from kit.files.uploads import scan_response

LINES_AT_MOST = 500


class ClaimLineSerializer(serializers.ModelSerializer):
    """One line of the calculation; `amount` is quantity × unit price, half up to the fen."""

    class Meta:
        model = ClaimLine
        fields = ["id", "title", "quantity", "unit", "unit_price", "calculation", "amount", "answer", "answer_reason"]
        read_only_fields = fields


class ClaimEventSerializer(serializers.ModelSerializer):
    """What happened to the claim. Names of the office's people stay with the office."""

    class Meta:
        model = ClaimEvent
        fields = ["on", "kind", "from_status", "to_status", "amount", "instalment"]
        read_only_fields = fields


class ClaimSerializer(serializers.ModelSerializer):
    """A claim of the office on a confirmed breach. Silence to it is recorded, never consent."""

    lines = ClaimLineSerializer(many=True, read_only=True)
    events = ClaimEventSerializer(many=True, read_only=True)
    remaining = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    class Meta:
        model = Claim
        fields = [
            "id",
            "updated_at",
            "contract",
            "number",
            "kind",
            "breach",
            "sheet",
            "article",
            "grounds",
            "instalment",
            "status",
            "amount",
            "cap",
            "accepted_amount",
            "settled_amount",
            "recovered_amount",
            "remaining",
            "issued_on",
            "answer_due_on",
            "answered_on",
            "answer",
            "lines",
            "events",
        ]
        read_only_fields = fields


class LineAnswerSerializer(StrictSerializer):
    """What the vendor says to one line."""

    line = serializers.IntegerField(min_value=1, help_text="`id` of the line.")
    answer = serializers.ChoiceField(choices=LineAnswer.choices)
    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="Needed where the line is disputed."
    )


class ClaimAnswerSerializer(StrictSerializer):
    """The vendor's answer: every line accepted or disputed, and a statement."""

    lines = LineAnswerSerializer(  # DRF hands it to the list around it
        many=True,
        allow_empty=False,
        max_length=LINES_AT_MOST,  # type: ignore[call-arg]
    )
    statement = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")

    def by_line(self) -> dict[int, dict[str, str]]:
        rows: list[dict[str, Any]] = self.validated_data["lines"]
        return {row["line"]: {"answer": row["answer"], "reason": row["reason"]} for row in rows}


class ClaimFileSerializer(StrictSerializer, serializers.ModelSerializer):
    """A document put to a claim (PDF, PNG or JPEG), sent as multipart/form-data."""

    claim = VisibleField(contract_path="contract", queryset=Claim.objects.exclude(issued_on=None))
    title = serializers.CharField(max_length=120)
    file = serializers.FileField(write_only=True, max_length=200)

    class Meta:
        model = ClaimFile
        fields = ["id", "claim", "side", "title", "file", "sha256", "added_at"]
        read_only_fields = ["side", "sha256", "added_at"]
        validators: list[Any] = []  # the service says that a file is there already


class ClaimFilter(django_filters.FilterSet):
    """Claims by contract, instalment, kind and state."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    kind = django_filters.MultipleChoiceFilter(choices=ClaimKind)
    status = django_filters.MultipleChoiceFilter(choices=ClaimStatus)

    class Meta:
        model = Claim
        fields: list[str] = []


class ClaimFileFilter(django_filters.FilterSet):
    """Documents of one claim."""

    claim = IdFilter(field_name="claim_id")

    class Meta:
        model = ClaimFile
        fields: list[str] = []


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
            claim=claim,
            lines=sent.by_line(),
            statement=sent.validated_data["statement"],
            actor=request.user,
            at=clock.now(),
            on=clock.today(),
        )
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
    changed_at = "added_at"
    contract_path = "claim__contract"
    put_before_vendor = ~Q(claim__issued_on=None)
    parser_classes = [BoundedMultiPartParser]
    action_permissions = {"create": ("billing.answer_claim",), "file": ("billing.view_claimfile",)}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.add_claim_file(
            side=PartySide.VENDOR, actor=self.request.user, at=clock.now(), **serializer.validated_data
        )

    @extend_schema(responses={(200, "application/octet-stream"): DOCUMENT}, filters=False)
    @action(detail=True, renderer_classes=[renderers.JSONRenderer, AnyFileRenderer])
    def file(self, request: Request, pk: str) -> Any:
        """The document as it was handed in; its SHA-256 is `sha256`."""
        row = self.get_object()
        return scan_response(row.file, row.title, known=row.sha256)
