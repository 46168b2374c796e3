"""How documents write the time that something is about."""

from calendar import monthrange
from datetime import date

from django import template

register = template.Library()


@register.simple_tag
def period(start: str | None, end: str | None) -> str:
    """A whole month as 2024年10月, anything else as its first and last day."""
    if not start or not end:
        return ""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    length = monthrange(first.year, first.month)[1]
    if (first.year, first.month, first.day) == (last.year, last.month, 1) and last.day == length:
        return f"{first.year}年{first.month}月"
    return f"{start} 至 {end}"
