"""What the vendor sends to show that its people may serve: document numbers, never documents."""

from typing import Any

from rest_framework import serializers

from staffing.models import (
    EmploymentContract,
    QualificationProof,
    ServicePlace,
    Training,
    TrialAssessment,
)
from staffing.serializers import OfPersonSerializer, OnContractSerializer

PERSON = ["id", "operator", "employee_number", "operator_name"]
WITHDRAWAL = ["withdrawn_on", "withdrawal_reason"]
DOCUMENT = ["document", "note", *WITHDRAWAL]


class QualificationProofSerializer(OfPersonSerializer):
    class Meta:
        model = QualificationProof
        fields = [*PERSON, "kind", "dated_on", *DOCUMENT]
        read_only_fields = WITHDRAWAL
        fixed = ("operator",)
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class EmploymentContractSerializer(OfPersonSerializer):
    class Meta:
        model = EmploymentContract
        fields = [*PERSON, "signed_on", "starts_on", "ends_on", *DOCUMENT]
        read_only_fields = WITHDRAWAL
        fixed = ("operator",)
        validators: list[Any] = []


class TrainingSerializer(OnContractSerializer):
    class Meta:
        model = Training
        fields = [
            *PERSON, "contract", "starts_on", "ends_on", "trial_starts_on", "topic", "hours",
            *DOCUMENT,
        ]  # fmt: skip
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "operator")
        validators: list[Any] = []


class TrialAssessmentSerializer(OnContractSerializer):
    class Meta:
        model = TrialAssessment
        fields = [*PERSON, "contract", "assessed_on", "is_passed", "score", *DOCUMENT]
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "operator")
        validators: list[Any] = []


class ServicePlaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = ServicePlace
        fields = ["id", "contract", "name", "address", "designated_on", "closed_on", "document"]
        read_only_fields = fields
