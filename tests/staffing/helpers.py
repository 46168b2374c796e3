"""Facts for pure rules, and reports of attendance in a line."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contract.batch import ContractFacts
from contract.models import Contract
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue
from staffing.choices import AttendanceStatus
from staffing.models import Assignment, Leave
from staffing.rules.presence import DayCount
from staffing.services import assignments, attendance, leaves
from tests.factories import make_contract, make_team

FIRST, LAST = date(2024, 10, 1), date(2025, 9, 30)
NOON = datetime(2024, 12, 31, 4, tzinfo=UTC)
ON, REST, SICK, LEAVE, ABSENT = (
    AttendanceStatus.ON_DUTY,
    AttendanceStatus.REST,
    AttendanceStatus.SICK,
    AttendanceStatus.LEAVE,
    AttendanceStatus.ABSENT,
)
LETTERS = {"D": ON, "R": REST, "S": SICK, "L": LEAVE, "A": ABSENT}


def facts(
    *,
    starts_on: date = FIRST,
    ends_on: date = LAST,
    terminated_on: date | None = None,
    terms: Mapping[str, Any] | None = None,
    policies: Mapping[str, Any] | None = None,
    later_terms: Iterable[tuple[str, date, Any]] = (),
    later_policies: Iterable[tuple[str, date, Any]] = (),
) -> ContractFacts:
    """A contract as rules see it, in the figures of the reference one."""
    from decimal import Decimal

    values = {"headcount": 45, "on_post_floor_percent": Decimal(98), "backfill_days": 15, "replacement_days": 3} | dict(
        terms or {}
    )
    return ContractFacts(
        pk=1,
        number="T-1",
        title="",
        starts_on=starts_on,
        ends_on=ends_on,
        terminated_on=terminated_on,
        terms=_book(TERMS, values, later_terms, starts_on),
        policies=_book(POLICIES, policies or {}, later_policies, starts_on),
    )


def _book(
    definitions: Mapping[str, Any], values: Mapping[str, Any], later: Iterable[tuple[str, date, Any]], starts_on: date
) -> Book:
    rows = [DatedValue(key, starts_on, value) for key, value in values.items()]
    return Book(definitions, rows + [DatedValue(key, day, value) for key, day, value in later])


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def counts(
    first: date,
    last: date,
    *,
    in_place: int = 45,
    absent: Mapping[date, int] | None = None,
    unreported: Mapping[date, int] | None = None,
    assigned: int = 45,
) -> dict[date, DayCount]:
    """Full days, but for the absences and the missing reports that are named."""
    absent, unreported = absent or {}, unreported or {}
    return {
        day: DayCount(
            in_place=assigned - absent.get(day, 0) - unreported.get(day, 0),
            absent=absent.get(day, 0),
            unreported=unreported.get(day, 0),
        )
        for day in span(first, last)
    }


def report(
    contract: Contract, assignment: Assignment, first: date, letters: str, *, today: date = LAST
) -> attendance.AttendanceResult:
    """Report a person day by day: D on duty, R rest, S sick, L leave, A absent, . nothing."""
    return attendance.enter(
        contract=contract,
        rows=[
            attendance.AttendanceRow(assignment.operator_id, first + timedelta(days=offset), LETTERS[letter])
            for offset, letter in enumerate(letters)
            if letter != "."
        ],
        actor=None,
        route="api",
        at=NOON,
        today=today,
    )


def a_november() -> Contract:
    """Three owed: in November one on leave for four days, one gone on the 15th, one always there."""
    first, last = date(2024, 11, 1), date(2024, 11, 30)
    contract = make_contract(terms={"headcount": 3})
    team = make_team(contract, 3)
    for place, assignment in enumerate(team):
        begun = first if place else date(2024, 11, 5)
        report(contract, assignment, begun, "D" * ((last - begun).days + 1))
    leave = Leave(contract=contract, operator=team[0].operator, kind="personal", reported_at=NOON)
    leave.starts_on, leave.ends_on = first, date(2024, 11, 4)
    leaves.enter(leave)
    assignments.correct(team[2], ends_on=date(2024, 11, 15), end_reason="resignation")
    return contract
