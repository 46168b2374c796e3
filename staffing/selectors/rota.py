"""Shifts and the daily duty that they come to, in sets."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from contract.models import Contract
from staffing.models import DutyDay, Shift
from staffing.rules.coverage import DutyFact
from staffing.rules.duty import ShiftFact
from staffing.rules.hours import Worked
from staffing.rules.spans import DAY_MINUTES, span_of


def shifts(contract: Contract, first: date, last: date, operator_ids: Collection[int] | None = None) -> list[ShiftFact]:
    """The live shifts that begin in a span (one query)."""
    rows = Shift.objects.filter(contract=contract, replaced_by__isnull=True, day__range=(first, last))
    if operator_ids is not None:
        rows = rows.filter(operator_id__in=operator_ids)
    return [
        ShiftFact(operator_id, day, span_of(day, starts_at, ends_at, kind))
        for operator_id, day, starts_at, ends_at, kind in rows.order_by().values_list(
            "operator_id", "day", "starts_at", "ends_at", "kind"
        )
    ]


def marks(contract_ids: Collection[int]) -> dict[int, dict[date, str]]:
    """The marks of all days of the roll-up, in their order (one query)."""
    found: dict[int, dict[date, str]] = defaultdict(dict)
    rows = DutyDay.objects.filter(contract_id__in=contract_ids).order_by("contract_id", "day")
    for contract_id, day, mark in rows.values_list("contract_id", "day", "mark"):
        found[contract_id][day] = mark
    return found


def duty(contract_ids: Collection[int], last: date, first: date = date.min) -> dict[int, dict[date, DutyFact]]:
    """Who was on duty by the minute, day by day up to `last` (one query on the roll-up)."""
    found: dict[int, dict[date, DutyFact]] = defaultdict(dict)
    rows = DutyDay.objects.filter(contract_id__in=contract_ids, day__range=(first, last))
    for contract_id, day, planned, loose, steps in rows.order_by().values_list(
        "contract_id", "day", "planned", "loose", "steps"
    ):
        found[contract_id][day] = DutyFact(planned, loose, steps)
    return found


def worked(contract_ids: Collection[int], before: date, first: date = date.min) -> dict[int, Worked]:
    """The minutes that each person worked, day by day from a day and before a day (one query on the roll-up)."""
    found: dict[int, dict[date, dict[str, int]]] = defaultdict(dict)
    rows = DutyDay.objects.filter(contract_id__in=contract_ids, day__gte=first, day__lt=before)
    for contract_id, day, minutes in rows.order_by("day").values_list("contract_id", "day", "worked"):
        found[contract_id][day] = minutes
    return found  # type: ignore[return-value]


def nights(contract_ids: Collection[int], days: frozenset[date]) -> dict[int, Worked]:
    """The minutes after midnight of the shifts that begin on some days, by person (one query)."""
    found: dict[int, dict[date, dict[str, int]]] = defaultdict(dict)
    rows = Shift.objects.filter(contract_id__in=contract_ids, replaced_by__isnull=True, day__in=sorted(days))
    for contract_id, operator_id, day, starts_at, ends_at, kind in rows.order_by().values_list(
        "contract_id", "operator_id", "day", "starts_at", "ends_at", "kind"
    ):
        if (after := span_of(day, starts_at, ends_at, kind).end - DAY_MINUTES) > 0:
            of_day = found[contract_id].setdefault(day, {})
            of_day[str(operator_id)] = of_day.get(str(operator_id), 0) + after
    return found  # type: ignore[return-value]
