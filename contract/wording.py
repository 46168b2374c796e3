"""How documents in Chinese write days and articles. Pure."""

import re
from datetime import date

from law.references import contract_article

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
    """13.4 as 合同第13条第4款."""
    return contract_article(ref).label()
