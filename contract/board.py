"""The clause board: how every article of a contract stands, what is due next, who is to act.

It reads what the evaluation recorded and what people decided about it; it finds nothing itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from contract import registry
from contract.batch import ContractFacts
from contract.choices import UNDECIDED, AlertStatus, Outcome, Side
from contract.models import Alert, Assessment, Clause, Contract, OpeningFact
from contract.rules.cases import Ball
from contract.rules.steps import WORST_FIRST, worst
from contract.selectors import batch, cases
from contract.selectors.evaluation import evaluated_to
from contract.selectors.readiness import lacks
from contract.terms import POLICIES, Definition

# What the reviews of two people make of a finding.
DECIDED = {
    AlertStatus.DISMISSED: Outcome.MET,
    AlertStatus.WAIVED: Outcome.EXCUSED,
    AlertStatus.EXCUSED: Outcome.EXCUSED,
}
OPEN = frozenset({Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED})
TO_REVIEW = frozenset(UNDECIDED)


@dataclass(frozen=True)
class Duty:
    """A current finding with what people decided about it."""

    assessment: Assessment
    alert: Alert | None
    ball: Ball | None = None
    """Who must act in its case, and until when; None where there is no open case."""

    @property
    def outcome(self) -> Outcome:
        """The finding's outcome, unless it was dismissed, waived or excused by a review."""
        decided = DECIDED.get(AlertStatus(self.alert.standing)) if self.alert else None
        return decided or Outcome(self.assessment.outcome)

    @property
    def due_on(self) -> date | None:
        return self.assessment.legal_due_on or self.assessment.nominal_due_on

    @property
    def title(self) -> str:
        return registry.title(self.assessment.check_id)

    @property
    def awaits_review(self) -> bool:
        return self.alert is not None and self.alert.status in TO_REVIEW


@dataclass
class ClauseState:
    """A clause, its checks, and the findings that stand under it."""

    clause: Clause
    check_ids: list[str]
    today: date
    duties: list[Duty] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome | None:
        """The worst of its findings; None where nothing was found or nothing is checked."""
        return worst(duty.outcome for duty in self.duties) if self.duties else None

    @property
    def is_exempt(self) -> bool:
        """Whether it is written down why it has no check."""
        return not self.check_ids and bool(self.clause.exemption)

    @property
    def is_bare(self) -> bool:
        """Neither checked nor exempt: nobody looks at it."""
        return not self.check_ids and not self.clause.exemption

    @property
    def counts(self) -> list[tuple[Outcome, int]]:
        """Findings by outcome, the worst first."""
        counted = Counter(duty.outcome for duty in self.duties)
        return [(outcome, counted[outcome]) for outcome in WORST_FIRST if counted[outcome]]

    @property
    def next_due(self) -> Duty | None:
        """What falls due next, today or later. What is over already waits for a review."""
        dated = [
            (d.due_on, d.assessment.pk, d)
            for d in self.duties
            if d.outcome in OPEN and d.due_on is not None and d.due_on >= self.today
        ]
        return min(dated, default=(None, 0, None))[2]

    @property
    def to_review(self) -> list[Duty]:
        """Findings that wait for a decision of two people, the worst first."""
        waiting = [duty for duty in self.duties if duty.awaits_review]
        return sorted(waiting, key=lambda d: (WORST_FIRST.index(d.outcome), d.assessment.pk))

    @property
    def checks(self) -> list[str]:
        return [registry.title(check_id) for check_id in self.check_ids]


@dataclass
class ArticleState:
    """An article with its clauses; its state is that of the worst of them."""

    heading: str
    clauses: list[ClauseState]

    @property
    def outcome(self) -> Outcome | None:
        found = [clause.outcome for clause in self.clauses if clause.outcome is not None]
        return worst(found) if found else None

    @property
    def is_exempt(self) -> bool:
        return all(clause.is_exempt for clause in self.clauses)

    @property
    def is_bare(self) -> bool:
        """Whether nobody looks at one of its clauses."""
        return any(clause.is_bare for clause in self.clauses)

    @property
    def asks_for_something(self) -> bool:
        """Whether somebody has to act: a case is open, or something falls due."""
        return any(clause.to_review or clause.next_due for clause in self.clauses)


