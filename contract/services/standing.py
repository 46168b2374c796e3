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
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q

from contract.batch import Batch, Memory, RunResult
from contract.models import MonthMemo, Standing
from contract.models.base import watched
from contract.rules.foresight import Watch
from contract.version import rules_version

Seen = tuple[Mapping[str, int], Mapping[str, int]]
"""How many entries the log has by record type: of a contract, and of no contract."""
ALL = ""
"""Among the checks of a contract: what all of them rest on."""
ANY = "*"
MEMO = ("contract_id", "check_id", "month", "facts", "value")
NEVER, NO_DAY = "", date.min.isoformat()
# What an evaluation writes itself. A check that reads one of these has it among its own tables.
ITS_OWN = frozenset(
    f"contract.{name}" for name in ("EvaluationRun", "RulesVersion", "Assessment", "Alert", "AlertEvent")
)
# Days outside our own sources decide as well: those of the libraries.
LIBRARIES = ("chinesecalendar", "holidays")
TABLE = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)"?', re.IGNORECASE)


class Log(Protocol):
    """What a night asks of the change log (contract/history/log.py)."""

    def versions(self, contract_ids: Iterable[int]) -> Mapping[int, Seen]: ...

    def position(self) -> int: ...

    def since(self, position: int) -> Iterable[tuple[int | None, str, int]]: ...


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


def untouched(ids: Collection[int], as_of: date, log: Log) -> dict[int, Mapping[str, int]]:
    """The contracts of which every check stands, with their findings by outcome (three queries, however many).

    No check is asked for: a contract is left out here where any record has an entry that is newer than what was
    known, but for those of the evaluation itself that no check reads. `kept` looks closer at those.
    """
    stands = Q(until=None) | Q(until__gte=as_of)
    rows = Standing.objects.filter(stands, contract_id__in=ids, rules=_rules(), as_of__lte=as_of, sealed__gte=0)
    held = list(rows.values_list("contract_id", "sealed", "own_reads", "counts"))
    if not held:
        return {}
    newest: dict[int | None, dict[str, int]] = defaultdict(dict)
    for contract_pk, label, sequence in log.since(min(sealed for _pk, sealed, _reads, _counts in held)):
        newest[contract_pk][label] = sequence
    shared = newest[None]
    return {
        pk: counts
        for pk, sealed, reads, counts in held
        if not _touched(shared, sealed, reads) and not (pk in newest and _touched(newest[pk], sealed, reads))
    }


def _touched(newest: Mapping[str, int], sealed: int, reads: Collection[str]) -> bool:
    return any(sequence > sealed and (label not in ITS_OWN or label in reads) for label, sequence in newest.items())


def stays(ids: Collection[int], sealed: int) -> None:
    """What stands of these contracts was compared with the log up to this link (two queries, as a rule)."""
    rows = Standing.objects.filter(contract_id__in=ids, sealed__lt=sealed)
    for before in set(rows.values_list("sealed", flat=True)):
        rows.filter(sealed=before).update(sealed=sealed)  # not of one that was kept anew meanwhile


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


def keep(
    batch: Batch,
    result: RunResult,
    watch: Watch,
    seen: Mapping[int, Seen],
    before: Mapping[int, Kept],
    sealed: int = -1,
) -> None:
    """Keep how far these findings stand, and what stood before them (one query).

    `seen` and `sealed` are the log and its last link as they were before the facts were read.
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
        every = checks.values()
        ends = [NO_DAY if one["until"] == NEVER else one["until"] for one in every if one["until"] is not None]
        reads = set().union(*(one["reads"] for one in every))
        rows.append(
            Standing(
                contract_id=pk,
                as_of=watch.today,
                rules=_rules(),
                seen={"own": dict(own), "shared": dict(shared)},
                checks=checks,
                until=date.fromisoformat(min(ends)) if ends else None,
                sealed=sealed,
                own_reads=sorted(reads & ITS_OWN),
                counts=dict(counts([Kept(checks)])),
            )
        )
    fields = ["as_of", "rules", "seen", "checks", "until", "sealed", "own_reads", "counts"]
    Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["contract"], update_fields=fields)


def memory(batch: Batch) -> Memory:
    """What was worked out of the past months of these contracts (one query, when the first asks for it)."""
    ids = batch.ids

    def read() -> dict[tuple[int, str, date], tuple[str, Any]]:
        rows = MonthMemo.objects.filter(contract_id__in=ids).order_by()
        return {(pk, check, month): (facts, value) for pk, check, month, facts, value in rows.values_list(*MEMO)}

    return Memory(read, f"{_rules()} {batch.calendar.mark}")


def remember(batch: Batch) -> None:
    """Keep what was worked out now (one query)."""
    if batch.memory and batch.memory.fresh:
        rows = [MonthMemo(**dict(zip(MEMO, (*key, *found), strict=True))) for key, found in batch.memory.fresh.items()]
        MonthMemo.objects.bulk_create(rows, update_conflicts=True, unique_fields=MEMO[:3], update_fields=MEMO[3:])
        batch.memory.fresh.clear()


def look_again(contract_ids: Iterable[int] | None = None) -> None:
    """Nothing stands of these contracts (None: of all), and nothing is remembered: where something was written that the
    log does not tell."""
    ids = None if contract_ids is None else list(contract_ids)
    for rows in (Standing.objects.all(), MonthMemo.objects.all()):
        (rows if ids is None else rows.filter(contract_id__in=ids)).delete()


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
