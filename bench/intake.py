"""What it costs to take in attendance."""

import io
import json
import random
import statistics
import time
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from bench import FIRST
from bench.city import PEOPLE, City, noon
from bench.measuring import Cost, Taken, Work, alternate, row
from bench.processes import started
from contract.models import Contract
from staffing.choices import AttendanceRoute
from staffing.models import Attendance, AttendanceBatch
from staffing.services import attendance
from tests.api import V1

COPY = "COPY of the same rows into the same table (SQLite: executemany)"
BULK = 100_000


def copy(rows: list[tuple[Any, ...]]) -> None:
    """The rows into the table, and out again: (contract, day, operator, status, batch)."""
    columns = ("contract_id", "day", "operator_id", "status", "batch_id")
    table = Attendance._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = io.StringIO("".join("\t".join(map(str, line)) + "\n" for line in rows))
            cursor.cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)
        else:
            places = ", ".join("?" * len(columns))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        transaction.set_rollback(True)


def lines(contract: Contract, rows: list[Any]) -> list[tuple[Any, ...]]:
    batch = AttendanceBatch.objects.create(contract=contract, at=noon(FIRST), route=AttendanceRoute.SAMPLE)
    return [(contract.pk, str(row.day), row.operator_id, str(row.status), batch.pk) for row in rows]


def days_of_month() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(31)]


def put(client: Any, contract: Contract, body: str, month: date) -> None:
    url = f"{V1}/contracts/{contract.pk}/attendance/{month:%Y-%m}"
    answer = client.put(url, body, content_type="application/json")
    assert answer.status_code == 200, answer.content[:300]


def body_of(contract: Contract, rows: list[Any]) -> str:
    numbers = dict(contract.assignments.values_list("operator_id", "operator__employee_number"))
    told = [{"employee_number": numbers[r.operator_id], "day": str(r.day), "status": str(r.status)} for r in rows]
    return json.dumps({"rows": told})


@row("intake.month", reference=COPY, goal=3)
def month(city: City) -> Taken:
    """A month of 45 people by HTTP, new each time."""
    days = days_of_month()

    def sides(number: int) -> tuple[Work, Work]:
        contract = city.fresh()
        client, rows = city.vendor_of(contract), city.rows(contract, days)
        body = body_of(contract, rows)
        client.get(f"{V1}/contracts")
        return partial(copy, lines(contract, rows)), partial(put, client, contract, body, days[0])

    return alternate(city.rounds, sides, swap=False)


@row("intake.bulk", reference=COPY, goal=1.5)
def bulk(city: City) -> Taken:
    """Person-days by the service: a city's years, at most 100,000."""
    days = [FIRST + timedelta(days=n) for n in range(city.days)]
    teams = max(min(BULK // (PEOPLE * city.days), len(city.ids)), 1)

    def sides(number: int) -> tuple[Work, Work]:
        contracts = [city.fresh() for _n in range(teams)]
        sets = [(contract, city.rows(contract, days)) for contract in contracts]
        copied = [line for contract, rows in sets for line in lines(contract, rows)]

        def enter() -> None:
            for contract, rows in sets:
                for first in range(0, len(rows), attendance.ROWS_AT_MOST):
                    some = rows[first : first + attendance.ROWS_AT_MOST]
                    attendance.enter(
                        contract=contract, rows=some, actor=None, route="sample", at=noon(days[-1]), today=days[-1]
                    )

        return partial(copy, copied), enter

    return alternate(city.rounds, sides, swap=False)


@row("intake.during_night", reference="the same without a night", goal=2, postgresql=True)
def during_night(city: City) -> Taken:
    """A month sent while all contracts are evaluated: how long the sender waits (the longest of each night)."""
    taken = Taken(unit="ms wall")
    days, toss = days_of_month(), random.Random(city.seed)
    body = [body_of(city.contract, city.rows(city.contract, days)) for _n in range(2)]
    city.be_evaluated()

    def send() -> float:
        began = time.perf_counter()
        put(city.vendor, city.contract, toss.choice(body), days[0])
        return (time.perf_counter() - began) * 1000

    for _number in range(city.rounds):
        city.another_day()
        alone = statistics.median([send() for _n in range(5)])
        with started("evaluate", (city.last.isoformat(), city.ids)) as running:
            longest = 0.0
            while running():
                longest = max(longest, send())
        taken.reference.append(Cost(alone, alone))
        taken.measured.append(Cost(longest, longest))
    city.evaluate()
    return taken
