"""Contracts, their clauses, and the readings in force."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract.filters import ClauseFilter, ContractFilter
from contract.models import Clause, Contract
from contract.serializers import (
    ClauseSerializer,
    ContractSerializer,
    PolicySerializer,
    policies_in_force,
)
from contract.views.base import ScopedMixin


@extend_schema(tags=["contracts"])
class ContractViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The contracts of your parties."""

    queryset = Contract.objects.select_related("office", "vendor").prefetch_related("term_rows")
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
    ordering_fields = ["contract", "position", "article"]
