"""Contracts, their clauses, and the readings in force.

To read only: the office keeps contracts in the admin.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract.api.base import IdFilter, ScopedMixin
from contract.choices import Side
from contract.models import Clause, Contract, Party, Policy
from contract.terms import POLICIES, TERMS, Definition
from contract.values import Book, DatedValue
from contract.wording import heading
from kit import clock


class PartySerializer(serializers.ModelSerializer):
    class Meta:
        model = Party
        fields = ["id", "name", "credit_code"]
        read_only_fields = fields


class DatedValueSerializer(serializers.Serializer):
    """A figure of the contract, or a reading of it, as it is in force."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    clause = serializers.CharField(help_text="The clause of the contract, as it prints it; empty where none.")
    value = serializers.CharField(help_text="As it is written: `45`, `2091733.33`, `true`.")
    display = serializers.CharField(help_text="For people, with its unit.")
    effective_from = serializers.DateField(allow_null=True)


class PolicySerializer(DatedValueSerializer):
    is_default = serializers.BooleanField(help_text="Nothing is recorded: the program's default.")
    confirmed_on = serializers.DateField(
        allow_null=True, help_text="The day on which both sides confirmed it in writing."
    )


class ContractSerializer(serializers.ModelSerializer):
    """A contract with its terms in force today (or on its last day, or its first)."""

    office = PartySerializer(read_only=True)
    vendor = PartySerializer(read_only=True)
    last_day = serializers.DateField(
        read_only=True, help_text="The last day in force: the end, or an earlier termination."
    )
    terms_on = serializers.SerializerMethodField(help_text="The day whose terms are shown.")
    terms = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = [
            "id",
            "updated_at",
            "number",
            "title",
            "office",
            "vendor",
            "signed_on",
            "starts_on",
            "ends_on",
            "terminated_on",
            "last_day",
            "place_of_service",
            "terms_on",
            "terms",
        ]
        read_only_fields = fields

    def get_terms_on(self, contract: Contract) -> date:
        return day_of(contract)

    @extend_schema_field(DatedValueSerializer(many=True))
    def get_terms(self, contract: Contract) -> Any:
        day = day_of(contract)
        book = Book(TERMS, [_dated(row) for row in contract.term_rows.all()])
        clauses = _clauses(contract)
        rows = ((definition, book.row(day, key)) for key, definition in TERMS.items())
        return DatedValueSerializer(
            [_written(definition, row, clauses) for definition, row in rows if row is not None], many=True
        ).data


class ClauseSerializer(serializers.ModelSerializer):
    """A duty in our own words, in the reader's language, and the checks that watch it."""

    title = serializers.CharField(source="local_title", read_only=True)
    summary = serializers.CharField(source="local_summary", read_only=True)
    exemption = serializers.CharField(source="local_exemption", read_only=True)
    article = serializers.CharField(read_only=True, help_text="The heading that the clause stands under.")
    checks = serializers.SerializerMethodField()

    class Meta:
        model = Clause
        fields = [
            "id",
            "updated_at",
            "contract",
            "ref",
            "article",
            "owed_by",
            "title",
            "summary",
            "terminates",
            "exemption",
            "checks",
        ]
        read_only_fields = fields

    def get_checks(self, clause: Clause) -> list[str]:
        return sorted(obligation.check_id for obligation in clause.obligations.all())


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
    article = django_filters.CharFilter(method="under")
    ref = django_filters.CharFilter()
    owed_by = django_filters.ChoiceFilter(choices=Side)

    class Meta:
        model = Clause
        fields: list[str] = []

    def under(self, queryset: QuerySet[Clause], name: str, article: str) -> QuerySet[Clause]:
        """The clauses under one heading of a contract."""
        own = {ref for ref in queryset.filter(ref__startswith=article).values_list("ref", flat=True)}
        return queryset.filter(ref__in=[ref for ref in own if heading(ref) == article])


@extend_schema(tags=["contracts"])
class ContractViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The contracts of your parties."""

    queryset = Contract.objects.select_related("office", "vendor").prefetch_related("term_rows", "obligations__clause")
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    ordering_fields = ["number", "starts_on"]
    contract_path = ""
    action_permissions = {"policies": ("contract.view_policy",)}

    @extend_schema(responses=PolicySerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[], filterset_class=None)
    def policies(self, request: Request, pk: str) -> Response:
        """The readings that the contract leaves open: value in force or default, and whether
        both sides have confirmed it."""
        contract = self.get_object()
        rows = list(contract.policy_rows.all())
        return Response(policies_in_force(contract, rows))


@extend_schema(tags=["contracts"])
class ClauseViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """What each article asks for, in our own words."""

    queryset: QuerySet[Any] = Clause.objects.prefetch_related("obligations")
    serializer_class = ClauseSerializer
    filterset_class = ClauseFilter
    ordering_fields = ["contract", "position"]


def day_of(contract: Contract) -> date:
    """Today, or the day of the contract that is nearest to it."""
    return min(max(clock.today(), contract.starts_on), contract.last_day)


def policies_in_force(contract: Contract, rows: list[Policy]) -> Any:
    """Every policy of the program, with the value in force or its default."""
    day = day_of(contract)
    book = Book(POLICIES, [_dated(row) for row in rows])
    confirmed = {(row.key, row.effective_from): row.confirmed_on for row in rows}
    clauses = _clauses(contract)
    values = []
    for key, definition in POLICIES.items():
        row = book.row(day, key)
        values.append(
            _written(definition, row, clauses)
            | {"is_default": row is None, "confirmed_on": confirmed[key, row.effective_from] if row else None}
        )
    return PolicySerializer(values, many=True).data


def _dated(row: Any) -> DatedValue:
    return DatedValue(row.key, row.effective_from, row.typed)


def _clauses(contract: Contract) -> dict[str, str]:
    """The contract's clauses by the check that each carries."""
    return {row.check_id: row.clause.ref for row in contract.obligations.all()}


def _written(definition: Definition, row: DatedValue | None, clauses: Mapping[str, str]) -> dict[str, Any]:
    value = row.value if row else definition.default
    return {
        "key": definition.key,
        "label": str(definition.label),
        "clause": clauses.get(definition.check, ""),
        "value": definition.write(value),
        "display": definition.display(value),
        "effective_from": row.effective_from if row else None,
    }
