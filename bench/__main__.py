"""`manage.py bench`: ratios measured side by side in one run (docs/performance.md).

Absolute times depend on the machine; a ratio tells whether work costs what it should and grows as it
should. In a database of its own beside the one that DATABASE_URL names (SQLite: in a folder that
goes at the end). A goal that is not met ends with exit code 1 where --strict is given.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str]) -> int:
    options = asked(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{tempfile.mkdtemp()}/bench.sqlite3")
    from bench import FIRST

    os.environ["BENCH_DAY"] = str(FIRST + timedelta(days=options.days + 30))
    import django

    django.setup()
    with database():
        found = measure(options)
    return int(options.strict and not all(row["met"] for row in found))


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument(
        "--contracts",
        type=_sizes,
        default=[10],
        metavar="N[,N…]",
        help="of 45 people each (10); of several sizes one after the other, in one database that grows",
    )
    parser.add_argument("--days", type=_positive, default=92, metavar="D", help="of facts, at most 365 (92)")
    parser.add_argument("--rounds", type=_positive, default=3, metavar="R", help="runs of each side (3)")
    parser.add_argument("--calls", type=_positive, default=200_000, metavar="N", help="of a call-record file (200000)")
    parser.add_argument("--rows", default="", metavar="ID,…", help="only these rows; “list” names them")
    parser.add_argument("--json", default="", metavar="FILE", help="write the rows there too")
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a goal is not met")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[int]:
    return sorted({_positive(part) for part in text.split(",")})


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("1 at least")
    return number


class database:
    """A database of the bench's own, with its tables."""

    def __enter__(self) -> None:
        from django.db import connection

        name = connection.settings_dict["NAME"]
        in_file = str(Path(tempfile.mkdtemp()) / "bench.sqlite3")
        connection.settings_dict["TEST"]["NAME"] = in_file if connection.vendor == "sqlite" else f"bench_{name}"
        self.old = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)

    def __exit__(self, *args: object) -> None:
        from django.db import connection

        connection.creation.destroy_test_db(self.old, verbosity=0)


def measure(options: argparse.Namespace, **changes: Any) -> list[dict[str, Any]]:
    """The rows that are asked for, size by size, printed as they are measured. Raises SystemExit for an unknown row."""
    from django.db import connection

    from bench import calls, evaluating, hostile, intake, pages  # noqa: F401  # they register their rows
    from bench.city import City
    from bench.measuring import rows

    wanted = [name for name in options.rows.split(",") if name] or list(rows)
    if unknown := [name for name in wanted if name not in rows]:
        raise SystemExit(f"no such row: {', '.join(unknown)}. Known: {', '.join(rows)}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # what a helper of the backend does is not in its account
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    first = options.contracts[0]
    city = City(first, min(options.days, 365), options.rounds, calls=options.calls, **changes)
    city.grow(max(first // 10, 1))
    for name in wanted:
        if name in pages.SMALL:
            city.small[name] = pages.SMALL[name](city)
    found = [line for size in options.contracts for line in _of_size(city, size, wanted)]
    if options.json:
        facts = {"contracts": len(city.ids), "days": city.days, "engine": connection.vendor, "rows": found}
        Path(options.json).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return found


def _of_size(city: Any, size: int, wanted: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of a city that has grown to its size."""
    from django.db import connection

    from bench.measuring import rows, told

    city.size = size
    city.grow(size)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"{connection.vendor}, {size} contracts × 45 people × {city.days} days, {city.rounds} rounds")
    print(f"{'row':<24}{'ratio':>9}{'least':>9}{'most':>9}{'goal':>8}  {'measured':>12}{'reference':>12}")
    for name in wanted:
        if rows[name].postgresql and connection.vendor != "postgresql":
            print(f"{name:<24}  only on PostgreSQL")
            continue
        line = {"contracts": size, **told(rows[name], rows[name].function(city))}
        goal = "–" if line["goal"] is None else f"{line['goal']:g}"
        missed = "" if line["met"] else "  MISSED"
        print(
            f"{name:<24}{line['ratio']:9.2f}{line['ratio_min']:9.2f}{line['ratio_max']:9.2f}{goal:>8}"
            f"  {line['median']:12.1f}{line['reference_median']:12.1f} {line['unit']}{missed}",
            flush=True,
        )
        yield line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
