"""The data: contracts with 45 people each, their rota and attendance, entered by the services."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from bench import FIRST
from bench.measuring import Taken
from contract.acting import acting
from contract.choices import RunTrigger
from contract.models import Contract
from contract.roles import VENDOR, create_roles
from contract.services import evaluate
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.rules.spans import Span
from staffing.services import attendance, rota
from staffing.services.attendance import AttendanceRow
from staffing.services.rota import RotaRow
from tests.api import client_of
from tests.factories import make_contract, make_team, make_user
from tests.test_permissions import member

PEOPLE = 45
SHIFTS = (Span(0, 480), Span(480, 960), Span(960, 1440))
AWAY = (AttendanceStatus.SICK, AttendanceStatus.LEAVE, AttendanceStatus.ABSENT)
ROWS_AT_ONCE = 16_000


@dataclass
class City:
    """Contracts of a bench; the same data for the same seed."""

    size: int
    days: int
    rounds: int
    seed: int = 12345
    ids: list[int] = field(default_factory=list)
    """Contracts with all their days entered."""
    readers: int = 20
    seconds: float = 6
    """How many read at once in a row about others' waiting, and how long."""
    calls: int = 200_000
    """Of a file of call records."""
    small: dict[str, Taken] = field(default_factory=dict)
    """What was measured before the city had its size."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.last = FIRST + timedelta(days=self.days - 1)
        self.evaluated: set[int] = set()

    def grow(self, size: int) -> None:
        while len(self.ids) < size:
            contract = self.fresh()
            self.fill(contract)
            self.ids.append(contract.pk)

    def fresh(self) -> Contract:
        """A contract with its people, of whom nothing is reported."""
        contract = make_contract(terms={"headcount": PEOPLE}, starts_on=FIRST, ends_on=FIRST + timedelta(days=729))
        make_team(contract, PEOPLE)
        return contract

    def fill(self, contract: Contract) -> None:
        rows = list(self.shifts(contract))
        for first in range(0, len(rows), ROWS_AT_ONCE):
            rota.enter(
                contract=contract,
                rows=rows[first : first + ROWS_AT_ONCE],
                actor=None,
                route=AttendanceRoute.SAMPLE,
                at=noon(self.last),
            )
        self.enter(contract, [FIRST + timedelta(days=n) for n in range(self.days)])

    def people(self, contract: Contract) -> list[int]:
        return list(contract.assignments.order_by("operator_id").values_list("operator_id", flat=True))

    def shifts(self, contract: Contract) -> Iterator[RotaRow]:
        """Three crews round the clock, two days of rest in seven."""
        for place, person in enumerate(self.people(contract)):
            for n in range(self.days):
                if (place + n) % 7 < 5:
                    yield RotaRow(person, FIRST + timedelta(days=n), (SHIFTS[place % 3],))

    def rows(self, contract: Contract, days: list[date]) -> list[AttendanceRow]:
        """What is reported: rest by the rota, away now and then, else on duty."""
        found = []
        for place, person in enumerate(self.people(contract)):
            for day in days:
                status = AttendanceStatus.ON_DUTY if (place + (day - FIRST).days) % 7 < 5 else AttendanceStatus.REST
                if self.random.random() < 0.002:
                    status = self.random.choice(AWAY)
                found.append(AttendanceRow(operator_id=person, day=day, status=status))
        return found

    def enter(self, contract: Contract, days: list[date]) -> None:
        rows = self.rows(contract, days)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            attendance.enter(
                contract=contract,
                rows=rows[first : first + ROWS_AT_ONCE],
                actor=None,
                route=AttendanceRoute.SAMPLE,
                at=noon(days[-1]),
                today=days[-1],
            )

    def another_day(self) -> None:
        """One more day of facts for every contract."""
        self.last += timedelta(days=1)
        for contract in Contract.objects.filter(pk__in=self.ids):
            self.enter(contract, [self.last])

    def evaluate(self, ids: list[int] | None = None) -> Any:
        wanted = self.ids if ids is None else ids
        today = self.last + timedelta(days=1)
        when = {"as_of": today, "today": today, "at": noon(today)}
        found = evaluate(**when, trigger=RunTrigger.SCHEDULE, contract_ids=wanted, keep=False)
        self.evaluated |= set(wanted)
        return found

    def be_evaluated(self) -> None:
        """Whatever was not evaluated yet is."""
        if left := [pk for pk in self.ids if pk not in self.evaluated]:
            self.evaluate(left)

    def part(self, number: int) -> list[int]:
        """The contracts of one round of something that can be done once."""
        each = max(len(self.ids) // self.rounds, 1)
        return self.ids[number * each : (number + 1) * each]

    # --- Who looks ----------------------------------------------------------------------------

    @cached_property
    def contract(self) -> Contract:
        return Contract.objects.select_related("vendor").get(pk=self.ids[0])

    @cached_property
    def vendor(self) -> Any:
        """A client of the API for the HR of the first contract's vendor."""
        return self.vendor_of(self.contract)

    def vendor_of(self, contract: Contract) -> Any:
        create_roles()
        return client_of(member(VENDOR, contract.vendor))

    @cached_property
    def root(self) -> Any:
        """Somebody who sees everything."""
        return make_user(is_staff=True, is_superuser=True)

    # --- References ---------------------------------------------------------------------------

    def query(self, sql: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def scan(self, ids: list[int]) -> list[Any]:
        """The best SQL for the days on post by contract and month, out of the person-days."""
        return self.query(
            f"SELECT contract_id, {_month()}, count(*), sum(CASE WHEN status = 'on_duty' THEN 1 ELSE 0 END) "
            f"FROM staffing_attendance WHERE contract_id BETWEEN %s AND %s GROUP BY 1, 2",
            min(ids),
            max(ids),
        )

    def roll_up(self, ids: list[int]) -> list[Any]:
        """The same out of the daily roll-up."""
        return self.query(
            f"SELECT contract_id, {_month()}, sum(in_place), sum(absent) FROM staffing_staffday "
            f"WHERE contract_id BETWEEN %s AND %s GROUP BY 1, 2",
            min(ids),
            max(ids),
        )


def _month() -> str:
    return "date_trunc('month', day)" if connection.vendor == "postgresql" else "strftime('%%Y-%%m', day)"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def quietly() -> Any:
    """Without the change log, as a scratch database is."""
    return acting(silent=True)
