"""Filters of the lists of staffing."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contract.filters import IdFilter
from staffing.choices import (
    AttendanceStatus,
    EndReason,
    GapCause,
    LeaveKind,
    MatterKind,
    PayKind,
    ShiftKind,
)
from staffing.models import (
    Assignment,
    Attendance,
    DutyDay,
    Gap,
    Leave,
    Operator,
    Post,
    ReplacementDemand,
    Shift,
    StaffDay,
)

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def month_span(text: str) -> tuple[date, date]:
    """The first and the last day of "2025-03"; ValidationError for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValidationError(_("Write the month as YYYY-MM, for example 2025-03."), "month")
    year, month = int(match[1]), int(match[2])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


class MonthField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return month_span(text) if text else None


class MonthFilter(django_filters.Filter):
    """`?month=2025-03` on a column of dates."""

    field_class = MonthField

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__range": value}) if value else qs


class OperatorFilter(django_filters.FilterSet):
    """Operators by vendor, number, name, and the contract they serve on a day."""

    vendor = IdFilter(field_name="vendor_id")
    employee_number = django_filters.CharFilter()
    name = django_filters.CharFilter()
    contract = IdFilter(method="by_contract")

    class Meta:
        model = Operator
        fields: list[str] = []

    def by_contract(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        live = Assignment.objects.filter(contract_id=value, withdrawn_on__isnull=True)
        return queryset.filter(pk__in=live.values("operator"))


class PostFilter(django_filters.FilterSet):
    contract = IdFilter(field_name="contract_id")
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = Post
        fields: list[str] = []


class PersonFilter(django_filters.FilterSet):
    """What the lists about a person on a contract have in common."""

    contract = IdFilter(field_name="contract_id")
    operator = IdFilter(field_name="operator_id")
    employee_number = django_filters.CharFilter(field_name="operator__employee_number")


class AssignmentFilter(PersonFilter):
    """Assignments; `on` gives those in force on a day."""

    on = django_filters.DateFilter(method="by_day")
    end_reason = django_filters.ChoiceFilter(choices=EndReason)
    withdrawn = django_filters.BooleanFilter(
        field_name="withdrawn_on", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Assignment
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            starts_on__lte=day,
            withdrawn_on__isnull=True,
        )


class LeaveFilter(PersonFilter):
    """Leaves; `from` and `to` give those that touch a span of days."""

    kind = django_filters.ChoiceFilter(choices=LeaveKind)
    day_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")
    cancelled = django_filters.BooleanFilter(
        field_name="cancelled_on", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Leave
        fields: list[str] = []


class GapFilter(PersonFilter):
    """Gaps; `open_on` gives those that stood open on a day."""

    cause = django_filters.ChoiceFilter(choices=GapCause)
    open_on = django_filters.DateFilter(method="by_day")
    opened_from = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte")
    opened_to = django_filters.DateFilter(field_name="opened_on", lookup_expr="lte")

    class Meta:
        model = Gap
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
            Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=day),
            opened_on__lte=day,
        )


class DemandFilter(django_filters.FilterSet):
    """Demands to replace a person; `open` gives those that are neither met nor withdrawn."""

    contract = IdFilter(field_name="contract_id")
    open = django_filters.BooleanFilter(method="by_state")

    class Meta:
        model = ReplacementDemand
        fields: list[str] = []

    def by_state(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        still = Q(withdrawn_on__isnull=True, replaced_by__isnull=True)
        return queryset.filter(still if value else ~still)


class DayFilter(django_filters.FilterSet):
    """Rows with a day: of a month, or from a day to a day."""

    month = MonthFilter(field_name="day")
    day_from = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="day", lookup_expr="lte")


class AttendanceFilter(DayFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = django_filters.CharFilter(field_name="operator__employee_number")
    status = django_filters.MultipleChoiceFilter(choices=AttendanceStatus)

    class Meta:
        model = Attendance
        fields: list[str] = []


class StaffDayFilter(DayFilter):
    class Meta:
        model = StaffDay
        fields: list[str] = []


class OfPersonFilter(django_filters.FilterSet):
    """Records of people by person."""

    operator = IdFilter(field_name="operator_id")
    employee_number = django_filters.CharFilter(field_name="operator__employee_number")


class OfContractFilter(OfPersonFilter):
    """Records of people by person and contract."""

    contract = IdFilter(field_name="contract_id")


class PlaceFilter(django_filters.FilterSet):
    """Places of service by contract."""

    contract = IdFilter(field_name="contract_id")


class ShiftFilter(DayFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = django_filters.CharFilter(field_name="operator__employee_number")
    kind = django_filters.ChoiceFilter(choices=ShiftKind)

    class Meta:
        model = Shift
        fields: list[str] = []


class DutyDayFilter(DayFilter):
    class Meta:
        model = DutyDay
        fields: list[str] = []


class LabourFilter(django_filters.FilterSet):
    """Records about hours, pay and labour matters by contract."""

    contract = IdFilter(field_name="contract_id")
    withdrawn = django_filters.BooleanFilter(
        field_name="withdrawn_on", lookup_expr="isnull", exclude=True
    )


class HoursApprovalFilter(LabourFilter):
    """Approvals; `on` gives those that cover a day."""

    on = django_filters.DateFilter(method="by_day")

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(valid_from__lte=day, valid_until__gte=day)


class PayProofFilter(LabourFilter):
    """Proofs by kind and by the month for which was paid."""

    kind = django_filters.ChoiceFilter(choices=PayKind)
    month = MonthFilter(field_name="month")


class LabourMatterFilter(LabourFilter):
    """Labour matters; `open` gives those that are not settled."""

    kind = django_filters.ChoiceFilter(choices=MatterKind)
    open = django_filters.BooleanFilter(field_name="settled_on", lookup_expr="isnull")
