"""How letters and digests write days and articles."""

from django import template

from contract import wording
from law.references import printed

register = template.Library()
register.filter("chinese_day", wording.day)
register.filter("article", printed)
register.filter("article_label", wording.article_label)
