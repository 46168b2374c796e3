"""What the vendor tells of hours, pay and labour matters: numbers of documents, never pay slips."""

from typing import Any

from rest_framework import serializers

from contract.models import Contract
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField
from staffing.models import HoursApproval, LabourMatter, PayProof, Post

WITHDRAWAL = ["withdrawn_on", "withdrawal_reason"]
# The day on which it came is the program's to tell, not the sender's.
ARRIVED = ["arrived_on", *WITHDRAWAL]


class LabourSerializer(StrictSerializer, serializers.ModelSerializer):
    contract = VisibleField(queryset=Contract.objects.all())


class HoursApprovalSerializer(LabourSerializer):
    post = VisibleField(
        "contract", queryset=Post.objects.all(), required=False, allow_null=True,
        help_text="Left out: everybody on the contract.",
    )  # fmt: skip

    class Meta:
        model = HoursApproval
        fields = [
            "id", "contract", "document", "authority", "post", "approved_on", "valid_from",
            "valid_until", "note", *ARRIVED,
        ]  # fmt: skip
        read_only_fields = ARRIVED
        fixed = ("contract",)
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class PayProofSerializer(LabourSerializer):
    class Meta:
        model = PayProof
        fields = [
            "id", "contract", "kind", "month", "paid_on", "document", "declared_by", "note",
            *ARRIVED,
        ]  # fmt: skip
        read_only_fields = ARRIVED
        fixed = ("contract",)
        validators: list[Any] = []


class LabourMatterSerializer(LabourSerializer):
    class Meta:
        model = LabourMatter
        fields = [
            "id", "contract", "kind", "title", "persons", "occurred_on", "known_on", "document",
            "effect", "effect_removed_on", "settled_on", "settlement", "note", "recorded_by",
            "reported_on", *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = ["recorded_by", "reported_on", *WITHDRAWAL]
        fixed = ("contract",)
        validators: list[Any] = []
