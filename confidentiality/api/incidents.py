"""Leaks: reported at once, contained, and the persons involved.

What the office makes of a leak (cause, harm, costs, termination) stays in its own admin.
"""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from confidentiality.models import Incident, IncidentPerson
from contract.api.base import IdFilter, StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, RecordViewSet, WithdrawnFilter
from contract.choices import PartySide
from contract.models import Contract, Membership
from kit import clock
from staffing.api.base import OperatorField


class IncidentSerializer(StrictSerializer, serializers.ModelSerializer):
    """A leak. Reporting it here tells the office: `told_at` is the moment of the request."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Incident
        fields = [
            "id",
            "updated_at",
            "contract",
            "title",
            "description",
            "occurred_on",
            "found_by",
            "found_at",
            "told_at",
            "report_document",
            "contained_at",
            "measures",
            *WITHDRAWAL,
        ]
        read_only_fields = ["found_by", "told_at", *WITHDRAWAL]
        fixed = ("contract", "found_at")  # a mistake is the office's to correct


class IncidentPersonSerializer(StrictSerializer, serializers.ModelSerializer):
    """Somebody involved. `asked_on` is the office's request to cooperate."""

    incident = VisibleField("contract", queryset=Incident.objects.all())
    operator = OperatorField(required=False, allow_null=True)

    class Meta:
        model = IncidentPerson
        fields = [
            "id",
            "updated_at",
            "incident",
            "operator",
            "name",
            "involvement",
            "asked_on",
            "cooperated_on",
            "cooperation",
            *WITHDRAWAL,
        ]
        read_only_fields = ["asked_on", *WITHDRAWAL]
        fixed = ("incident",)
        validators: list[Any] = []


class IncidentFilter(WithdrawnFilter):
    found_by = django_filters.ChoiceFilter(choices=PartySide)
    contained = django_filters.BooleanFilter(field_name="contained_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Incident
        fields: list[str] = []


class IncidentPersonFilter(django_filters.FilterSet):
    incident = IdFilter(field_name="incident_id")
    contract = IdFilter(field_name="incident__contract_id")
    withdrawn: Any = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = IncidentPerson
        fields: list[str] = []


@extend_schema(tags=["confidentiality"])
class IncidentViewSet(RecordViewSet):
    """Leaks: report at once, PATCH what was done about it.

    What was reported is not taken back here: only the office withdraws it.
    """

    queryset = Incident.objects.all()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    ordering_fields = ["id", "found_at"]

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        side = _side(self.request.user, data["contract"])
        return {**data, "found_by": side, "told_at": clock.now()}


@extend_schema(tags=["confidentiality"])
class IncidentPersonViewSet(RecordViewSet):
    """The persons involved in a leak, and the vendor's cooperation against them."""

    contract_path = "incident__contract"
    queryset = IncidentPerson.objects.all()
    serializer_class = IncidentPersonSerializer
    filterset_class = IncidentPersonFilter
    ordering_fields = ["id"]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("incident")


def _side(user: Any, contract: Contract) -> PartySide:
    """For which side of a contract somebody reports."""
    for_office = Membership.objects.filter(user=user, party_id=contract.office_id).exists()
    return PartySide.OFFICE if for_office else PartySide.VENDOR
