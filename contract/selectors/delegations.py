"""Which decisions somebody may take for a colleague on leave."""

from datetime import date
from typing import Any

from django.contrib.auth.backends import ModelBackend

from contract.models import Delegation

DECISIONS = frozenset(
    {"contract.change_review", "contract.change_excuse", "billing.change_claimstep", "billing.change_paymentexception"}
)
"""What a deputy may be lent: the second person's decisions."""


def held_by(user: Any, day: date) -> list[Delegation]:
    """The delegations to somebody that hold on a day (one query)."""
    return list(
        Delegation.objects.filter(
            deputy_id=user.pk, starts_on__lte=day, ends_on__gte=day, withdrawn_on__isnull=True
        ).select_related("absent")
    )


def lent_by(absent: Any) -> set[str]:
    """What somebody has to lend now, by rights of their own: nothing is lent on."""
    return set(DECISIONS & ModelBackend().get_all_permissions(absent))
