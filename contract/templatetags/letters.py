"""How letters and digests write days."""

from django import template

from contract import wording

register = template.Library()
register.filter("chinese_day", wording.day)
