"""Whoever a session belongs to, read with what every page asks of them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from contract.selectors import delegations
from kit import clock, second_factor


class PeopleBackend(ModelBackend):
    """Django's own; one query tells the person, whether a second factor is theirs, and whether they are a deputy."""

    def get_user(self, user_id: Any) -> Any:
        rows = get_user_model()._default_manager.annotate(
            has_device=second_factor.having_device(), is_deputy=delegations.holding(clock.today())
        )
        user = rows.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
