"""What the vendor sends and reads about confidentiality. Services write; this checks forms.

What the office makes of a leak (cause, harm, costs, termination) stays in its own admin.
"""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from confidentiality.models import Disclosure, Incident, IncidentPerson, Offboarding, Undertaking
from contract.choices import ConsentKind
from contract.models import Consent, Contract
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField
from staffing.models import Assignment
from staffing.serializers import EmployeeNumberField, OnContractSerializer, OperatorField

ROWS_AT_MOST = 500
WITHDRAWAL = ["withdrawn_on", "withdrawal_reason"]


class UndertakingSerializer(OnContractSerializer):
    """An operator bound in writing. The scan has an address of its own: `…/copy`."""

    has_copy = serializers.BooleanField(source="copy", read_only=True)

    class Meta:
        model = Undertaking
        fields = [
            "id", "contract", "operator", "employee_number", "operator_name", "signed_on",
            "document_number", "has_copy", *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "operator")
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


@extend_schema_field(OpenApiTypes.INT)
class OperatorIdField(OperatorField):
    """An operator by id, in a row that is not of a model."""


class UndertakingRowSerializer(StrictSerializer):
    """One line of a list; the person by `operator` or by `employee_number`."""

    operator = OperatorIdField(required=False)
    employee_number = EmployeeNumberField(required=False)
    signed_on = serializers.DateField()
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if len({"operator", "employee_number"} & set(data)) != 1:
            raise serializers.ValidationError(
                {"operator": _("Name the person by “operator” or by “employee_number”.")}
            )
        return values


class UndertakingListSerializer(StrictSerializer):
    rows = serializers.ListField(
        child=UndertakingRowSerializer(), allow_empty=False, max_length=500
    )


class ListResultSerializer(serializers.Serializer):
    created = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="Stood there with other values.")
    unchanged = serializers.IntegerField()


class CopySerializer(serializers.Serializer):
    file = serializers.FileField(help_text="PDF, PNG or JPEG.")


class OffboardingSerializer(StrictSerializer, serializers.ModelSerializer):
    """What was handed over by somebody who left; each step with its day."""

    contract: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    assignment = VisibleField("contract", queryset=Assignment.objects.all())
    employee_number = serializers.CharField(
        source="assignment.operator.employee_number", read_only=True
    )
    operator_name = serializers.CharField(source="assignment.operator.name", read_only=True)
    has_copy = serializers.BooleanField(source="copy", read_only=True)

    class Meta:
        model = Offboarding
        fields = [
            "id", "contract", "assignment", "employee_number", "operator_name", "materials_on",
            "devices_on", "accounts_on", "reminded_on", "document_number", "note", "has_copy",
            *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = WITHDRAWAL
        fixed = ("assignment",)
        validators: list[Any] = []


class DisclosureSerializer(StrictSerializer, serializers.ModelSerializer):
    """Information given to a third party. The consent is asked for beforehand (`/consents`)."""

    contract = VisibleField(queryset=Contract.objects.all())
    consent = VisibleField(
        "contract", queryset=Consent.objects.filter(kind=ConsentKind.DISCLOSURE), required=False,
        allow_null=True,
    )  # fmt: skip

    class Meta:
        model = Disclosure
        fields = [
            "id", "contract", "recipient", "content", "purpose", "disclosed_on", "document",
            "consent", *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "recipient", "disclosed_on")  # a mistake is the office's to correct


class IncidentSerializer(StrictSerializer, serializers.ModelSerializer):
    """A leak. Reporting it here tells the office: `told_at` is the moment of the request."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Incident
        fields = [
            "id", "contract", "title", "description", "occurred_on", "found_by", "found_at",
            "told_at", "report_document", "contained_at", "measures", *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = ["found_by", "told_at", *WITHDRAWAL]
        fixed = ("contract", "found_at")  # a mistake is the office's to correct


class IncidentPersonSerializer(StrictSerializer, serializers.ModelSerializer):
    """Somebody involved. `asked_on` is the office's request to cooperate (article 14.3)."""

    incident = VisibleField("contract", queryset=Incident.objects.all())
    operator = OperatorField(required=False, allow_null=True)

    class Meta:
        model = IncidentPerson
        fields = [
            "id", "incident", "operator", "name", "involvement", "asked_on", "cooperated_on",
            "cooperation", *WITHDRAWAL,
        ]  # fmt: skip
        read_only_fields = ["asked_on", *WITHDRAWAL]
        fixed = ("incident",)
        validators: list[Any] = []
