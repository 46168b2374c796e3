"""Signs of the bundled icon font, as a template tag that every template has: `{% icon "mail" %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign by its name in the font. It adds nothing to what the words beside it say: readers skip it."""
    return format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', name)
