"""How documents in Chinese write days and articles. Pure."""

import re
from datetime import date

from django.utils.translation import gettext

from law.references import contract_article, is_bare

HEADING = re.compile(r"第[^条]+条|[^.．、（(－—-]+")
ISO_DAY = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b", re.ASCII)


def day(value: date | str | None) -> str:
    """2024-10-01 as 2024年10月1日; empty for none."""
    if not value:
        return ""
    day_ = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day_.year}年{day_.month}月{day_.day}日"


def days(text: str) -> str:
    """A sentence with its ISO days written as 2024年10月1日."""
    return ISO_DAY.sub(lambda found: day(found[0]), text)


def span(first: str | None, last: str | None) -> str:
    """2024年10月1日至10月31日, as a document writes it."""
    if not first or not last:
        return ""
    if first == last:
        return day(first)
    begin, end = day(first), day(last)
    year = begin[:5]
    return f"{begin}至{end.removeprefix(year) if end.startswith(year) else end}"


def article(ref: str) -> str:
    """13.4 as 合同第13.4条, 附件2-3 as 合同附件2-3; 合同 alone where no clause is known."""
    return contract_article(ref).label() if ref else "合同"


def article_label(ref: str) -> str:
    """An article in the reader's language: 第13.4条, Article 13.4; one that is no bare number as it stands."""
    return gettext("Article %(ref)s") % {"ref": ref} if is_bare(ref) else ref


def heading(ref: str) -> str:
    """The article that a clause stands under: 13 of 13.4, 二 of 二、（一）2, 附件2 of 附件2-3."""
    found = HEADING.match(ref)
    return found[0] if found else ref
