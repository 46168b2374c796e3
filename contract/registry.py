"""The checks of all apps, and the way to run them.

A check takes a batch of contracts and yields findings for all of them, with a number of queries
that does not grow with contracts or people:

    @register("staffing.backfill", owed_by=Side.VENDOR, clause="13.4", references=(...))
    def backfill(batch: Batch) -> Iterator[Finding]: ...

Which clause of which contract carries a check is data (`Obligation`); the clause given here is
the one of the reference contract.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop as _

from contract.choices import Outcome, Side
from contract.dated import Book
from contract.findings import Finding, Message, Subject
from contract.law.calendar import Calendar
from contract.law.periods import Roll
from contract.law.references import Reference

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


CheckFunction = Callable[[Batch], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A registered check: who owes the duty, which clause it comes from, what it cites."""

    check_id: str
    function: CheckFunction
    owed_by: Side
    clause: str
    title: Any
    references: tuple[Reference, ...] = ()


@dataclass
class RunResult:
    """Findings of all checks, and the checks that crashed with the reason."""

    findings: list[Finding] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


_checks: dict[str, Check] = {}


def register(
    check_id: str, *, owed_by: Side, clause: str, title: Any, references: tuple[Reference, ...] = ()
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under its stable id. Registering an id twice is a programming error."""

    def decorate(function: CheckFunction) -> CheckFunction:
        if check_id in _checks:
            raise ValueError(f"check {check_id} is registered twice")
        _checks[check_id] = Check(check_id, function, owed_by, clause, title, references)
        return function

    return decorate


def checks() -> dict[str, Check]:
    """All registered checks by id, in the order of the contract's clauses."""
    return dict(sorted(_checks.items(), key=lambda item: (_clause_order(item[1].clause), item[0])))


def get(check_id: str) -> Check:
    return _checks[check_id]


def title(check_id: str) -> str:
    """The title of a check in the reader's language, or its id where the check is gone."""
    check = _checks.get(check_id)
    return str(check.title) if check else check_id


def run(batch: Batch, only: Iterable[str] | None = None) -> RunResult:
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


def _clause_order(clause: str) -> tuple[int, ...]:
    return tuple(int(part) for part in clause.split("."))
