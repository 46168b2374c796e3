"""Filters over the records of the contract's own duties."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from contract.choices import ConsentKind, DisputeStage, ReportKind
from contract.filters import IdFilter


class OfContractFilter(django_filters.FilterSet):
    """Records of a contract."""

    contract = IdFilter(field_name="contract_id")


class ConsentFilter(OfContractFilter):
    """Consents by contract and kind, and those that wait for an answer."""

    kind = django_filters.ChoiceFilter(choices=ConsentKind)
    is_open = django_filters.BooleanFilter(method="by_answer")

    def by_answer(self, queryset: QuerySet[Any], name: str, is_open: bool) -> QuerySet[Any]:
        unanswered = {"decision": "", "withdrawn_on__isnull": True}
        return queryset.filter(**unanswered) if is_open else queryset.exclude(**unanswered)


class ReportScheduleFilter(OfContractFilter):
    kind = django_filters.ChoiceFilter(choices=ReportKind)


class ServiceReportFilter(OfContractFilter):
    """Reports by contract, schedule and period."""

    schedule = IdFilter(field_name="schedule_id")
    period_start = django_filters.DateFilter()
    is_returned = django_filters.BooleanFilter(
        field_name="returned_on", lookup_expr="isnull", exclude=True
    )


class InspectionRemarkFilter(django_filters.FilterSet):
    """Remarks by contract and inspection, and those without an answer."""

    contract = IdFilter(field_name="inspection__contract_id")
    inspection = IdFilter(field_name="inspection_id")
    is_open = django_filters.BooleanFilter(field_name="answered_on", lookup_expr="isnull")


class MisconductFilter(OfContractFilter):
    is_open = django_filters.BooleanFilter(field_name="corrected_on", lookup_expr="isnull")


class DisputeFilter(OfContractFilter):
    stage = django_filters.ChoiceFilter(choices=DisputeStage)
