"""What is measured; `bench/__main__.py` sets the stage."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command

from contract.acting import acting
from contract.choices import RunTrigger
from contract.models import Contract
from contract.services import evaluate, look
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.services import attendance
from tests.factories import make_contract, make_team

PEOPLE = 45
MONTH = [date(2025, 3, 1) + timedelta(days=n) for n in range(31)]
AT = datetime(2025, 4, 1, 1, tzinfo=UTC)
TODAY = date(2025, 4, 1)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report_month(contract: Contract, status: str) -> None:
    rows = [
        attendance.AttendanceRow(operator_id=operator_id, day=day, status=status)
        for operator_id in contract.assignments.values_list("operator_id", flat=True)
        for day in MONTH
    ]
    attendance.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.SAMPLE, at=AT, today=TODAY)


def compare(what: str, slow: float, fast: float, bound: float) -> bool:
    ratio = slow / fast
    verdict = "ok" if ratio <= bound else "TOO MUCH"
    print(f"{what:<68} {fast:7.3f} s {slow:7.3f} s  ×{ratio:5.1f} (≤ {bound:g})  {verdict}")
    return ratio <= bound


def main() -> int:
    from bench import intake  # which uses what stands above

    call_command("migrate", verbosity=0)
    contracts = [make_contract(terms={"headcount": PEOPLE}) for _number in range(8)]
    for contract in contracts:
        make_team(contract, PEOPLE)
    first = seconds(lambda: report_month(contracts[0], AttendanceStatus.ON_DUTY))
    again = seconds(lambda: report_month(contracts[0], AttendanceStatus.ON_DUTY))
    with acting(silent=True):
        unlogged = seconds(lambda: report_month(contracts[1], AttendanceStatus.ON_DUTY))
    logged = seconds(lambda: report_month(contracts[2], AttendanceStatus.ON_DUTY))
    for contract in contracts[3:]:
        report_month(contract, AttendanceStatus.ON_DUTY)
    one = seconds(lambda: look(as_of=TODAY, contract_ids=[contracts[0].pk]))
    eight = seconds(lambda: look(as_of=TODAY))
    written = seconds(lambda: evaluate(as_of=TODAY, at=AT, trigger=RunTrigger.COMMAND))
    unchanged = seconds(lambda: evaluate(as_of=TODAY, at=AT, trigger=RunTrigger.COMMAND))
    kept = [
        *intake.rows(contracts[0]),
        compare("a month of 45 people with the change log : without it", logged, unlogged, 2),
        compare("the same month of 45 people again : the first time", again, first, 0.5),
        compare("checks on 8 contracts : on 1 contract", eight, one, 10),
        compare("an evaluation that changes nothing : the first one", unchanged, written, 1),
    ]
    return 0 if all(kept) else 1
