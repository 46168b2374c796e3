"""What a night need not look at again: findings that stand, and how long (docs/decisions/0047).

Of each contract and check it is kept until which day nothing changes by itself (contract/rules/foresight.py), on which
tables the findings rest, and how many entries the change log had of those when the facts were read. Where the
day has not come and not one entry was added, the check would find the same again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from django.db import connection

from contract.batch import Batch, RunResult
from contract.models import Standing
from contract.models.base import watched
from contract.rules.foresight import Watch
from contract.version import rules_version

Seen = tuple[Mapping[str, int], Mapping[str, int]]
"""How many entries the log has by record type: of a contract, and of no contract."""
ALL = ""
"""Among the checks of a contract: what all of them rest on."""
ANY = "*"
NEVER = ""
# What an evaluation writes itself. A check that reads one of these has it among its own tables.
ITS_OWN = frozenset(
    f"contract.{name}" for name in ("EvaluationRun", "RulesVersion", "Assessment", "Alert", "AlertEvent")
)
# Days outside our own sources decide as well: those of the libraries.
LIBRARIES = ("chinesecalendar", "holidays")
TABLE = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass
class Kept:
    """What stands of a contract: the checks that need not be looked at, as they were kept; `whole`: none is left."""

    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    whole: bool = False


def kept(ids: Collection[int], as_of: date, seen: Mapping[int, Seen]) -> dict[int, Kept]:
    """What stands as of a day of these contracts, with the log as it is now (one query)."""
    found = {}
    for row in Standing.objects.filter(contract_id__in=ids, rules=_rules(), as_of__lte=as_of):
        changed = _changed(row.seen["own"], seen[row.contract_id][0])
        changed |= _changed(row.seen["shared"], seen[row.contract_id][1])
        if not changed <= ITS_OWN:
            changed.add(ANY)
        day = as_of.isoformat()
        checks = {
            check_id: one
            for check_id, one in row.checks.items()
            if (one["until"] is None or one["until"] >= day) and changed.isdisjoint(one["reads"])
        }
        if ALL in checks:
            found[row.contract_id] = Kept(checks, whole=len(checks) == len(row.checks))
    return found


def left(found: Mapping[int, Kept]) -> frozenset[tuple[int, str]]:
    """The contracts and checks that are not looked at."""
    return frozenset((pk, check_id) for pk, one in found.items() for check_id in one.checks)


def counts(found: Iterable[Kept]) -> Counter[str]:
    """The findings that stand, by outcome."""
    total: Counter[str] = Counter()
    for one in found:
        for check in one.checks.values():
            total.update(check["counts"])
    return total


@contextmanager
def watching(as_of: date) -> Iterator[Watch]:
    """Note what is asked of the day, and which tables are read."""
    watch = Watch(as_of)

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        watch.reads(set(TABLE.findall(sql)))
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield watch


def keep(batch: Batch, result: RunResult, watch: Watch, seen: Mapping[int, Seen], before: Mapping[int, Kept]) -> None:
    """Keep how far these findings stand, and what stood before them (one query).

    `seen` is the log as it was before the facts were read.
    """
    outcomes: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for finding in result.findings:
        outcomes[finding.contract_id, finding.check_id][str(finding.outcome)] += 1
    rows = []
    for contract in batch.contracts:
        pk = contract.pk
        checks = dict(before[pk].checks) if pk in before else {}
        for check_id in (ALL, *contract.obligations):
            if (pk, check_id) not in batch.left:
                crashed = (pk, check_id) in result.errors
                checks[check_id] = {
                    "until": NEVER if crashed else _text(watch.last_day(pk, check_id)),
                    "reads": sorted(_types(frozenset(watch.read_by(pk, check_id)))),
                    "counts": dict(outcomes[pk, check_id]),
                }
        own, shared = seen[pk]
        rows.append(
            Standing(
                contract_id=pk,
                as_of=watch.today,
                rules=_rules(),
                seen={"own": dict(own), "shared": dict(shared)},
                checks=checks,
            )
        )
    fields = ["as_of", "rules", "seen", "checks"]
    Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["contract"], update_fields=fields)


def look_again(contract_ids: Iterable[int] | None = None) -> None:
    """Nothing stands of these contracts (None: of all): where something was written that the log does not tell."""
    rows = Standing.objects.all()
    (rows if contract_ids is None else rows.filter(contract_id__in=list(contract_ids))).delete()


def _changed(then: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    return {name for name in {*then, *now} if then.get(name) != now.get(name)}


def _text(last: date) -> str | None:
    return None if last == date.max else last.isoformat()


@lru_cache(maxsize=512)
def _types(tables: frozenset[str]) -> frozenset[str]:
    """The record types of tables in the log; a table that is not logged follows from any record."""
    logged = {model._meta.db_table: label for label, model in watched().items()}
    return frozenset(logged.get(table, ANY) for table in tables)


@lru_cache
def _rules() -> str:
    return " ".join([rules_version(), *(version(name) for name in LIBRARIES)])
