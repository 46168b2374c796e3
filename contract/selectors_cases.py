"""Reads of the cases: which alerts are breaches, and what both sides said about them."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from contract.choices import Decision
from contract.models import Alert, Review


def breaches(contract_ids: Iterable[int]) -> QuerySet[Alert]:
    """The alerts whose last approved review confirms them: only so does a breach exist.

    Closed or open again, it stays a breach until another review corrects it.
    """
    last = (
        Review.objects.filter(alert=OuterRef("pk"), is_approved=True)
        .order_by("-pk")
        .values("decision")[:1]
    )
    return (
        Alert.objects.filter(contract_id__in=list(contract_ids))
        .annotate(last_decision=Subquery(last))
        .filter(last_decision=Decision.CONFIRM)
        .select_related("assessment", "contract")
        .order_by("pk")
    )
