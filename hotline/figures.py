"""The figures that are kept of the service, by their names: of a day (some by the half hour), and of a month.

A figure that a platform does not give is None, never 0: what is not counted is unproven.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

HALVES = 48

# Those that a platform may give by the half hour; the half hour is the one in which the call entered.
BY_HALF_HOUR: Mapping[str, Any] = {
    "offered": _("calls offered"),
    "short_abandoned": _("given up after a few seconds"),
    "answered": _("calls answered"),
    "answered_in_time": _("answered in time"),
    "left_in_time": _("answered or given up in time"),
    "waiting_seconds": _("waiting time (seconds)"),
    "talking_seconds": _("talking time (seconds)"),
}
OF_A_DAY: Mapping[str, Any] = {
    **BY_HALF_HOUR,
    "media_received": _("messages received"),
    "media_in_time": _("messages answered in time"),
    "letters_received": _("letters received"),
    "letters_in_time": _("letters answered in time"),
}
OF_A_MONTH: Mapping[str, Any] = {
    "orders_filed": _("work orders filed"),
    "orders_forwarded_in_time": _("work orders forwarded in time"),
    "orders_due": _("work orders due"),
    "orders_answered_in_time": _("work orders answered in time"),
    "orders_returned": _("work orders returned"),
    "orders_repeated": _("work orders repeated"),
    "solved_at_first_call": _("solved at the first call"),
    "satisfied": _("follow-ups: satisfied"),
    "dissatisfied": _("follow-ups: dissatisfied"),
    "not_reached": _("follow-ups: not reached"),
    "samples": _("quality samples"),
    "samples_passed": _("quality samples passed"),
    "errors_found": _("errors found"),
    "complaints_upheld": _("complaints upheld"),
}
LABELS: Mapping[str, Any] = {**OF_A_DAY, **OF_A_MONTH}

# The part never exceeds the whole: part, whole.
PARTS = (
    ("answered", "offered"),
    ("short_abandoned", "offered"),
    ("answered_in_time", "answered"),
    ("left_in_time", "offered"),
    ("media_in_time", "media_received"),
    ("letters_in_time", "letters_received"),
    ("orders_forwarded_in_time", "orders_filed"),
    ("orders_answered_in_time", "orders_due"),
    ("orders_returned", "orders_filed"),
    ("orders_repeated", "orders_filed"),
    ("samples_passed", "samples"),
)


class BadFormula(ValueError):
    """A formula names no figure."""


def terms(formula: str) -> tuple[tuple[str, int], ...]:
    """ "offered - short_abandoned" as (("offered", 1), ("short_abandoned", -1)). BadFormula for anything else."""
    parts = re.findall(r"([+-]?)\s*(\w+)", formula)
    if not parts or re.sub(r"[+-]?\s*\w+\s*", "", formula).strip():
        raise BadFormula(formula)
    if unknown := [name for _sign, name in parts if name not in LABELS]:
        raise BadFormula(unknown[0])
    return tuple((name, -1 if sign == "-" else 1) for sign, name in parts)


def in_words(formula: str) -> str:
    """A formula as a reader sees it: the names of its figures with their signs."""
    return "".join(f"{' − ' if sign < 0 else ' + '}{LABELS[name]}" for name, sign in terms(formula)).removeprefix(" + ")


def ratio_in_words(pair: Sequence[str]) -> str:
    """What stands over and under the line: "answered in time ÷ (calls offered − given up after a few seconds)"."""
    return " ÷ ".join(f"（{in_words(one)}）" if len(terms(one)) > 1 else in_words(one) for one in pair)


def value(formula: tuple[tuple[str, int], ...], figures: Mapping[str, int | None]) -> int | None:
    """What a formula gives; None where one of its figures is not known."""
    total = 0
    for name, sign in formula:
        known = figures.get(name)
        if known is None:
            return None
        total += sign * known
    return total
