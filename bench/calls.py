"""What it costs to read calls as sums: beside a plain loop over the same file, and at ten times the calls."""

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench import FIRST
from bench.city import City
from bench.measuring import Taken, Work, alternate, counted, row
from bench.processes import child
from contract.models import Contract
from hotline.intake.records import read_cdr
from hotline.models import ServiceDay
from hotline.services import figures
from law.periods import BEIJING

TEN_TIMES = 10


@row("intake.calls", reference="a csv loop over the same file", goal=4)
def calls(city: City) -> Taken:
    """So many calls of Master.csv (--calls) taken in: read, added up, and the days written."""
    contract = Contract.objects.get(pk=city.ids[0])
    with written(city.calls, city.days) as path:

        def sides(number: int) -> tuple[Work, Work]:
            ServiceDay.objects.filter(contract=contract).delete()
            return partial(loop, path), partial(take_in, path, contract, city)

        return alternate(city.rounds, sides)


@row("intake.calls_memory", reference="a tenth of the calls", goal=1.5)
def calls_memory(city: City) -> Taken:
    """The peak of a process that reads the calls."""
    found: list[list[float]] = []
    for number in (max(city.calls // TEN_TIMES, 1), city.calls):
        with written(number, city.days) as path:
            found.append([child("calls", str(path))["peak_mb"] for _n in range(city.rounds)])
    return counted(found[0], found[1], "MB")


@contextmanager
def written(number: int, days: int) -> Iterator[Path]:
    """So many calls as Asterisk's Master.csv has them, spread evenly over the days of the city."""
    start = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=BEIJING).timestamp())
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "Master.csv"), io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        with path.open("w") as file:
            for call in range(number):
                writer.writerow(_record(call, start + call * days * 86_400 // number))
                if call % 1000 == 999:
                    file.write(out.getvalue())
                    out.seek(0)
                    out.truncate()
            file.write(out.getvalue())
        yield path


def _record(call: int, at: int) -> list[object]:
    times = [datetime.fromtimestamp(at + more, UTC).strftime("%Y-%m-%d %H:%M:%S") for more in (0, 8, 128)]
    seat = f"PJSIP/{8001 + call % 45}-{call:08x}" if call % 20 else ""
    route = ["", "01000000001", "12345", "from-trunk", "", f"PJSIP/trunk-{call:08x}", seat, "Queue", "rexian,t"]
    return [*route, *times, 128, 120, "ANSWERED", "DOCUMENTATION", f"{at}.{call}", ""]


def loop(path: Path) -> None:
    with path.open() as file:
        for _row in csv.reader(file):
            pass


def take_in(path: Path, contract: Contract, city: City) -> None:
    with path.open() as file:
        read = read_cdr(file, clock="utc")
    assert read.calls == city.calls
    taken = figures.take_in(contract=contract, days=read.days, today=city.last + timedelta(days=1))
    assert taken.result.created == city.days
