"""Assignments: who serves, from when to when, and whose gap they fill."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from staffing.models import Assignment, Gap, Operator, Post
from staffing.services.locks import apply, fresh, lock_contract, lock_operator, save
from staffing.services.roll_up import settle

ASSIGNMENT_FIELDS = frozenset(
    {"post", "place", "starts_on", "ends_on", "end_reason", "notice_on", "fills_gap", "consent_ref", "consented_on"}
)


def assign(
    *,
    contract: Contract,
    operator: Operator,
    starts_on: date,
    post: Post | None = None,
    place: str = "",
    ends_on: date | None = None,
    end_reason: str = "",
    fills_gap: Gap | None = None,
    consent_ref: str = "",
    consented_on: date | None = None,
) -> Assignment:
    """Put an operator on a contract from a day on; `fills_gap` makes it the gap's backfill."""
    with transaction.atomic():
        contract = lock_contract(contract.pk)
        assignment = Assignment(
            contract=contract,
            operator=lock_operator(operator.pk),
            post=post,
            place=place,
            starts_on=starts_on,
            ends_on=ends_on,
            end_reason=end_reason,
            fills_gap=fresh(fills_gap) if fills_gap else None,
            consent_ref=consent_ref,
            consented_on=consented_on,
        )
        save(assignment)
        _settle(contract, assignment)
    return assignment


def end_assignment(
    *,
    assignment: Assignment,
    ends_on: date,
    end_reason: str,
    notice_on: date | None = None,
    consent_ref: str = "",
    consented_on: date | None = None,
) -> Assignment:
    """End an assignment; `ends_on` is the last day in post. A departure opens a gap after it."""
    changes: dict[str, Any] = {"ends_on": ends_on, "end_reason": end_reason}
    optional = {"notice_on": notice_on, "consent_ref": consent_ref, "consented_on": consented_on}
    changes |= {name: value for name, value in optional.items() if value}
    return correct_assignment(assignment=assignment, **changes)


def correct_assignment(*, assignment: Assignment, **changes: Any) -> Assignment:
    """Correct an assignment (fields of `ASSIGNMENT_FIELDS`); equal values write nothing."""
    with transaction.atomic():
        contract = lock_contract(assignment.contract_id)
        lock_operator(assignment.operator_id)
        current, before = fresh(assignment), fresh(assignment)
        _require_live(current)
        if apply(current, ASSIGNMENT_FIELDS, changes):
            save(current)
            _settle(contract, current, before)
            link_substitute(assignment=current)
    return current


def link_substitute(*, assignment: Assignment) -> None:
    """Who replaces a person on demand (article 12.2) fills the gap that the person leaves."""
    gap = assignment.gaps.filter(is_void=False, departed_on__isnull=False, backfill=None).first()
    demand = assignment.replacement_demands.filter(
        replaced_by__isnull=False, replaced_by__fills_gap=None, replaced_by__withdrawn_on=None
    ).first()
    if gap is not None and demand is not None and demand.replaced_by is not None:
        correct_assignment(assignment=demand.replaced_by, fills_gap=gap)


def withdraw_assignment(*, assignment: Assignment, on: date, reason: str) -> Assignment:
    """Take back an assignment that was entered by mistake; it stays readable and counts no more."""
    with transaction.atomic():
        contract = lock_contract(assignment.contract_id)
        current, before = fresh(assignment), fresh(assignment)
        _require_live(current)
        if not reason.strip():
            raise ValidationError({"withdrawal_reason": _("State the reason.")})
        current.withdrawn_on, current.withdrawal_reason = on, reason.strip()
        current.fills_gap = None
        save(current)
        _settle(contract, current, before)
    return current


def _require_live(assignment: Assignment) -> None:
    if assignment.withdrawn_on is not None:
        raise ValidationError(
            _("This assignment was withdrawn on %(day)s; enter a new one.") % {"day": assignment.withdrawn_on}
        )


def _settle(contract: Contract, now: Assignment, before: Assignment | None = None) -> None:
    """Days and gaps of the people whom the change touches."""
    versions = [now] if before is None else [now, before]
    gaps = Gap.objects.filter(pk__in=[v.fills_gap_id for v in versions if v.fills_gap_id])
    operators = {now.operator_id, *gaps.values_list("operator_id", flat=True)}
    first = min(version.starts_on for version in versions)
    ends = [version.ends_on for version in versions]
    last = contract.ends_on if None in ends else max(end for end in ends if end is not None)
    settle(contract, operators, first, last)
