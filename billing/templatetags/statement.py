"""How the statement writes days, periods and amounts. The document is Chinese."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from contract.templatetags.periods import period

ISO_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", re.ASCII)

register = template.Library()


@register.filter
def yuan(amount: str | None) -> str:
    """522933.33 as 522,933.33."""
    return f"{Decimal(amount):,.2f}" if amount not in (None, "") else "—"


@register.filter
def is_nothing(amount: str) -> bool:
    """Whether no part of an amount is left."""
    return Decimal(amount) <= 0


@register.filter
def number(value: int | str | None) -> str:
    """4140 as 4,140."""
    return f"{Decimal(value):,}" if value not in (None, "") else "—"


@register.filter
def plain(value: Decimal | str) -> str:
    """1.5000 as 1.5, and 100 as 100: never 1E+2."""
    return f"{Decimal(value).normalize():f}"


@register.filter
def day(text: str | None) -> str:
    """2024-10-01 as 2024年10月1日."""
    if not text:
        return "—"
    value = date.fromisoformat(text)
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def days(text: str) -> str:
    """A sentence with its days written as 2024年10月1日."""
    return ISO_DAY.sub(lambda found: day(found[0]), text)


@register.filter
def since(started_by: str) -> str:
    """What a clock of the payment started with, in a document."""
    return SINCE[started_by]


SINCE = {
    "invoice": "收到符合约定的发票",
    "acceptance": "作出验收意见",
    "acceptance_time": "约定的验收期限届满",
    "settlement": "达成书面结算",
    "settlement_confirmed": "双方确认结算",
    "signing": "合同签订",
    "guarantee": "提交履约保证",
    "report": "成果报送经甲方接收",
    "day": "约定的日期",
    "end": "本期届满",
    "service_end": "本期服务期满（起算事由在此之前）",
}


@register.simple_tag
def heading(sheet: Mapping[str, Any], part: str) -> str:
    """The Chinese number of a part of the acceptance sheet, with its comma: parts that it lacks are not counted."""
    shown = [name for name in PARTS if name not in ("scores", "deductions") or sheet.get(name)]
    return f"{'一二三四五六'[shown.index(part)]}、"


PARTS = ("project", "indicators", "scores", "deductions", "group", "opinions")


register.simple_tag(period)
