"""A month of people and days, read in one go for a page, a print and a workbook."""

import string
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from contract import selectors as core
from contract.batch import Batch, ContractFacts
from contract.models import Contract
from contract.selectors.excuses import claimed
from staffing.models import Assignment
from staffing.rules.coverage import asked_by_half_hour, half_hours
from staffing.rules.ledger import Ledger
from staffing.rules.presence import Presence, Span, State
from staffing.rules.sheets import Cell, Person, Share, row_of, shares
from staffing.rules.spans import Span as Hours
from staffing.selectors.facts import day_counts
from staffing.selectors.facts import gaps as gap_facts
from staffing.selectors.presence import presence
from staffing.selectors.rota import duty, shifts

LETTERS = string.ascii_uppercase


@dataclass(frozen=True)
class Sheet:
    """The people and the figures of a span of a contract."""

    facts: ContractFacts
    days: tuple[date, ...]
    rows: tuple[tuple[Person, tuple[Cell, ...]], ...]
    ledger: Ledger
    presence: Presence
    batch: Batch

    @property
    def span(self) -> Span:
        return Span(self.days[0], self.days[-1])

    def shares(self) -> list[Share]:
        """Who the missing person-days are (one query more: the gaps)."""
        gaps = gap_facts([self.facts.pk], self.batch.as_of)[self.facts.pk]
        return shares(self.ledger, self.span, [person for person, _cells in self.rows], self.presence, gaps)


@dataclass(frozen=True)
class RotaCell:
    """A person's shifts that begin on a day: a letter for each span of hours; `away`: not in place on that day."""

    day: date
    code: str
    hours: str
    minutes: int
    away: bool


@dataclass(frozen=True)
class RotaSheet:
    """The rota of a span: who works when, and by the half hour how many are on duty against the minimum of the day."""

    days: tuple[date, ...]
    rows: tuple[tuple[Person, tuple[RotaCell, ...]], ...]
    codes: dict[str, str]
    """Hours by letter, the most frequent first."""
    coverage: tuple[tuple[list[tuple[int, int]], list[int]], ...]
    """By day and half hour: how many are on duty, for certain and at most, and how many are asked for."""
    batch: Batch


def rota_sheet(contract: Contract, span: Span, as_of: date) -> RotaSheet:
    """The rota of a span within the contract's life (nine queries, however long or many)."""
    batch = core.batch_of(contract, as_of)
    (facts,) = batch.contracts
    known = presence(contract, first=span.first, last=span.last)
    planned: dict[tuple[int, date], list[Hours]] = defaultdict(list)
    for shift in shifts(contract, span.first, span.last):
        planned[shift.operator_id, shift.day].append(shift.span)
    often = Counter(str(hours) for own in planned.values() for hours in own)
    names = sorted(often, key=lambda text: (-often[text], text))
    letters = dict(zip(names, LETTERS, strict=False))

    def cell(person: Person, day: date) -> RotaCell:
        own = sorted(planned.get((person.pk, day), ()))
        away = bool(own) and day <= as_of and known.state(person.pk, day) in (State.OUT, State.REST)
        return RotaCell(
            day,
            "".join(letters.get(str(hours), "+") for hours in own),
            ", ".join(str(hours) for hours in own),
            sum(hours.minutes for hours in own),
            away,
        )

    days = tuple(span.days())
    rows = tuple((one, tuple(cell(one, day) for day in days)) for one in people(contract, span))
    on_duty = duty([contract.pk], span.last)[contract.pk]
    coverage = tuple((half_hours(on_duty.get(day)), asked_by_half_hour(facts, day)) for day in days)
    return RotaSheet(days, rows, {letter: hours for hours, letter in letters.items()}, coverage, batch)


def people(contract: Contract, span: Span) -> list[Person]:
    """Who is assigned within a span, by employee number (one query)."""
    rows = (
        Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True, starts_on__lte=span.last)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=span.first))
        .order_by("operator__employee_number", "starts_on")
        .values_list("operator_id", "operator__employee_number", "operator__name", "post__name", "starts_on", "ends_on")
    )
    named: dict[int, tuple[str, str, str]] = {}
    stints: dict[int, list[Span]] = defaultdict(list)
    for pk, number, name, post, starts_on, ends_on in rows:
        named[pk] = (number, name, post or "")
        stints[pk].append(Span(starts_on, min(ends_on or date.max, contract.last_day)))
    return [Person(pk, *who, stints=tuple(stints[pk])) for pk, who in named.items()]


def sheet(contract: Contract, span: Span, as_of: date) -> Sheet:
    """The sheet of a span within the contract's life, seen from `as_of` (nine queries, however long or many)."""
    batch = core.batch_of(contract, as_of)
    (facts,) = batch.contracts
    known = presence(contract, first=span.first, last=span.last)
    days = tuple(span.days())
    report_days = {day: facts.policies.on(day, "attendance_report_days") for day in days}
    rows = tuple((person, tuple(row_of(person, days, known, as_of, report_days))) for person in people(contract, span))
    return Sheet(facts, days, rows, ledger_of(batch, facts), known, batch)


def ledger_of(batch: Batch, facts: ContractFacts) -> Ledger:
    """The tallies that the rate is computed from (two queries at the most)."""
    counts = batch.read(day_counts, last=batch.as_of)
    return Ledger(facts, counts[facts.pk], batch.as_of, claimed(batch))
