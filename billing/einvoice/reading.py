"""What was read from one source, and how its values are understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from contract.findings import Message

# The tax platform writes up to eight decimals, and 13 for what it has computed.
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")
_DAY = re.compile(r"([0-9]{4})\D?([0-9]{1,2})\D?([0-9]{1,2})(?:\D.*)?|([0-9]{8})[0-9]*")
TEXT_AT_MOST = 200


class Unreadable(Exception):
    """The source is not what it should be; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message.msgid))
        self.message = message


@dataclass(frozen=True)
class Reading:
    """What a source says; None where it says nothing. Amounts in yuan, the rate in per cent."""

    source: str
    kind: str | None = None
    code: str | None = None
    number: str | None = None
    issued_on: date | None = None
    gross: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    vat_rate: Decimal | None = None
    buyer_name: str | None = None
    buyer_credit_code: str | None = None
    seller_name: str | None = None
    seller_credit_code: str | None = None
    seller_bank_account: str | None = None
    items_net: Decimal | None = None
    items_tax: Decimal | None = None
    items: int | None = None
    """How many lines the invoice has, where the source holds them."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was read: a scan, or a file without data."""
        return len(self.written()) == 1

    def written(self) -> dict[str, str]:
        """As JSON values, without what the source does not say."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_written(cls, values: Mapping[str, Any]) -> "Reading":
        """The inverse of `written`."""
        decimals = {"gross", "net", "tax", "vat_rate", "items_net", "items_tax"}
        known = {part.name for part in fields(cls)}
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name in decimals:
                found[name] = Decimal(value)
            elif name == "issued_on":
                found[name] = date.fromisoformat(value)
            elif name == "items":
                found[name] = int(value)
            elif name in known:
                found[name] = str(value)
        return cls(**found)


def text(value: str | None) -> str | None:
    """Without space around, bounded; None for nothing."""
    value = (value or "").strip()
    return value[:TEXT_AT_MOST] or None


def amount(value: str | None) -> Decimal | None:
    """An amount as invoices write it ("¥522,933.33"); None where it is none."""
    plain = re.sub(r"[¥￥,，\s]", "", value or "")[:40]
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None


def day(value: str | None) -> date | None:
    """A day as invoices write it: 2025-01-06, 2025年1月6日, 20250106, with or without a time."""
    match = _DAY.fullmatch((value or "").strip()[:40])
    if match is None:
        return None
    *parts, run = match.groups()
    if run:
        parts = [run[:4], run[4:6], run[6:]]
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def percent(value: str | None) -> Decimal | None:
    """A rate as invoices write it: 0.06, 6%, 6.00%; None for 免税 and the like."""
    plain = (value or "").strip()
    number = amount(plain.rstrip("%％"))
    if number is None or number < 0:
        return None
    return number if plain[-1] in "%％" else number * 100
