"""What a party is told once a day: new, overdue, due soon, and who waits for whom. In sets."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from contract import registry
from contract.choices import UNDECIDED, Holder, PartySide, Side
from contract.delivery.choices import MessageState
from contract.delivery.models import OutboxMessage
from contract.models import Alert, Assessment, Contract
from contract.rules.cases import Ball
from contract.selectors.cases import balls
from contract.wording import span

SOON = timedelta(days=7)
SHOWN = 30
# Far above a contract's open alerts; a digest is no report.
READ = 2000


@dataclass(frozen=True)
class Line:
    """One open matter: what, about whom, whose turn it is, until when."""

    number: int
    title: str
    subject: str
    clause: str
    outcome: str
    holder: str
    step: str
    due_on: date | None
    raised_on: date


@dataclass
class Section:
    """Lines under a heading; `more` are not shown."""

    title: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0

    def add(self, line: Line) -> None:
        if len(self.lines) < SHOWN:
            self.lines.append(line)
        else:
            self.more += 1

    @property
    def total(self) -> int:
        return len(self.lines) + self.more


@dataclass
class Digest:
    """A contract's day for one side."""

    contract: Contract
    side: PartySide
    new: Section
    overdue: Section
    soon: Section
    waiting: list[tuple[str, int]] = field(default_factory=list)
    letters: list[Any] = field(default_factory=list)
    undelivered: int = 0

    @property
    def is_empty(self) -> bool:
        parts = (self.new.total, self.overdue.total, self.soon.total, len(self.letters))
        return not any(parts) and not self.undelivered

    @property
    def sections(self) -> list[Section]:
        return [section for section in (self.new, self.overdue, self.soon) if section.total]


LetterSource = Callable[[list[int], int], Iterable[Any]]
_sources: list[LetterSource] = []


def letters_from(source: LetterSource) -> None:
    """Name who knows the letters under way: of these contracts, the oldest so many (one query)."""
    _sources.append(source)


def _underway(ids: list[int], most: int) -> Iterable[Any]:
    return (row for source in _sources for row in source(ids, most))


def digests(
    contracts: Iterable[Contract], as_of: date, since: Mapping[tuple[int, str], date]
) -> dict[tuple[int, PartySide], Digest]:
    """The day of both sides of these contracts; a fixed number of queries.

    `since` is the day of the last digest of a side: what was raised after it is new.
    """
    rows = {contract.pk: contract for contract in contracts}
    found = {(pk, side): _empty(contract, side) for pk, contract in rows.items() for side in PartySide}
    alerts = list(
        Alert.objects.filter(contract_id__in=list(rows), status__in=UNDECIDED)
        .select_related("assessment")
        .order_by("pk")[:READ]
    )
    turns = balls(alerts, as_of)
    waiting: dict[int, Counter[str]] = defaultdict(Counter)
    for alert in sorted(alerts, key=lambda alert: (turns[alert.pk].due_on or date.max, alert.pk)):
        turn = turns[alert.pk]
        waiting[alert.contract_id][turn.holder] += 1
        for side in PartySide:
            if side == PartySide.VENDOR and not _is_the_vendors(alert, turn):
                continue
            _sort_in(found[alert.contract_id, side], alert, turn, as_of, since.get((alert.contract_id, side)))
    for pk, counts in waiting.items():
        found[pk, PartySide.OFFICE].waiting = [
            (str(holder.label), counts[holder]) for holder in Holder if counts[holder]
        ]
    _letters(found, list(rows))
    for pk, number in _undelivered(list(rows)):
        found[pk, PartySide.OFFICE].undelivered = number
    return found


def _empty(contract: Contract, side: PartySide) -> Digest:
    return Digest(contract, side, Section("新增预警"), Section("已过期限"), Section("七日内到期"))


def _is_the_vendors(alert: Alert, turn: Ball) -> bool:
    return alert.owed_by != Side.OFFICE and turn.holder == Holder.VENDOR


def _sort_in(digest: Digest, alert: Alert, turn: Ball, as_of: date, since: date | None) -> None:
    line = _line(alert, turn)
    if alert.raised_on <= as_of and alert.raised_on > (since or as_of - timedelta(days=1)):
        digest.new.add(line)
    if line.due_on is None:
        return
    if line.due_on < as_of:
        digest.overdue.add(line)
    elif line.due_on <= as_of + SOON:
        digest.soon.add(line)


def _line(alert: Alert, turn: Ball) -> Line:
    return Line(
        number=alert.pk,
        title=registry.title(alert.check_id),
        subject=_subject(alert.assessment),
        clause=alert.clause_ref,
        outcome=str(alert.get_outcome_display()),
        holder=str(turn.holder.label),
        step=str(turn.step.label),
        due_on=turn.due_on,
        raised_on=alert.raised_on,
    )


def _subject(found: Assessment) -> str:
    """Whom or what it is about, and its period; of the contract's own findings the period."""
    period = ""
    if found.period_start and found.period_end:
        period = span(found.period_start.isoformat(), found.period_end.isoformat())
    name = "" if found.subject_label == "contract.Contract" else found.subject_name
    return f"{name} {period}".strip()


def _letters(found: dict[tuple[int, PartySide], Digest], ids: list[int]) -> None:
    for row in _underway(ids, READ):
        for side in PartySide:
            if len(found[row.contract_id, side].letters) < SHOWN:
                found[row.contract_id, side].letters.append(row)


def _undelivered(ids: list[int]) -> Iterable[tuple[int, int]]:
    rows = OutboxMessage.objects.filter(contract_id__in=ids, state=MessageState.FAILED)
    return Counter(rows.values_list("contract_id", flat=True)).items()


def waiting(now: datetime) -> int:
    """How many messages are due and not delivered (one query)."""
    return OutboxMessage.objects.filter(state=MessageState.WAITING, next_attempt_at__lte=now).count()
