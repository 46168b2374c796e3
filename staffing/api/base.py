"""What the subjects share: a person by id or number, months and days, rows of a month."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from contract.api.base import IdFilter, KeyField, StrictSerializer, VisibleField
from contract.models import Contract
from kit.errors import RowError, RowErrors
from staffing.access import visible_operators
from staffing.models import Operator
from staffing.numbers import Numbers, written

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def month_span(text: str) -> tuple[date, date]:
    """The first and the last day of "2025-03"; ValidationError for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValidationError(_("Write the month as YYYY-MM, for example 2025-03."), "month")
    year, month = int(match[1]), int(match[2])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


class OperatorField(KeyField):
    """An operator by id."""

    def get_queryset(self) -> Any:
        request: Request | None = self.context.get("request")
        return visible_operators(request.user) if request else Operator.objects.none()


@extend_schema_field(OpenApiTypes.STR)
class EmployeeNumberField(serializers.Field):
    """An operator by the employer's own number, which is unique within an employer."""

    def to_internal_value(self, data: Any) -> Any:
        number = serializers.CharField(max_length=20).run_validation(data)
        request: Request = self.context["request"]
        visible = visible_operators(request.user)
        found = list(visible.filter(employee_number__iexact=written(number))[:2])
        if not found:
            known = Numbers((known, None) for known in visible.values_list("employee_number", flat=True))
            raise serializers.ValidationError(known.unknown(number))
        if len(found) > 1:
            raise serializers.ValidationError(
                _("Several vendors use the number %(number)s. Give the operator's id instead.") % {"number": number}
            )
        return found[0]

    def to_representation(self, value: Any) -> str:
        return str(value.employee_number)


class OfPersonSerializer(StrictSerializer, serializers.ModelSerializer):
    """A record of a person, named by `operator`, by `employee_number`, or by both as they are answered."""

    operator = OperatorField(required=False, help_text="Or `employee_number`.")
    employee_number = EmployeeNumberField(source="operator", required=False, help_text="Or `operator`.")
    operator_name = serializers.CharField(source="operator.name", read_only=True)

    def validate(self, attrs: Any) -> Any:
        named = [key for key in ("operator", "employee_number") if key in self.initial_data]
        if not named and self.instance is None:
            raise serializers.ValidationError({"operator": _("Name the person by “operator” or by “employee_number”.")})
        if len(named) == 2 and str(attrs["operator"].pk) != str(self.initial_data["operator"]):
            raise serializers.ValidationError({"operator": _("“operator” and “employee_number” name two people.")})
        return super().validate(attrs)


class OnContractSerializer(OfPersonSerializer):
    """A record of a person on a contract."""

    contract = VisibleField(queryset=Contract.objects.all())


class MonthField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return month_span(text) if text else None


class MonthFilter(django_filters.Filter):
    """`?month=2025-03` on a column of dates."""

    field_class = MonthField

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__range": value}) if value else qs


class NumberFilter(django_filters.CharFilter):
    """People by employee number, in whatever width and case it is written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, lookup_expr="iexact", **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return super().filter(qs, written(value or ""))


class PersonFilter(django_filters.FilterSet):
    """What the lists about a person on a contract have in common."""

    contract = IdFilter(field_name="contract_id")
    operator = IdFilter(field_name="operator_id")
    employee_number = NumberFilter(field_name="operator__employee_number")


class DayFilter(django_filters.FilterSet):
    """Rows with a day: of a month, or from a day to a day."""

    month = MonthFilter(field_name="day")
    day_from = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="day", lookup_expr="lte")


def with_people(
    contract: Contract, sent: list[dict[str, Any]], first: date, last: date
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its person, found by id or number (one query), all of them in the month.

    Raises RowErrors with every row at fault.
    """
    people = Operator.objects.filter(vendor_id=contract.vendor_id)
    by_number = Numbers(people.values_list("employee_number", "pk"))
    errors, found = [], []
    for index, row in enumerate(sent):
        number = row.get("employee_number")
        operator_id = row["operator"] if number is None else by_number.find(number)
        if operator_id is None:
            errors.append(RowError(index, "employee_number", by_number.unknown(number or ""), "unknown_operator"))
        if not first <= row["day"] <= last:
            message = _("%(day)s does not lie in %(month)s.") % {"day": row["day"], "month": f"{first:%Y-%m}"}
            errors.append(RowError(index, "day", message, "other_month"))
        found.append((operator_id or 0, row))
    if errors:
        raise RowErrors(errors)
    yield from found
