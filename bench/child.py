"""A task in a process of its own, on the database of the bench: `python -m bench.child TASK`.

What it is given comes as JSON by standard input; what it says is the last line of its output.
"""

import json
import os
import sys
from datetime import date, timedelta
from typing import Any

import django


def evaluate(given: Any) -> dict[str, float]:
    """A night of some contracts: its peak of memory."""
    from bench.city import noon
    from bench.measuring import peak_mb
    from contract.choices import RunTrigger
    from contract.services import evaluate as run

    last, ids = given
    today = date.fromisoformat(last) + timedelta(days=1)
    run(as_of=today, today=today, at=noon(today), trigger=RunTrigger.COMMAND, contract_ids=ids, keep=False)
    return {"peak_mb": peak_mb()}


def verify(given: Any) -> dict[str, float]:
    """All tables compared with the change log, or those of the rows that the bench enters."""
    from bench.measuring import peak_mb
    from contract.history import services
    from kit import clock

    before = peak_mb()
    _result, problems = services.check(clock.now())
    return {"peak_mb": peak_mb(), "grown_mb": peak_mb() - before, "problems": len(problems)}


def print_statements(given: Any) -> dict[str, float]:
    """Statements printed one after the other: the memory held after the second and after the last."""
    from bench.measuring import resident_mb
    from billing.documents import statement
    from tests.billing.test_pdf import FACTS

    for _n in range(2):
        statement.render(FACTS)
    early = resident_mb()
    for _n in range(int(given)):
        statement.render(FACTS)
    return {"early_mb": early, "late_mb": resident_mb()}


def read_calls(given: Any) -> dict[str, float]:
    """A file of call records as sums: the peak of memory."""
    from bench.measuring import peak_mb
    from hotline.intake.records import read_cdr

    with open(given) as file:
        read_cdr(file, clock="utc")
    return {"peak_mb": peak_mb()}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    task = {"evaluate": evaluate, "verify": verify, "print": print_statements, "calls": read_calls}[sys.argv[1]]
    given = json.load(sys.stdin)
    if "--tell" in sys.argv:
        print("at work", flush=True)
    print(json.dumps(task(given)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
