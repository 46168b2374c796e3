"""What a figure is: key, type, unit, check and wording; how it is written, read and shown."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.terms import hours

# 2,091,733.33 as contracts print it; a comma anywhere else is no number.
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
DAYS_OF = re.compile(r"([^=,，;；\s][^=]*?)\s*=\s*(\d+)\s*(?:[,，;；]\s*|$)")
OTHERS = ("*", "其余", "其余各项")


def _digits(text: str) -> str:
    """Digits as people write them: with thousands, in full width."""
    text = unicodedata.normalize("NFKC", text)
    return text.replace(",", "") if THOUSANDS.fullmatch(text) else text


def _integer(text: str) -> int:
    return int(_digits(text))


def _decimal(text: str) -> Decimal:
    text = _digits(text)
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    return {"true": True, "false": False, "是": True, "否": False}[text]


def _days_by_check(text: str) -> dict[str, int]:
    """ "staffing.replacement=1, *=3": days for checks by their ids or titles, `*` for all the others."""
    known = {registry.title(one): one for one in registry.checks()} | dict.fromkeys(OTHERS, "*")
    found: dict[str, int] = {}
    while text:
        part = DAYS_OF.match(text)
        if part is None:
            raise ValueError(text)
        name, days = known.get(part[1], part[1]), int(part[2])
        if name in found or days > MOST_DAYS:
            raise ValueError(part[0])
        found[name] = days
        text = text[part.end() :]
    if not found:
        raise ValueError(text)
    return found


def _by_title(days: Mapping[str, int]) -> str:
    """The days with the checks' titles, for a reader."""
    titles = {name: registry.title(name) for name in days} | {"*": gettext("all others")}
    return gettext("; ").join(f"{titles[name]} {number}" for name, number in days.items())


# A lead longer than a year says nothing.
MOST_DAYS = 366
WRITTEN_LIKE = {
    "integer": "15",
    "decimal": "98.5",
    "money": "2091733.33",
    "boolean": "true",
    "days_by_check": "staffing.replacement=1, *=3",
    "hours": "08:30-12:00, 14:00-17:30",
    "bands": "08:00-20:00=6, 20:00-08:00=2",
}
# What a contract says where it agrees on no such figure at all.
NONE = "none"

PARSERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "decimal": _decimal,
    "money": _decimal,
    "boolean": _boolean,
    "choice": str,
    "text": str,
    "days_by_check": _days_by_check,
    "hours": hours.read_hours,
    "bands": hours.read_bands,
}


@dataclass(frozen=True)
class Definition:
    """What a key means: its type, unit and, for a policy, its default and choices.

    `check` is the check that reads it: the clause that carries that check is where the contract speaks of it.
    Where `may_be_none`, a contract can say that it agrees on none; the value is None then.
    """

    key: str
    kind: str
    label: Any
    check: str
    unit: Any = ""
    default: Any = None
    choices: Mapping[str, Any] | None = None
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    help: Any = ""
    may_be_none: bool = False

    def parse(self, text: str) -> Any:
        """The typed value of its written form; ValueError says what is wrong and what is right."""
        if self.may_be_none and text.strip().lower() in (NONE, "无"):
            return None
        try:
            value = PARSERS[self.kind](text.strip())
        except (ValueError, KeyError):
            raise ValueError(
                gettext("“%(value)s” is not a value here. Write it like “%(form)s”.")
                % {"value": text[:40], "form": self._example()}
            ) from None
        if self.choices is not None and value not in self.choices:
            raise ValueError(
                gettext("“%(value)s” is not one of: %(choices)s") % {"value": text, "choices": ", ".join(self.choices)}
            )
        if self.minimum is not None and value < self.minimum:
            raise ValueError(gettext("must be at least %(limit)s") % {"limit": self.minimum})
        if self.maximum is not None and value > self.maximum:
            raise ValueError(gettext("must be at most %(limit)s") % {"limit": self.maximum})
        return value

    def _example(self) -> str:
        if self.kind == "days_by_check":
            return f"{registry.title('staffing.replacement')}=1; {OTHERS[1]}=3"
        return str(_("Yes")) if self.kind == "boolean" else WRITTEN_LIKE[self.kind]

    def write(self, value: Any) -> str:
        """The written form that `parse` reads back."""
        if value is None:
            return NONE
        if isinstance(value, tuple):
            return hours.written(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Mapping):
            return ", ".join(f"{name}={days}" for name, days in value.items())
        return str(value)

    def typed(self, value: Any) -> str:
        """The written form as a person types it: checks by their titles."""
        if isinstance(value, Mapping):
            titles = {name: registry.title(name) for name in value} | {"*": OTHERS[1]}
            return "; ".join(f"{titles[name]}={days}" for name, days in value.items())
        return self.write(value)

    def display(self, value: Any) -> str:
        """The value as a person reads it, with its unit."""
        if value is None:
            return gettext("none agreed")
        if isinstance(value, tuple):
            return hours.written(value)
        if self.choices is not None:
            return str(self.choices.get(value, value))
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, Mapping):
            return _by_title(value)
        return f"{value:,} {self.unit}".strip() if self.kind != "text" else str(value)


def index(*definitions: Definition) -> dict[str, Definition]:
    return {definition.key: definition for definition in definitions}


PEOPLE, DAYS, MONTHS, PERCENT, YUAN, YEARS = (_("people"), _("days"), _("months"), "%", _("yuan"), _("years"))
