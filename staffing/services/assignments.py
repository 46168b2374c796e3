"""Assignments: who serves, from when to when, and whose gap they fill."""

from datetime import date
from typing import Any

from django.db import transaction

from contract import records
from staffing.models import Assignment, Gap
from staffing.services.roll_up import settle


@transaction.atomic
def enter(assignment: Assignment, **at: Any) -> Assignment:
    """Put an operator on a contract from a day on; `fills_gap` makes it the gap's backfill."""
    records.lock(assignment)
    if assignment.fills_gap is not None:
        assignment.fills_gap = records.fresh(assignment.fills_gap)
    return _settled(records.enter(assignment, **at))


@transaction.atomic
def correct(assignment: Assignment, **changes: Any) -> Assignment:
    """Correct an assignment that stands, or end it; equal values write nothing.

    `ends_on` is the last day in post, `end_reason` goes with it. A departure opens a gap after it.
    """
    before = records.locked(assignment)
    now = records.correct(assignment, **changes)
    if records.differs(now, before):
        _settled(now, before)
        link_substitute(assignment=now)
    return now


def link_substitute(*, assignment: Assignment) -> None:
    """Who replaces a person on demand fills the gap that the person leaves."""
    gap = assignment.gaps.filter(is_void=False, departed_on__isnull=False, backfill=None).first()
    demand = assignment.replacement_demands.filter(
        replaced_by__isnull=False, replaced_by__fills_gap=None, replaced_by__withdrawn_on=None
    ).first()
    if gap is not None and demand is not None and demand.replaced_by is not None:
        correct(demand.replaced_by, fills_gap=gap)


@transaction.atomic
def withdraw(assignment: Assignment, *, on: date, reason: str) -> Assignment:
    """Withdraw an assignment that was entered by mistake; the gap that it filled is open again."""
    before = records.standing(assignment)
    now = records.withdraw(assignment, on=on, reason=reason, fills_gap=None)
    return _settled(now, before)


def _settled(*versions: Assignment) -> Assignment:
    """Days and gaps of the people whom the versions of an assignment touch."""
    now = versions[0]
    contract = records.lock_contract(now.contract_id)
    gaps = Gap.objects.filter(pk__in=[one.fills_gap_id for one in versions if one.fills_gap_id])
    ends = [one.ends_on for one in versions]
    last = contract.ends_on if None in ends else max(end for end in ends if end is not None)
    operators = {now.operator_id, *gaps.values_list("operator_id", flat=True)}
    settle(contract, operators, min(one.starts_on for one in versions), last)
    return now
