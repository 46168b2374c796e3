"""Proofs, trainings, assessments, labour contracts: document numbers, sent and withdrawn."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract.api.base import IdFilter, OfContractFilter, ScopedMixin
from contract.api.records import WITHDRAWAL, WithdrawableViewSet
from contract.api.workbooks import WorkbookMixin
from contract.models import Contract
from kit import clock
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from staffing.access import visible_operators
from staffing.api.base import NumberFilter, OfPersonSerializer, OnContractSerializer, PersonFilter
from staffing.models import EmploymentContract, QualificationProof, ServicePlace, Training, TrialAssessment
from staffing.selectors.records import person_records
from staffing.services.lists import take_in_records
from staffing.workbooks.qualification import BOOKS

PERSON = ["id", "updated_at", "operator", "employee_number", "operator_name"]
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
        fields = [*PERSON, "contract", "starts_on", "ends_on", "trial_starts_on", "topic", "hours", *DOCUMENT]
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
        fields = ["id", "updated_at", "contract", "name", "address", "designated_on", "closed_on", "document"]
        read_only_fields = fields


class OfPersonFilter(django_filters.FilterSet):
    """Records of people by person."""

    operator = IdFilter(field_name="operator_id")
    employee_number = NumberFilter(field_name="operator__employee_number")


class PersonRecordViewSet(WorkbookMixin, WithdrawableViewSet):
    """A record of a person; what was wrong is withdrawn and stays readable."""

    @property
    def kept_model(self) -> type[Any]:
        """The model of the records that this view keeps."""
        serializer: Any = self.get_serializer_class()
        model: type[Any] = serializer.Meta.model
        return model

    @property
    def action_permissions(self) -> dict[str, tuple[str, ...]]:
        model = self.kept_model._meta.model_name
        add, change = f"staffing.add_{model}", f"staffing.change_{model}"
        return {"withdraw": (change,), "take_in_list": (add, change)}

    @property
    def workbook(self) -> ListBook:
        return BOOKS[self.kept_model]

    def listed(self, contract: Contract) -> QuerySet[Any]:
        return person_records(self.kept_model, contract)

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        return take_in_records(model=self.kept_model, contract=contract, rows=rows, today=clock.today())


class OfPersonViewSet(PersonRecordViewSet):
    """Records of people, whatever the contract they serve on."""

    filterset_class = OfPersonFilter

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(operator__in=visible_operators(self.request.user))


@extend_schema(tags=["qualification"])
class QualificationProofViewSet(OfPersonViewSet):
    """Proofs of the hiring conditions: number and date of the document."""

    queryset = QualificationProof.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = QualificationProofSerializer
    ordering_fields = ["id", "dated_on"]


@extend_schema(tags=["qualification"])
class EmploymentContractViewSet(OfPersonViewSet):
    """The vendor's labour contracts with its people: that they are on file."""

    queryset = EmploymentContract.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = EmploymentContractSerializer
    ordering_fields = ["id", "starts_on"]


@extend_schema(tags=["qualification"])
class TrainingViewSet(PersonRecordViewSet):
    """Training before trial."""

    queryset = Training.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = TrainingSerializer
    filterset_class = PersonFilter
    ordering_fields = ["id", "starts_on"]


@extend_schema(tags=["qualification"])
class TrialAssessmentViewSet(PersonRecordViewSet):
    """Assessments on trial: two failures in a row move the person."""

    queryset = TrialAssessment.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = TrialAssessmentSerializer
    filterset_class = PersonFilter
    ordering_fields = ["id", "assessed_on"]


@extend_schema(tags=["people"])
class ServicePlaceViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """Places that the office designated beside the one that the contract names."""

    queryset = ServicePlace.objects.all()
    serializer_class = ServicePlaceSerializer
    filterset_class = OfContractFilter
    ordering_fields = ["id", "name"]
