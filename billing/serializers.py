"""What both parties read about money, and the invoice that the vendor hands in."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing.choices import Verdict
from billing.models import Instalment, Invoice, Payment, Statement
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField


class InstalmentSerializer(serializers.ModelSerializer):
    """The share of the fee for one period, in yuan."""

    contract_number = serializers.CharField(source="contract.number", read_only=True)
    outstanding = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    payable = serializers.DecimalField(
        max_digits=14, decimal_places=2, read_only=True,
        help_text="What is open without what waits for a claim.",
    )  # fmt: skip

    class Meta:
        model = Instalment
        fields = [
            "id", "contract", "contract_number", "sequence", "period_start", "period_end",
            "is_supplement", "amount", "paid_amount", "deducted_amount", "withheld_amount",
            "outstanding", "payable",
        ]  # fmt: skip
        read_only_fields = fields


class InvoiceSerializer(StrictSerializer, serializers.ModelSerializer):
    """An ordinary VAT invoice over one instalment. Amounts in yuan as decimal strings.

    It is received on the day it is sent here. Every difference from the contract is named by its
    field. A returned invoice stays; send the corrected one, which has a number of its own. A
    red-letter invoice names the one that it cancels in `reverses` and has its amounts below zero.
    """

    instalment = VisibleField(
        contract_path="contract", queryset=Instalment.objects.select_related("contract")
    )
    code = serializers.CharField(
        max_length=12, required=False, allow_blank=True, default="",
        help_text="10 or 12 digits; empty for a fully digital invoice.",
    )  # fmt: skip
    gross = serializers.DecimalField(max_digits=14, decimal_places=2)
    net = serializers.DecimalField(max_digits=14, decimal_places=2)
    tax = serializers.DecimalField(max_digits=14, decimal_places=2)
    vat_rate = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(99),
        help_text="In per cent: `6` or `6.00`.",
    )  # fmt: skip
    reverses = VisibleField(
        contract_path="instalment__contract",
        queryset=Invoice.objects.select_related("instalment"), required=False, allow_null=True,
        default=None, help_text="Only for a red-letter invoice: the one that it cancels.",
    )  # fmt: skip
    qr_text = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="",
        help_text="The text of the QR code, as a scanner reads it.",
    )  # fmt: skip
    file = serializers.FileField(
        write_only=True, required=False, max_length=200,
        help_text="PDF, OFD or XML; send the whole request as multipart/form-data then.",
    )  # fmt: skip
    has_file = serializers.SerializerMethodField()
    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    file_sha256 = serializers.CharField(read_only=True)

    class Meta:
        model = Invoice
        fields = [
            "id", "contract", "instalment", "kind", "code", "number", "issued_on", "received_on",
            "gross", "net", "tax", "vat_rate", "buyer_credit_code", "seller_credit_code",
            "reverses", "qr_text", "file", "has_file", "file_sha256", "status", "reason",
            "decided_on",
        ]  # fmt: skip
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


class PaymentSerializer(serializers.ModelSerializer):
    """A payment of the office. A withdrawn one was recorded by mistake and counts no more."""

    contract = serializers.IntegerField(source="instalment.contract_id", read_only=True)
    is_withdrawn = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = [
            "id", "contract", "instalment", "paid_on", "amount", "reference", "is_withdrawn",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_withdrawn(self, payment: Payment) -> bool:
        return not payment.stands


class StatementSerializer(serializers.ModelSerializer):
    """A settlement statement as it was issued; the document itself stands under `/pdf`."""

    status = serializers.CharField(read_only=True, help_text=_("issued or replaced"))

    class Meta:
        model = Statement
        fields = [
            "id", "contract", "instalment", "number", "status", "as_of", "issued_at", "corrects",
            "reason", "facts_sha256", "pdf_sha256",
        ]  # fmt: skip
        read_only_fields = fields


class StatementDetailSerializer(StatementSerializer):
    class Meta(StatementSerializer.Meta):
        fields = [*StatementSerializer.Meta.fields, "facts"]
        read_only_fields = fields
