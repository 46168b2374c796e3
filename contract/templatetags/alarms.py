"""The red banner that stands on every page while something is silent."""

from typing import Any

from django import template

from contract.alarms import lately
from kit import clock

register = template.Library()


@register.inclusion_tag("admin/alarms.html", takes_context=True)
def alarms(context: dict[str, Any]) -> dict[str, Any]:
    """The alarms that stand, for whoever is signed in, works here and may read of it."""
    user: Any = getattr(context.get("request"), "user", None)
    if not getattr(user, "is_staff", False):
        return {"alarms": []}
    told = lately(clock.now(), clock.today())
    return {"alarms": [alarm for alarm in told if not alarm.readers or any(map(user.has_perm, alarm.readers))]}
