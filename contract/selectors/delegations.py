"""Which decisions somebody may take for a colleague on leave."""

from datetime import date
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef, QuerySet

from contract.models import Delegation

DECISIONS = frozenset(
    {"contract.change_review", "contract.change_excuse", "billing.change_claimstep", "billing.change_paymentexception"}
)
"""What a deputy may be lent: the second person's decisions."""


def held_by(user: Any, day: date) -> list[Delegation]:
    """The delegations to somebody that hold on a day (one query)."""
    return list(_holding(day).filter(deputy_id=user.pk).select_related("absent"))


def holding(day: date) -> Exists:
    """Of a query for users: whether each is somebody's deputy on a day."""
    return Exists(_holding(day).filter(deputy=OuterRef("pk")))


def lent_by(absent: Any) -> set[str]:
    """What somebody has to lend now, by rights of their own: nothing is lent on."""
    return set(DECISIONS & ModelBackend().get_all_permissions(absent))


def _holding(day: date) -> QuerySet[Delegation]:
    return Delegation.objects.filter(starts_on__lte=day, ends_on__gte=day, withdrawn_on__isnull=True)
