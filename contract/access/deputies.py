"""The right that a deputy holds while a colleague is on leave."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from contract.selectors import delegations
from kit import clock


class DeputyBackend(BaseBackend):
    """Adds the absent colleagues' decisions to what somebody may do; signs nobody in."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if getattr(user_obj, "is_deputy", True) is False:  # read with the user (contract.access.people)
            return set()
        today = clock.today()
        kept = getattr(user_obj, "_lent", None)  # as ModelBackend keeps its own, for this request
        if kept is None or kept[0] != today:
            lent = set().union(*(delegations.lent_by(one.absent) for one in delegations.held_by(user_obj, today)))
            user_obj._lent = kept = (today, lent)
        return kept[1]
