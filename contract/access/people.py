"""Whoever a session belongs to, read with what every page asks of them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contract.models import Party
from contract.selectors import delegations
from kit import clock, second_factor


class PeopleBackend(ModelBackend):
    """Django's own; one query tells the person, whether a second factor is theirs, and whether they are a deputy, and
    one more all that they may do."""

    def get_user(self, user_id: Any) -> Any:
        rows = get_user_model()._default_manager.annotate(
            has_device=second_factor.having_device(),
            is_deputy=delegations.holding(clock.today()),
            office_name=_of_office("short_name"),
            office_logo=_of_office("logo"),
        )
        user = rows.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        kept = getattr(user_obj, "_perm_cache", None)  # where Django keeps them, for this request
        if kept is None:
            columns = ("content_type__app_label", "codename")
            own = Permission.objects.filter(user=user_obj).order_by().values_list(*columns)
            rows = own.union(Permission.objects.filter(group__user=user_obj).order_by().values_list(*columns))
            kept = user_obj._perm_cache = {f"{app}.{codename}" for app, codename in rows}
        return kept


def _of_office(field: str) -> Subquery:
    """Of a query for users: a field of the first party that each acts for."""
    return Subquery(Party.objects.filter(memberships__user=OuterRef("pk")).order_by("pk").values(field)[:1])


def office_name(request: HttpRequest) -> str:
    """What stands above the menu: the name that the reader's office gives itself, else the program's."""
    return getattr(request.user, "office_name", None) or _("12345 Hotline")


def office_logo(request: HttpRequest) -> str | None:
    """The logo of the reader's office as a data URL; None leaves the program's sign."""
    return getattr(request.user, "office_logo", None) or None
