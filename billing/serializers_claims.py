"""Claims and acceptance sheets as both parties read them, and the vendor's answers."""

from typing import Any

from rest_framework import serializers

from billing.models import (
    AcceptanceMember,
    AcceptanceSheet,
    Claim,
    ClaimEvent,
    ClaimFile,
    ClaimLine,
)
from billing.states import LineAnswer
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField


class ClaimLineSerializer(serializers.ModelSerializer):
    """One line of the calculation; `amount` is quantity × unit price, half up to the fen."""

    class Meta:
        model = ClaimLine
        fields = [
            "id", "title", "quantity", "unit", "unit_price", "calculation", "amount", "answer",
            "answer_reason",
        ]  # fmt: skip
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
            "id", "contract", "number", "kind", "breach", "article", "grounds", "instalment",
            "status", "amount", "cap", "accepted_amount", "settled_amount", "recovered_amount",
            "remaining", "issued_on", "answer_due_on", "answered_on", "answer", "lines", "events",
        ]  # fmt: skip
        read_only_fields = fields


class LineAnswerSerializer(StrictSerializer):
    """What the vendor says to one line."""

    line = serializers.IntegerField(min_value=1, help_text="`id` of the line.")
    answer = serializers.ChoiceField(choices=LineAnswer.choices)
    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="",
        help_text="Needed where the line is disputed.",
    )  # fmt: skip


class ClaimAnswerSerializer(StrictSerializer):
    """The vendor's answer: every line accepted or disputed, and a statement."""

    lines = LineAnswerSerializer(many=True, allow_empty=False)
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


class AcceptanceMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = AcceptanceMember
        fields = ["name", "unit", "role", "opinion", "signed_on"]
        read_only_fields = fields


class AcceptanceSheetSerializer(serializers.ModelSerializer):
    """An acceptance that the office has decided upon, with the figures frozen that day."""

    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    members = AcceptanceMemberSerializer(many=True, read_only=True)
    accepted_on = serializers.DateField(
        source="acceptance.accepted_on", read_only=True, allow_null=True
    )

    class Meta:
        model = AcceptanceSheet
        fields = [
            "id", "contract", "instalment", "number", "status", "result", "score", "accepted_on",
            "indicators", "indicators_as_of", "group_opinion", "members", "purchaser_opinion",
            "vendor_opinion", "vendor_on",
        ]  # fmt: skip
        read_only_fields = fields


class SheetAnswerSerializer(StrictSerializer):
    """Whether the vendor confirms the acceptance; an objection has its reason in `opinion`."""

    confirm = serializers.BooleanField()
    opinion = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
