"""Filters of the lists of confidentiality."""

from typing import Any

import django_filters

from confidentiality.models import Disclosure, Incident, IncidentPerson, Offboarding, Undertaking
from contract.choices import PartySide
from contract.filters import IdFilter


class WithdrawnFilter(django_filters.FilterSet):
    """What all records share: their contract, and whether they were withdrawn."""

    contract = IdFilter(field_name="contract_id")
    withdrawn = django_filters.BooleanFilter(
        field_name="withdrawn_on", lookup_expr="isnull", exclude=True
    )


class UndertakingFilter(WithdrawnFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = django_filters.CharFilter(field_name="operator__employee_number")
    signed_from = django_filters.DateFilter(field_name="signed_on", lookup_expr="gte")
    signed_to = django_filters.DateFilter(field_name="signed_on", lookup_expr="lte")

    class Meta:
        model = Undertaking
        fields: list[str] = []


class OffboardingFilter(WithdrawnFilter):
    assignment = IdFilter(field_name="assignment_id")
    operator = IdFilter(field_name="assignment__operator_id")
    employee_number = django_filters.CharFilter(field_name="assignment__operator__employee_number")

    class Meta:
        model = Offboarding
        fields: list[str] = []


class DisclosureFilter(WithdrawnFilter):
    consent = IdFilter(field_name="consent_id")
    disclosed_from = django_filters.DateFilter(field_name="disclosed_on", lookup_expr="gte")
    disclosed_to = django_filters.DateFilter(field_name="disclosed_on", lookup_expr="lte")

    class Meta:
        model = Disclosure
        fields: list[str] = []


class IncidentFilter(WithdrawnFilter):
    found_by = django_filters.ChoiceFilter(choices=PartySide)
    contained = django_filters.BooleanFilter(
        field_name="contained_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Incident
        fields: list[str] = []


class IncidentPersonFilter(django_filters.FilterSet):
    incident = IdFilter(field_name="incident_id")
    contract = IdFilter(field_name="incident__contract_id")
    withdrawn: Any = django_filters.BooleanFilter(
        field_name="withdrawn_on", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = IncidentPerson
        fields: list[str] = []
