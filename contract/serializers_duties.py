"""What the vendor reads and sends of the contract's own duties. Services write; this checks forms.

Days on which something is done over the API are not sent: it is done on the day it arrives.
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from contract import clock
from contract.models import (
    Amendment,
    AmendmentChange,
    AssessmentScheme,
    Consent,
    Contract,
    Criterion,
    Dispute,
    ForceMajeureEvent,
    Formality,
    HeadcountOrder,
    Inspection,
    InspectionRemark,
    Misconduct,
    RenewalAssessment,
    ReportSchedule,
    Score,
    ServiceReport,
    Subcontracting,
)
from contract.serializers import InstantField, StrictSerializer
from contract.terms import TERMS
from contract.views.base import VisibleField


class PastDateField(serializers.DateField):
    """A day that has come."""

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if day > clock.today():
            raise serializers.ValidationError(_("This day lies in the future."))
        return day


class AmendmentChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = AmendmentChange
        fields = ["key", "value"]
        read_only_fields = fields


class AmendmentSerializer(serializers.ModelSerializer):
    """A proposed or agreed change of the contract. `updated_at` is the version that one reads."""

    changes = AmendmentChangeSerializer(many=True, read_only=True)

    class Meta:
        model = Amendment
        fields = [
            "id", "contract", "title", "document", "proposed_by", "proposed_on", "arrived_on",
            "effective_from", "changes", "office_agreed_on", "vendor_agreed_on", "withdrawn_on",
            "note", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class FigureSerializer(StrictSerializer):
    """A figure of the contract that an amendment changes."""

    key = serializers.ChoiceField(choices=[(key, key) for key in TERMS])
    value = serializers.CharField(max_length=120)


class ProposalSerializer(StrictSerializer, serializers.ModelSerializer):
    """An amendment that you propose. The notice of it arrives with this request."""

    contract = VisibleField(queryset=Contract.objects.all())
    changes = FigureSerializer(  # DRF hands it to the list around it
        many=True,
        required=False,
        max_length=len(TERMS),  # type: ignore[call-arg]
    )

    class Meta:
        model = Amendment
        fields = ["contract", "title", "document", "effective_from", "note", "changes"]

    def validate_changes(self, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({change["key"] for change in changes}) != len(changes):
            raise serializers.ValidationError(_("A figure stands twice."))
        return changes


class VersionSerializer(StrictSerializer):
    """What one agrees to: the record as one has read it."""

    updated_at = InstantField(help_text="As it stands in the record that you read.")


class HeadcountOrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = HeadcountOrder
        fields = [
            "id", "contract", "headcount", "effective_from", "document", "issued_on", "arrived_on",
            "cancelled_on", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class ForceMajeureEventSerializer(StrictSerializer, serializers.ModelSerializer):
    """An event that keeps a side from performing. The notice arrives with this request."""

    contract = VisibleField(queryset=Contract.objects.all())
    occurred_on = PastDateField()

    class Meta:
        model = ForceMajeureEvent
        fields = [
            "id", "contract", "title", "description", "occurred_on", "reported_by", "arrived_on",
            "ended_on", "proof_document", "proof_issuer", "proof_arrived_on", "withdrawn_on",
        ]  # fmt: skip
        read_only_fields = [
            "reported_by", "arrived_on", "ended_on", "proof_document", "proof_issuer",
            "proof_arrived_on", "withdrawn_on",
        ]  # fmt: skip


class EventTextSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2000, required=False)


class ProofSerializer(StrictSerializer):
    proof_document = serializers.CharField(max_length=120)
    proof_issuer = serializers.CharField(max_length=120)


class EndSerializer(StrictSerializer):
    ended_on = PastDateField(help_text="The last day on which the event kept you from performing.")


class ConsentSerializer(StrictSerializer, serializers.ModelSerializer):
    """A request for the office's consent, and its written answer. Silence is no consent."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Consent
        fields = [
            "id", "contract", "kind", "subject", "subject_label", "subject_pk", "purpose",
            "request_document", "requested_on", "arrived_on", "decision", "decided_on", "document",
            "reason", "valid_from", "valid_to", "revoked_on", "withdrawn_on", "withdrawal_reason",
        ]  # fmt: skip
        read_only_fields = fields[8:]


class ReportScheduleSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReportSchedule
        fields = [
            "id", "contract", "kind", "title", "cadence", "due_days", "starts_on", "ends_on",
        ]  # fmt: skip
        read_only_fields = fields


class ServiceReportSerializer(StrictSerializer, serializers.ModelSerializer):
    """A report delivered for one period of a schedule, and the office's answer."""

    schedule = VisibleField("contract", queryset=ReportSchedule.objects.all())

    class Meta:
        model = ServiceReport
        fields = [
            "id", "contract", "schedule", "period_start", "title", "document", "summary",
            "delivered_on", "accepted_on", "returned_on", "return_reason",
        ]  # fmt: skip
        read_only_fields = [
            "contract", "delivered_on", "accepted_on", "returned_on", "return_reason",
        ]  # fmt: skip
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class ReportTextSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120, required=False)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True)
    summary = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class InspectionRemarkSerializer(serializers.ModelSerializer):
    class Meta:
        model = InspectionRemark
        fields = [
            "id", "inspection", "number", "text", "due_on", "answer", "answered_on", "checked_on",
            "is_settled", "check_note",
        ]  # fmt: skip
        read_only_fields = fields


class InspectionSerializer(serializers.ModelSerializer):
    remarks = InspectionRemarkSerializer(many=True, read_only=True)

    class Meta:
        model = Inspection
        fields = [
            "id", "contract", "inspected_on", "place", "summary", "document", "arrived_on",
            "remarks",
        ]  # fmt: skip
        read_only_fields = fields


class AnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=4000, help_text="What was done about the remark.")


class MisconductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Misconduct
        fields = [
            "id", "contract", "title", "description", "found_on", "document", "arrived_on",
            "correct_by", "correction", "corrected_on", "withdrawn_on",
        ]  # fmt: skip
        read_only_fields = fields


class CorrectionSerializer(StrictSerializer):
    correction = serializers.CharField(max_length=4000, help_text="How it was stopped and cured.")


class CriterionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Criterion
        fields = ["id", "title", "weight"]
        read_only_fields = fields


class AssessmentSchemeSerializer(serializers.ModelSerializer):
    """Criteria, weights and pass mark. `updated_at` is the version that one reads."""

    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = AssessmentScheme
        fields = [
            "id", "contract", "title", "pass_mark", "criteria", "office_confirmed_on",
            "vendor_confirmed_on", "document", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScoreSerializer(serializers.ModelSerializer):
    criterion = serializers.CharField(source="criterion.title", read_only=True)

    class Meta:
        model = Score
        fields = ["criterion", "points"]
        read_only_fields = fields


class RenewalAssessmentSerializer(serializers.ModelSerializer):
    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = RenewalAssessment
        fields = [
            "id", "contract", "scheme", "assessed_on", "scores", "result", "passed", "decision",
            "decided_on", "document", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class SubcontractingSerializer(serializers.ModelSerializer):
    """A third party that was found providing the service (article 19)."""

    class Meta:
        model = Subcontracting
        fields = [
            "id", "contract", "third_party", "description", "found_on", "consent", "paid",
            "document", "withdrawn_on",
        ]  # fmt: skip
        read_only_fields = fields


class DisputeSerializer(StrictSerializer, serializers.ModelSerializer):
    """A dispute, raised by either side; the office keeps its later stages."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Dispute
        fields = [
            "id", "contract", "title", "description", "clause_refs", "raised_by", "raised_on",
            "stage", "negotiation_ended_on", "filed_on", "arbitration_body", "case_number",
            "closed_on", "result",
        ]  # fmt: skip
        read_only_fields = fields[5:]


class FormalitySerializer(serializers.ModelSerializer):
    class Meta:
        model = Formality
        fields = ["id", "contract", "side", "signatory", "signed_on", "sealed_on", "originals"]
        read_only_fields = fields
