"""Then and now: what was recorded, what today's rules say on the data of then, and of today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from contract import registry
from contract.choices import ChangeKind, Outcome
from contract.findings import Finding
from contract.history import wording
from contract.history.content import columns, from_set, set_key
from contract.history.models import ChangeEntry
from contract.history.replay.evaluation import replay
from contract.history.replay.state import end_of
from contract.models import Assessment, RulesVersion
from contract.models.base import watched
from contract.services.evaluation import look
from contract.version import rules_version, sources
from law.periods import beijing_day

# Facts that people and systems report; the rest the program derives from them by itself.
DERIVED = frozenset(
    {
        "contract.Alert",
        "contract.AlertEvent",
        "contract.Assessment",
        "contract.EvaluationRun",
        "contract.RulesVersion",
        "staffing.AttendanceBatch",
        "staffing.AttendanceChange",
        "staffing.Gap",
    }
)
ARRIVALS_READ = 20_000
ARRIVALS_SHOWN = 200
TECHNICAL = frozenset({"created_at", "updated_at"})


@dataclass(frozen=True)
class View:
    """A finding as one of the three columns shows it."""

    outcome: Outcome
    measured: str
    fingerprint: str

    @property
    def label(self) -> str:
        return str(self.outcome.label)


@dataclass(frozen=True)
class Line:
    """One finding in the three columns, None where it does not stand there."""

    check_id: str
    key: str
    subject: str
    recorded: View | None
    then: View | None
    now: View | None

    @property
    def title(self) -> str:
        return registry.title(self.check_id)

    @property
    def data_changed(self) -> bool:
        """The same rules say something else, because of what arrived or changed since."""
        return _print(self.then) != _print(self.now)

    @property
    def rules_changed(self) -> bool:
        """What was recorded is not what today's rules say on the same data."""
        return self.recorded is not None and _print(self.recorded) != _print(self.then)


@dataclass(frozen=True)
class Arrival:
    """A record about the days in question that arrived, or changed, afterwards."""

    entry: ChangeEntry
    title: str
    changes: Sequence[tuple[str, str, str]]


@dataclass
class Comparison:
    """Everything that the page and the command show."""

    as_of: date
    known_on: date
    lines: list[Line] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    arrivals_left_out: int = 0
    rules_then: RulesVersion | None = None
    rules_now: str = ""
    changed_files: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def differing(self) -> list[Line]:
        return [line for line in self.lines if line.data_changed or line.rules_changed]

    @property
    def same_rules(self) -> bool | None:
        """None where no evaluation is on record that could tell."""
        return None if self.rules_then is None else self.rules_then.code == self.rules_now


def compare(*, as_of: date, known_on: date, contract_id: int) -> Comparison:
    """Compare what was known at the end of a day with what is known now, about another day."""
    then = replay(as_of=as_of, known_on=known_on, contract_ids=[contract_id])
    now = look(as_of=as_of, contract_ids=[contract_id])
    recorded = _recorded(contract_id, as_of, end_of(known_on))
    errors = {check_id: error for (_pk, check_id), error in {**then.errors, **now.errors}.items()}
    found = Comparison(as_of, known_on, rules_now=rules_version(), errors=errors)
    found.lines = _lines(recorded, then.findings, now.findings)
    found.rules_then = _rules(recorded.values())
    if found.rules_then is not None:
        found.changed_files = _differing(found.rules_then.files, sources())
    found.arrivals, found.arrivals_left_out = _arrivals(contract_id, as_of, end_of(known_on))
    return found


def _lines(recorded: Mapping[Any, Assessment], then: Iterable[Finding], now: Iterable[Finding]) -> list[Line]:
    before = {(f.check_id, f.key): f for f in then}
    after = {(f.check_id, f.key): f for f in now}
    order = list(registry.checks())
    keys = sorted(
        before.keys() | after.keys() | recorded.keys(),
        key=lambda key: (order.index(key[0]) if key[0] in order else len(order), key[1]),
    )
    return [
        Line(
            check_id,
            key,
            _subject(before.get((check_id, key)), after.get((check_id, key)), recorded.get((check_id, key))),
            _of_assessment(recorded.get((check_id, key))),
            _of_finding(before.get((check_id, key))),
            _of_finding(after.get((check_id, key))),
        )
        for check_id, key in keys
    ]


def _recorded(contract_id: int, as_of: date, before: datetime) -> dict[Any, Assessment]:
    """What was on record by then about the day: of each series the newest row (one query)."""
    rows = Assessment.objects.filter(contract_id=contract_id, as_of__lte=as_of, created_at__lt=before).select_related(
        "run__rules"
    )
    newest = {(row.check_id, row.key): row for row in rows.order_by("pk")}
    return {key: row for key, row in newest.items() if not row.is_withdrawn}


def _rules(rows: Iterable[Assessment]) -> RulesVersion | None:
    newest = max(rows, key=lambda row: row.run_id, default=None)
    return newest.run.rules if newest is not None else None


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def _of_finding(finding: Finding | None) -> View | None:
    if finding is None:
        return None
    return View(Outcome(finding.outcome), finding.measured, finding.fingerprint)


def _of_assessment(row: Assessment | None) -> View | None:
    if row is None:
        return None
    return View(Outcome(row.outcome), row.measured, row.fingerprint)


def _print(view: View | None) -> str:
    return view.fingerprint if view is not None else ""


def _subject(*found: Finding | Assessment | None) -> str:
    for one in found:
        if isinstance(one, Assessment):
            return one.subject_name
        if one is not None:
            return one.subject.name
    return ""


# --- What arrived later -----------------------------------------------------------------------


def _arrivals(contract_id: int, as_of: date, after: datetime) -> tuple[list[Arrival], int]:
    """The entries after an instant that speak of a day up to `as_of`, oldest first."""
    entries = (
        ChangeEntry.objects.filter(Q(contract_pk=contract_id) | Q(contract_pk=None), at__gte=after)
        .exclude(label__in=DERIVED)
        .select_related("actor")
        .order_by("at", "pk")
    )
    found = [
        arrival for entry in entries[:ARRIVALS_READ].iterator(500) if (arrival := _arrival(entry, as_of)) is not None
    ]
    return found[:ARRIVALS_SHOWN], max(len(found) - ARRIVALS_SHOWN, 0)


def _arrival(entry: ChangeEntry, as_of: date) -> Arrival | None:
    model = watched().get(entry.label)
    if model is None:
        return None
    if set_key(model):
        days = {str(row["day"]) for row in from_set(entry.changes) if "day" in row}
        if not any(day <= as_of.isoformat() for day in days):
            return None
        return Arrival(entry, wording.title(entry), wording.changes(entry))
    if entry.kind != ChangeKind.REMOVED and not _speaks_of(model, entry, as_of):
        return None
    return Arrival(entry, wording.title(entry), wording.changes(entry))


def _speaks_of(model: Any, entry: ChangeEntry, as_of: date) -> bool:
    """Whether a value that was written is a day up to `as_of`; a record without days counts."""
    days = []
    for column in columns(model):
        if column.attname in TECHNICAL or column.attname not in entry.changes:
            continue
        value = entry.changes[column.attname]
        new = value[1] if entry.kind == ChangeKind.CHANGED else value
        kind = column.get_internal_type()
        if new and kind == "DateField":
            days.append(date.fromisoformat(new))
        elif new and kind == "DateTimeField":
            days.append(beijing_day(datetime.fromisoformat(new)))
    return not days or min(days) <= as_of
