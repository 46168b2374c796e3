"""What the checks are given of a batch of contracts, and the way to run them."""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop as _

from contract.choices import Outcome
from contract.findings import Finding, Message, Subject
from contract.registry import Check, checks
from contract.values import Book
from law.calendar import Calendar
from law.periods import Roll

logger = logging.getLogger(__name__)

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class ContractFacts:
    """What every check needs to know of a contract, read once for the whole batch."""

    pk: int
    number: str
    title: str
    starts_on: date
    ends_on: date
    terms: Book
    policies: Book
    terminated_on: date | None = None
    obligations: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last day in force: the end of the term, or an earlier termination."""
        return min(self.ends_on, self.terminated_on or self.ends_on)

    def in_force(self, day: date) -> bool:
        return self.starts_on <= day <= self.last_day

    @property
    def subject(self) -> Subject:
        """The contract itself as the subject of a finding."""
        return Subject("contract.Contract", self.pk, self.number)

    def roll(self, day: date) -> Roll:
        """How a last day on a rest day rolls, by the policy in force on `day`."""
        return Roll(self.policies.on(day, "deadline_roll"))


@dataclass(frozen=True)
class Batch:
    """What a check is given: contracts, the day it speaks of, and the calendar."""

    contracts: tuple[ContractFacts, ...]
    as_of: date
    calendar: Calendar
    known: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def ids(self) -> list[int]:
        return [contract.pk for contract in self.contracts]

    def read(self, selector: Callable[..., Facts], *args: Hashable, **options: Hashable) -> Facts:
        """What a selector says of these contracts, read once however many checks ask for it.

        The answer belongs to all of them: a check looks at it and changes nothing in it.
        """
        key = (selector, tuple(self.ids), args, tuple(options.items()))
        if key not in self.known:
            self.known[key] = selector(self.ids, *args, **options)
        facts: Facts = self.known[key]
        return facts

    def begun(self) -> Iterator[ContractFacts]:
        """Contracts whose first day has come (ended ones too: their record stays open)."""
        return (contract for contract in self.contracts if contract.starts_on <= self.as_of)


@dataclass
class RunResult:
    """Findings of all checks, and the checks that crashed with the reason."""

    findings: list[Finding] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def run_checks(batch: Batch, only: Iterable[str] | None = None) -> RunResult:
    """Run the checks on the contracts that carry them.

    A check that crashes gives `undetermined` for each of its contracts and is logged; the
    others go on.
    """
    wanted = set(only) if only is not None else None
    result = RunResult()
    for check in checks().values():
        if wanted is not None and check.check_id not in wanted:
            continue
        carrying = tuple(c for c in batch.contracts if check.check_id in c.obligations)
        if not carrying:
            continue
        try:
            with transaction.atomic():
                result.findings.extend(check.function(replace(batch, contracts=carrying)))
        except Exception as error:
            logger.exception("check %s crashed", check.check_id)
            result.errors[check.check_id] = f"{type(error).__name__}: {error}"
            result.findings.extend(_crashed(check, contract, error) for contract in carrying)
    return result


def _crashed(check: Check, contract: ContractFacts, error: Exception) -> Finding:
    return Finding(
        check_id=check.check_id,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED,
        subject=Subject("contract.Check", 0, check.check_id),
        message=Message(
            _("The check could not be carried out (%(error)s); nothing is concluded from it."),
            error=type(error).__name__,
        ),
    )