@dataclass(frozen=True)
class SideState:
    """How one side performs: its findings by outcome, and what it owes next."""

    side: Side
    counts: list[tuple[Outcome, int]]
    next_due: Duty | None


@dataclass(frozen=True)
class OpenReading:
    """A value that the contract does not give and both sides have not confirmed in writing."""

    definition: Definition
    value: str
    is_default: bool


@dataclass(frozen=True)
class KeptReading:
    """A reading that stands in a record of its own (a scheme's pass mark) and that both have not confirmed."""

    check: str
    label: str
    value: str


ReadingSource = Callable[[Contract, date], Iterable[KeptReading]]
_sources: list[ReadingSource] = []


def register_reading(source: ReadingSource) -> ReadingSource:
    """Let an app above say which of its readings are open."""
    _sources.append(source)
    return source


@dataclass(frozen=True)
class ClauseBoard:
    """The whole board of one contract."""

    contract: Contract
    facts: ContractFacts
    as_of: date | None
    articles: list[ArticleState]
    sides: list[SideState]
    readings: list[OpenReading]
    kept_readings: list[KeptReading]
    lacks: list[str] = field(default_factory=list)
    settled: list[OpeningFact] = field(default_factory=list)


def clause_board(contract: Contract, today: date) -> ClauseBoard:
    """The board of a contract, with a number of queries that does not depend on its size."""
    facts = batch([contract.pk], today).contracts[0]
    clauses = [
        ClauseState(clause, sorted(row.check_id for row in clause.obligations.all()), today)
        for clause in Clause.objects.filter(contract=contract).prefetch_related("obligations")
    ]
    duties = _duties(contract, today)
    by_ref = {state.clause.ref: state for state in clauses}
    for duty in duties:
        state = by_ref.get(duty.assessment.clause_ref)
        if state is not None:
            state.duties.append(duty)
    return ClauseBoard(
        contract=contract,
        facts=facts,
        as_of=evaluated_to([contract.pk])[contract.pk],
        articles=_articles(clauses),
        sides=[_side(side, duties, today) for side in (Side.OFFICE, Side.VENDOR, Side.BOTH)],
        readings=open_readings(facts, today),
        kept_readings=[reading for source in _sources for reading in source(contract, today)],
        lacks=lacks([facts])[facts.pk],
        settled=list(OpeningFact.objects.filter(contract=contract, withdrawn_on__isnull=True)),
    )


def open_readings(facts: ContractFacts, today: date) -> list[OpenReading]:
    """The policies that nobody has confirmed, as in force today (or on the nearest day)."""
    day = min(max(today, facts.starts_on), facts.last_day)
    return [
        OpenReading(definition, definition.display(facts.policies.on(day, key)), facts.policies.row(day, key) is None)
        for key, definition in POLICIES.items()
        if not facts.policies.confirmed(day, key)
    ]


def _duties(contract: Contract, today: date) -> list[Duty]:
    rows = Alert.objects.filter(contract=contract).select_related("assessment")
    alerts = {(alert.check_id, alert.key): alert for alert in rows}
    balls = cases.balls([a for a in alerts.values() if a.status in TO_REVIEW], today)
    current = Assessment.objects.filter(contract=contract, is_current=True, is_withdrawn=False)
    found = []
    for row in current.order_by("pk"):
        alert = alerts.get((row.check_id, row.key))
        found.append(Duty(row, alert, balls.get(alert.pk) if alert else None))
    return found


def _articles(clauses: Sequence[ClauseState]) -> list[ArticleState]:
    """The clauses under their headings, in the order of the contract."""
    articles: dict[str, ArticleState] = {}
    for state in clauses:
        heading = state.clause.article
        articles.setdefault(heading, ArticleState(heading, [])).clauses.append(state)
    return list(articles.values())


def _side(side: Side, duties: Iterable[Duty], today: date) -> SideState:
    owed = [duty for duty in duties if duty.assessment.owed_by == side]
    own = ClauseState(Clause(), [], today, owed)
    return SideState(side, own.counts, own.next_due)
