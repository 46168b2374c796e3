"""What a contract document says about the service: its indicators, each with its target, window and source.

A contract whose document has none begins with those that come with the program, once its first platform is entered.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contract.loading import Loader, known_keys
from contract.models import Contract
from contract.models.base import STANDING
from contract.reference.export import facts
from contract.reference.form import Form
from contract.reference.readers import (
    Group,
    Reader,
    Rows,
    day,
    decimal,
    known,
    matching,
    one_of,
    optional,
    required,
    text,
    text_of,
    whole,
)
from contract.reference.sections import Section, register
from contract.terms import POLICIES
from hotline.choices import Direction, Window
from hotline.figures import terms
from hotline.models import Indicator


def formula() -> Reader:
    """Figures that are added or taken away: "offered - short_abandoned"."""

    def read(value: Any) -> str:
        written = text(200).read(value)
        try:
            terms(written)
        except ValueError as error:
            raise ValueError(_("“%(name)s” is no figure.") % {"name": str(error)[:60]}) from error
        return written

    return Reader(read, {"type": "string", "pattern": r"^\s*\w+(\s*[+-]\s*\w+)*\s*$"})


READING = required(part=formula(), whole=formula()) | optional(reading=text(40))
INDICATOR = required(
    key=matching(r"[a-z0-9_]{1,40}", "answer_in_time"),
    **text_of(Indicator, "title"),
    counted=Rows(Group(READING), least=1),
    window=one_of(*Window.values),
    **text_of(Indicator, "source"),
) | optional(
    **text_of(Indicator, "title_en"),
    policy=known(lambda: {key: row for key, row in POLICIES.items() if row.choices is not None}),
    direction=one_of(*Direction.values),
    floor_percent=decimal(4, least=0, most=100),
    minimum=whole(least=1, most=1_000_000),
    confirmed_on=day(),
    **text_of(Indicator, "confirmation"),
)


def _check(form: Form, data: Mapping[str, Any]) -> None:
    form.once("indicators", [row.get("key") for row in data["indicators"]])
    for position, row in enumerate(data["indicators"]):
        path = f"indicators[{position}]"
        form.once(f"{path}.counted", [one.get("reading", "") for one in row.get("counted", ())])
        if all(name in row for name in ("counted", "window")) and all(
            {"part", "whole"} <= one.keys() for one in row["counted"]
        ):
            try:
                Indicator(**_values(row)).clean()
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.fail(f"{path}.{'counted' if name == 'readings' else name}", " ".join(told))


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is kept: the pairs by the reading that they belong to."""
    pairs = {one.get("reading", ""): [one["part"], one["whole"]] for one in row["counted"]}
    return {name: value for name, value in row.items() if name != "counted"} | {"readings": pairs}


def _write(loader: Loader, contract: Contract, rows: list[dict[str, Any]]) -> None:
    existing = known_keys(Indicator, contract, "key")
    for position, row in enumerate(rows):
        path, values = f"indicators[{position}]", _values(row)
        if (row["key"],) not in existing:
            loader.create(path, Indicator(contract=contract, **values))
        elif (kept := existing[row["key"],]) is not None:
            loader.compare(path, kept, values)


def _export(contract: Contract) -> list[dict[str, Any]]:
    return [_told(row) for row in Indicator.objects.filter(STANDING, contract=contract).order_by("pk")]


def _told(row: Indicator) -> dict[str, Any]:
    pairs = [
        {"part": part, "whole": of} | ({"reading": reading} if reading else {})
        for reading, (part, of) in row.readings.items()
    ]
    found = facts(row, INDICATOR)
    if isinstance(row.floor_percent, Decimal):
        found["floor_percent"] = f"{row.floor_percent.normalize():f}"
    return found | {"counted": pairs}


def _anew(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The indicators of the next contract: what both sides confirmed was for the old one."""
    return [{name: told for name, told in row.items() if not name.startswith("confirm")} for row in rows]


register(Section("indicators", Rows(Group(INDICATOR)), check=_check, write=_write, export=_export, anew=_anew))
