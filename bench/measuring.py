"""What a piece of work costs, and two of them side by side.

CPU is that of this process and of its database backend together: another program on the machine
makes it wait and does not make it dearer. A ratio is that of the medians.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

Work = Callable[[], object]
# A quick reference is repeated until it has taken so long (seconds): a clock has its grain.
LONG_ENOUGH = 0.1
REPEATED_AT_MOST = 200


class Cost(NamedTuple):
    """Of one piece of work: CPU and wall in milliseconds, or a figure of another unit twice."""

    value: float
    wall: float


@dataclass
class Taken:
    """The costs of both sides, run by run. `unit` is "ms" (of CPU), "ms wall", "MB" or "queries"."""

    reference: list[Cost] = field(default_factory=list)
    measured: list[Cost] = field(default_factory=list)
    unit: str = "ms"


@dataclass(frozen=True)
class Row:
    """A line of the table: `goal` is the ratio that shall not be passed (None: there is none)."""

    id: str
    reference: str
    goal: float | None
    function: Callable[[Any], Taken]
    postgresql: bool = False
    """Says nothing on SQLite, which has one writer and no server."""


rows: dict[str, Row] = {}


def row(id: str, *, reference: str, goal: float | None, postgresql: bool = False) -> Callable[[Any], Any]:
    """Register what a function measures of a city (bench/city.py)."""

    def decorate(function: Callable[[Any], Taken]) -> Callable[[Any], Taken]:
        rows[id] = Row(id, reference, goal, function, postgresql)
        return function

    return decorate


def backend() -> float:
    """Seconds of CPU of the database backend so far; 0 where it is this process or on another machine."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def cost(work: Work) -> Cost:
    """What a piece of work costs once."""
    behind, began, cpu = backend(), time.perf_counter(), time.process_time()
    work()
    wall = time.perf_counter() - began
    return Cost((time.process_time() - cpu + backend() - behind) * 1000, wall * 1000)


def often(work: Work) -> Cost:
    """What a piece of work that changes nothing costs, on the average of enough runs."""
    work()  # what is loaded once
    found: list[Cost] = []
    until = time.perf_counter() + LONG_ENOUGH
    while len(found) < REPEATED_AT_MOST and (not found or time.perf_counter() < until):
        found.append(cost(work))
    return Cost(statistics.fmean(c.value for c in found), statistics.fmean(c.wall for c in found))


def alternate(rounds: int, sides: Callable[[int], tuple[Work, Work]], *, swap: bool = True) -> Taken:
    """Both sides turn by turn: `sides` prepares a round (its number) and gives the reference and what is measured.

    The order changes with each round, unless the reference can only be done before (`swap`).
    """
    taken = Taken()
    for number in range(rounds):
        reference, measured = sides(number)
        later = swap and number % 2
        if later:
            taken.measured.append(cost(measured))
        taken.reference.append(often(reference))
        if not later:
            taken.measured.append(cost(measured))
    return taken


def counted(reference: list[float], measured: list[float], unit: str) -> Taken:
    """Figures that are no times."""
    return Taken([Cost(x, 0) for x in reference], [Cost(x, 0) for x in measured], unit)


def median(costs: list[Cost]) -> float:
    return statistics.median(c.value for c in costs)


def peak_mb() -> float:
    """The most memory that this process has held (`ru_maxrss` would count what its parent held at the start)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def resident_mb() -> float:
    """What it holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def told(row: Row, taken: Taken) -> dict[str, Any]:
    """A row as JSON has it: the ratio with its least and its most, and both sides."""
    reference, measured = median(taken.reference), median(taken.measured)
    ratios = [m.value / reference for m in taken.measured] if reference else [0.0]
    ratio = measured / reference if reference else 0.0
    return {
        "id": row.id,
        "ratio": round(ratio, 3),
        "ratio_min": round(min(ratios), 3),
        "ratio_max": round(max(ratios), 3),
        "goal": row.goal,
        "met": row.goal is None or ratio <= row.goal,
        "reference": row.reference,
        "unit": taken.unit,
        "median": round(measured, 2),
        "reference_median": round(reference, 2),
        "wall_median_ms": round(statistics.median(c.wall for c in taken.measured), 2),
        "runs": len(taken.measured),
    }
