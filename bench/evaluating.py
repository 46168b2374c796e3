"""What a night costs: all checks on all contracts, and what it takes where nothing has changed."""

from functools import partial

from bench.city import City
from bench.measuring import Taken, Work, alternate, counted, row
from bench.processes import child
from contract import selectors
from contract.batch import run_checks

SCAN = "the SQL that scans the person-days by contract and month"


@row("evaluate.first", reference=SCAN, goal=10)
def first(city: City) -> Taken:
    """All checks for the first time; every contract can be first once."""
    parts = [ids for n in range(city.rounds) if (ids := [pk for pk in city.part(n) if pk not in city.evaluated])]
    return alternate(len(parts), lambda n: (partial(city.scan, parts[n]), partial(city.evaluate, parts[n])))


@row("evaluate.unchanged", reference=SCAN, goal=0.1)
def unchanged(city: City) -> Taken:
    city.be_evaluated()
    city.evaluate()  # what the first one has written itself is looked at once more
    return alternate(city.rounds, lambda n: (partial(city.scan, city.ids), city.evaluate))


@row("evaluate.night", reference=SCAN, goal=1)
def night(city: City) -> Taken:
    """The next day: its facts have come for every contract."""

    def sides(number: int) -> tuple[Work, Work]:
        city.another_day()
        return partial(city.scan, city.ids), partial(city.evaluate)

    city.be_evaluated()
    return alternate(city.rounds, sides)


@row("evaluate.on_post", reference="the SQL that sums the daily roll-up by month", goal=3)
def on_post(city: City) -> Taken:
    def check() -> object:
        return run_checks(selectors.batch(city.ids, city.last), only=["staffing.on_post_rate"])

    check()
    return alternate(city.rounds, lambda n: (partial(city.roll_up, city.ids), check))


@row("evaluate.memory", reference="a tenth of the contracts", goal=1.2)
def memory(city: City) -> Taken:
    """The most that a process holds which evaluates everything."""
    city.be_evaluated()
    few = city.ids[: max(len(city.ids) // 10, 1)]
    taken = counted([], [], "MB")
    for _number in range(city.rounds):
        city.another_day()
        for ids, side in ((city.ids, taken.measured), (few, taken.reference)):
            figures = child("evaluate", (city.last.isoformat(), ids))
            side += counted([], [figures["peak_mb"]], "MB").measured
    return taken
