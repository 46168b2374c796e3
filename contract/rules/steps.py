"""What the rules of the contract's own duties have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from law.calendar import Calendar
from law.periods import Deadline, deadline_after, standing

WORST_FIRST = (Outcome.NOT_MET, Outcome.UNDETERMINED, Outcome.AT_RISK, Outcome.PENDING, Outcome.EXCUSED, Outcome.MET)


@dataclass(frozen=True)
class Step:
    """One deadline within a duty of several steps: until when, by whom, done when."""

    deadline: Deadline
    done_on: date | None
    owed_by: Side | None = None

    def outcome(self, as_of: date) -> Outcome:
        return Outcome(standing(self.deadline, as_of, self.done_on))


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The most pressing of some outcomes. Raises ValueError where there is none."""
    return min(outcomes, key=WORST_FIRST.index)


def worst_step(steps: Iterable[Step], as_of: date) -> Step:
    """The step that decides; of equals the latest. Raises ValueError where there is none."""
    return min(reversed(list(steps)), key=lambda step: WORST_FIRST.index(step.outcome(as_of)))


def late_since(due: Deadline, outcome: Outcome, done_on: date | None) -> dict[str, date]:
    """The figure from which the days late of what is still open are counted (decision 0016)."""
    open_and_late = outcome == Outcome.NOT_MET and done_on is None
    return {"late_since": due.last_day} if open_and_late else {}


def at_the_end(deadline: Deadline, last_day: date) -> tuple[Outcome, bool]:
    """Where a duty stands that was open on the last day on which it was owed, and whether it lapsed.

    A last day ends at 24:00 (Civil Code 203): a time that ran out by then was not kept. One that
    would have run on lapsed with the duty: met, for nothing more is owed.
    """
    if deadline.last_day > last_day:
        return Outcome.MET, True
    return (Outcome.UNDETERMINED if deadline.legal is None else Outcome.NOT_MET), False


def known(day: date | None, as_of: date) -> date | None:
    """A day that has come, else None: what lies after `as_of` is not known yet."""
    return day if day is not None and day <= as_of else None


def within_policy(contract: ContractFacts, event: date, key: str, calendar: Calendar) -> Deadline:
    """The deadline that a policy of days gives after an event, as in force on its day."""
    day = max(event, contract.starts_on)
    return deadline_after(event, days=contract.policies.on(day, key), roll=contract.roll(day), calendar=calendar)


def within_term(contract: ContractFacts, event: date, key: str, calendar: Calendar) -> Deadline:
    """The deadline that a term of days gives after an event, as in force on its day."""
    day = max(event, contract.starts_on)
    return deadline_after(event, days=contract.terms.on(day, key), roll=contract.roll(day), calendar=calendar)


def fixed(day: date) -> Deadline:
    """A last day that was named as a date: there is nothing to count and nothing rolls."""
    return Deadline(day, day)


def iso(day: date | None) -> str:
    """A day as a figure, empty where there is none."""
    return day.isoformat() if day else ""
