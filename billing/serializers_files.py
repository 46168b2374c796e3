"""Quarterly payment files as the office reads and asks for them over the API."""

from rest_framework import serializers

from billing.models import Instalment, QuarterFile
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField


class QuarterFileSerializer(serializers.ModelSerializer):
    """A quarterly file; `/pdf` and `/zip` hand it out once `status` is `ready`."""

    class Meta:
        model = QuarterFile
        fields = [
            "id", "contract", "instalment", "number", "status", "done", "steps", "error", "as_of",
            "requested_at", "finished_at", "replaces", "reason", "pages", "facts_sha256",
            "pdf_sha256", "bundle_sha256",
        ]  # fmt: skip
        read_only_fields = fields


class AskForFileSerializer(StrictSerializer):
    """Which instalment; `replaces` and `reason` where an earlier file is out of date."""

    instalment = VisibleField(
        contract_path="contract", queryset=Instalment.objects.select_related("contract")
    )
    replaces = VisibleField(
        contract_path="contract", queryset=QuarterFile.objects.all(), required=False,
        allow_null=True, default=None,
    )  # fmt: skip
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
