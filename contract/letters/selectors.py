"""Reads of letters."""

from collections.abc import Iterable

from django.db.models import QuerySet

from contract.letters.models import Notice


def unacknowledged(contract_ids: Iterable[int]) -> QuerySet[Notice]:
    """Letters of these contracts that stand and have not arrived, the oldest first, without facts."""
    rows = Notice.objects.filter(contract_id__in=list(contract_ids), arrivals__isnull=True, corrected_by__isnull=True)
    return rows.defer("facts").order_by("issued_on", "pk")
