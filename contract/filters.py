"""Filters that all apps share. Every list refuses a filter that it does not know."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from contract.choices import AlertStatus, Outcome, PartySide, Side
from contract.models import Alert, Clause, Contract
from contract.selectors_cases import VENDORS_TURN

MAX_ID = 2**63 - 1


class IdFilter(django_filters.Filter):
    """The id of another row. One that does not exist, or is not visible, gives an empty list."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(min_value=1, max_value=MAX_ID)
        super().__init__(*args, **kwargs)


class ContractFilter(django_filters.FilterSet):
    """Contracts by number, and by a day on which they are in force."""

    number = django_filters.CharFilter()
    in_force_on = django_filters.DateFilter(method="by_day")

    class Meta:
        model = Contract
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Contract], name: str, day: Any) -> QuerySet[Contract]:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day).exclude(terminated_on__lt=day)


class ClauseFilter(django_filters.FilterSet):
    """Clauses of a contract, of an article, by who owes them."""

    contract = IdFilter(field_name="contract_id")
    article = django_filters.NumberFilter()
    ref = django_filters.CharFilter()
    owed_by = django_filters.ChoiceFilter(choices=Side)

    class Meta:
        model = Clause
        fields: list[str] = []


class AlertFilter(django_filters.FilterSet):
    """Alerts by contract, state, check, clause and due date."""

    contract = IdFilter(field_name="contract_id")
    status = django_filters.MultipleChoiceFilter(choices=AlertStatus)
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome)
    check_id = django_filters.CharFilter()
    clause = django_filters.CharFilter(field_name="clause_ref")
    raised_from = django_filters.DateFilter(field_name="raised_on", lookup_expr="gte")
    raised_to = django_filters.DateFilter(field_name="raised_on", lookup_expr="lte")
    due_from = django_filters.DateFilter(field_name="assessment__legal_due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(field_name="assessment__legal_due_on", lookup_expr="lte")

    class Meta:
        model = Alert
        fields: list[str] = []


class AskedFilter(django_filters.FilterSet):
    """What is asked, by contract and by whose turn it is."""

    contract = IdFilter(field_name="contract_id")
    turn = django_filters.ChoiceFilter(choices=PartySide, method="by_turn")

    class Meta:
        model = Alert
        fields: list[str] = []

    def by_turn(self, queryset: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        if value == PartySide.VENDOR:
            return queryset.filter(VENDORS_TURN)
        return queryset.exclude(VENDORS_TURN)
