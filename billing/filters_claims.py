"""Filters of the lists of claims, their files, and acceptance sheets."""

import django_filters

from billing.models import AcceptanceSheet, Claim, ClaimFile
from billing.states import ClaimKind, ClaimStatus, SheetStatus
from contract.filters import IdFilter


class ClaimFilter(django_filters.FilterSet):
    """Claims by contract, instalment, kind and state."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    kind = django_filters.MultipleChoiceFilter(choices=ClaimKind)
    status = django_filters.MultipleChoiceFilter(choices=ClaimStatus)

    class Meta:
        model = Claim
        fields: list[str] = []


class ClaimFileFilter(django_filters.FilterSet):
    """Documents of one claim."""

    claim = IdFilter(field_name="claim_id")

    class Meta:
        model = ClaimFile
        fields: list[str] = []


class AcceptanceSheetFilter(django_filters.FilterSet):
    """Acceptance sheets by contract, instalment and state."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=SheetStatus)

    class Meta:
        model = AcceptanceSheet
        fields: list[str] = []
