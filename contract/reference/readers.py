"""How the values of a contract document are written: each reader also says it in JSON Schema (draft 2020-12).

A reader gives the typed value or raises ValueError with a sentence. `Group` is an object of known
fields, `Rows` a list; a document has no other shapes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from law.identity import is_credit_code, normalise_credit_code

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """Reads one value; `schema` describes what it takes, as far as JSON Schema can say it."""

    read: Callable[[Any], Any]
    schema: Schema | Callable[[], Schema]


@dataclass(frozen=True)
class Field:
    """One field of an object: how its value is read, and whether it must be there."""

    kind: "Reader | Group | Rows"
    required: bool = True


@dataclass(frozen=True)
class Group:
    """An object: {"name": …}. A field that is not named here is an error."""

    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Rows:
    """A list of objects or of single values."""

    of: "Reader | Group"
    least: int = 0


def required(**kinds: Reader | Group | Rows) -> dict[str, Field]:
    return {name: Field(kind) for name, kind in kinds.items()}


def optional(**kinds: Reader | Group | Rows) -> dict[str, Field]:
    return {name: Field(kind, required=False) for name, kind in kinds.items()}


def text(most: int | None = None) -> Reader:
    """A text that is not empty, of at most so many characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(_("must be a text that is not empty"))
        if most is not None and len(value.strip()) > most:
            raise ValueError(
                _("has %(length)d characters, at most %(most)d are taken")
                % {"length": len(value.strip()), "most": most}
            )
        return value.strip()

    return Reader(read, {"type": "string", "pattern": r"\S"} | ({"maxLength": most} if most else {}))


def text_of(model: type[models.Model], *names: str) -> dict[str, Reader]:
    """Texts as long as the columns of a model take them."""
    return {name: text(getattr(model._meta.get_field(name), "max_length", None)) for name in names}


def figure() -> Reader:
    """A written figure: "2091733.33". A bare decimal number would be rounded by JSON readers."""

    def read(value: Any) -> str:
        if isinstance(value, bool | float) or not isinstance(value, str | int):
            raise ValueError(_('must be written in quotation marks, such as "98.5"'))
        return str(value).strip()

    return Reader(read, {"type": ["string", "integer"]})


def decimal(places: int = 2, least: Decimal | int | None = None, most: Decimal | int | None = None) -> Reader:
    """An amount or a share, written in quotation marks: "12.50". At most so many decimal places."""

    def read(value: Any) -> Decimal:
        written = figure().read(value)
        try:
            found = Decimal(written)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not re.fullmatch(r"-?\d+(\.\d+)?", written):
            raise ValueError(_('“%(value)s” is no number; write it as "98.5"') % {"value": written})
        if -int(found.as_tuple().exponent) > places:
            raise ValueError(_("has more than %(places)d decimal places") % {"places": places})
        return _within(found, least, most)

    pattern = rf"^-?\d+(\.\d{{1,{places}}})?$" if places else r"^-?\d+$"
    return Reader(read, {"type": ["string", "integer"], "pattern": pattern})


def whole(least: int | None = None, most: int | None = None) -> Reader:
    """A whole number: 15 or "15"."""
    return Reader(lambda value: int(decimal(0, least, most).read(value)), decimal(0).schema)


def day() -> Reader:
    def read(value: Any) -> date:
        try:
            if len(value) == len("2024-10-01"):
                return date.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        raise ValueError(_('must be a date, such as "2024-10-01"'))

    return Reader(read, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "format": "date"})


def flag() -> Reader:
    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(_("must be true or false"))
        return value

    return Reader(read, {"type": "boolean"})


def matching(pattern: str, example: str) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(_("must be written like %(example)s") % {"example": f'"{example}"'})
        return value

    return Reader(read, {"type": "string", "pattern": f"^({pattern})$"})


def one_of(*choices: str) -> Reader:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(_("must be one of: %(choices)s") % {"choices": ", ".join(choices)})
        return str(value)

    return Reader(read, {"enum": list(choices)})


def known(names: Callable[[], Mapping[str, Any]]) -> Reader:
    """A name that the program knows; `names` is asked when a document is read."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in names():
            return value
        near = get_close_matches(str(value), names(), n=1)
        if near:
            raise ValueError(_("is not known to the program; do you mean “%(near)s”?") % {"near": near[0]})
        raise ValueError(_("is not known to the program; known: %(keys)s") % {"keys": ", ".join(names())})

    return Reader(read, lambda: {"enum": list(names())})


def credit_code() -> Reader:
    def read(value: Any) -> str:
        code = normalise_credit_code(text().read(value))
        if not is_credit_code(code):
            raise ValueError(
                _(
                    "This is no valid unified social credit code: 18 characters of which the "
                    "last is a check character. Compare it with the business licence."
                )
            )
        return code

    return Reader(read, text().schema)


def _within(value: Decimal, least: Decimal | int | None, most: Decimal | int | None) -> Decimal:
    if least is not None and value < least:
        raise ValueError(_("must be at least %(limit)s") % {"limit": least})
    if most is not None and value > most:
        raise ValueError(_("must be at most %(limit)s") % {"limit": most})
    return value
