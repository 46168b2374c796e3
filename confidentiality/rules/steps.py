"""A duty of several steps, each with its own deadline: one finding says how all of them stand."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.choices import Outcome
from contract.findings import Message
from contract.rules.steps import Step, worst

Steps = Mapping[str, Step]


def listed(names: Iterable[str]) -> Message:
    """The names of steps (msgids) as a list in one sentence, each once."""
    first, *rest = dict.fromkeys(names)
    if not rest:
        return Message(first)
    return Message(_("%(first)s, %(rest)s"), first=Message(first), rest=listed(rest))


def with_outcome(steps: Steps, outcome: Outcome, as_of: date) -> list[str]:
    """The steps that stand so on a day."""
    return [name for name, step in steps.items() if step.outcome(as_of) == outcome]


def due(steps: Steps, as_of: date) -> Step:
    """The step whose deadline the finding shows: the next open one, else the last one done."""
    undone = [step for step in steps.values() if step.done_on is None]
    if undone:
        return min(undone, key=lambda step: step.deadline.nominal)
    return max(steps.values(), key=lambda step: step.deadline.nominal)


def worst_outcome(steps: Steps, as_of: date) -> Outcome:
    """The most pressing outcome of the steps."""
    return worst(step.outcome(as_of) for step in steps.values())


def made_good_on(steps: Steps) -> date | None:
    """The day on which the last step was done; None while one is open."""
    days = [step.done_on for step in steps.values()]
    return None if None in days else max(day for day in days if day)
