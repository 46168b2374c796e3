"""What it costs to read calls as sums: beside a plain loop over the same file, and at ten times the calls."""

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.city import City
from bench.measuring import Taken, Work, alternate, counted, row
from bench.processes import child
from hotline.intake.records import read_cdr

CALLS, TEN_TIMES = 200_000, 10
SECONDS_BETWEEN = 15
START = 1_730_649_600


@row("intake.calls", reference="a csv loop over the same file", goal=4)
def calls(city: City) -> Taken:
    """200,000 calls of Master.csv as sums."""
    with written(CALLS) as path:

        def sides(number: int) -> tuple[Work, Work]:
            return partial(loop, path), partial(take_in, path)

        return alternate(city.rounds, sides)


@row("intake.calls_memory", reference="200,000 calls", goal=1.5)
def calls_memory(city: City) -> Taken:
    """The peak of a process that reads two million calls."""
    found: list[list[float]] = []
    for number in (CALLS, CALLS * TEN_TIMES):
        with written(number) as path:
            found.append([child("calls", str(path))["peak_mb"] for _n in range(city.rounds)])
    return counted(found[0], found[1], "MB")


@contextmanager
def written(number: int) -> Iterator[Path]:
    """So many calls as Asterisk's Master.csv has them, one every fifteen seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "Master.csv"), io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        with path.open("w") as file:
            for call in range(number):
                writer.writerow(_record(call))
                if call % 1000 == 999:
                    file.write(out.getvalue())
                    out.seek(0)
                    out.truncate()
            file.write(out.getvalue())
        yield path


def _record(call: int) -> list[object]:
    at = START + call * SECONDS_BETWEEN
    times = [datetime.fromtimestamp(at + more, UTC).strftime("%Y-%m-%d %H:%M:%S") for more in (0, 8, 128)]
    seat = f"PJSIP/{8001 + call % 45}-{call:08x}" if call % 20 else ""
    route = ["", "01000000001", "12345", "from-trunk", "", f"PJSIP/trunk-{call:08x}", seat, "Queue", "rexian,t"]
    return [*route, *times, 128, 120, "ANSWERED", "DOCUMENTATION", f"{at}.{call}", ""]


def loop(path: Path) -> None:
    with path.open() as file:
        for _row in csv.reader(file):
            pass


def take_in(path: Path) -> None:
    with path.open() as file:
        assert read_cdr(file, clock="utc").calls == CALLS
