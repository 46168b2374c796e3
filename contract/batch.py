"""What the checks are given of a batch of contracts, and the way to run them."""

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_noop as _

from contract.choices import Outcome
from contract.findings import Finding, Message, Subject
from contract.registry import Check, checks
from contract.rules.foresight import Day, Watch
from contract.rules.service import is_service_day
from contract.values import Book
from law.calendar import DEFAULT, Calendar
from law.periods import Roll

logger = logging.getLogger(__name__)

Facts = TypeVar("Facts")
DATABASE_AWAY = (OperationalError, InterfaceError)
CRASHED = "contract.Check"
"""What a finding is about where its check crashed: the check itself."""


@dataclass(frozen=True)
class Settled:
    """Days of a kind of duty that were settled before the program came into use (an opening fact)."""

    kind: str
    first: date
    last: date


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
    signed_on: date | None = None
    in_use_from: date | None = None
    settled: tuple[Settled, ...] = ()
    calendar: Calendar = field(default=DEFAULT, repr=False, compare=False)

    def serves_on(self, day: date) -> bool:
        """Whether the contract asks for service on a day of its term."""
        kind: str = self.terms.on(day, "service_days")
        return kind == "every_day" or is_service_day(kind, day, self.calendar)

    @property
    def judged_from(self) -> date:
        """The first day that is judged: the contract's, or a later one from which the program is in use."""
        return max(self.starts_on, self.in_use_from or self.starts_on)

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

    def clause_of(self, check_id: str) -> str:
        """The clause of this contract that carries a check, as it is printed; empty where none does."""
        return self.obligations.get(check_id, "")

    def clauses_of(self, *check_ids: str) -> tuple[str, ...]:
        """The clauses that carry these checks, each once; those that none carries are left out."""
        return tuple(dict.fromkeys(ref for check_id in check_ids if (ref := self.clause_of(check_id))))

    def roll(self, day: date) -> Roll:
        """How a last day on a rest day rolls, by the policy in force on `day`."""
        return Roll(self.policies.on(day, "deadline_roll"))


class Memory:
    """What was worked out of months that are over, by contract, check and month, from facts with the same digest.

    `read` is asked once, by the first who recalls something. `base` goes into every digest: what all of them rest
    on. `fresh` is what was worked out now.
    """

    def __init__(self, read: Callable[[], Mapping[tuple[int, str, date], tuple[str, Any]]], base: str = "") -> None:
        self._read, self._base = read, base
        self._held: Mapping[tuple[int, str, date], tuple[str, Any]] | None = None
        self.fresh: dict[tuple[int, str, date], tuple[str, Any]] = {}

    def recall(self, contract_id: int, check_id: str, month: date, facts: str) -> Any:
        """What was worked out from these facts; None where it was not."""
        if self._held is None:
            self._held = self._read()
        kept, value = self._held.get((contract_id, check_id, month), ("", None))
        return value if kept == self._digest(facts) else None

    def keep(self, contract_id: int, check_id: str, month: date, facts: str, value: Any) -> None:
        self.fresh[contract_id, check_id, month] = (self._digest(facts), value)

    def _digest(self, facts: str) -> str:
        return sha256(f"{self._base}\n{facts}".encode()).hexdigest()


@dataclass(frozen=True)
class Batch:
    """What a check is given: contracts, the day it speaks of, and the calendar."""

    contracts: tuple[ContractFacts, ...]
    as_of: date
    calendar: Calendar
    known: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    watch: Watch | None = field(default=None, repr=False, compare=False)
    """Notes how long the findings stand; `as_of` is its day then."""
    left: Collection[tuple[int, str]] = field(default=frozenset(), repr=False, compare=False)
    """The contracts and checks that are not looked at, for what was found of them stands."""
    memory: Memory | None = field(default=None, repr=False, compare=False)
    """What was worked out before; None where everything is looked at."""

    @property
    def ids(self) -> list[int]:
        return [contract.pk for contract in self.contracts]

    def read(self, selector: Callable[..., Facts], *args: Hashable, **options: Hashable) -> Facts:
        """What a selector says of these contracts, read once however many checks ask for it.

        The answer belongs to all of them: a check looks at it and changes nothing in it.
        """
        key = (selector, tuple(self.ids), tuple(map(_named, args)), tuple((k, _named(v)) for k, v in options.items()))
        return self.once(key, lambda: selector(self.ids, *args, **options))

    def once(self, key: Hashable, make: Callable[[], Facts]) -> Facts:
        """What is made for the first who asks under a key, and given to all. How long it holds is noted for each."""
        place = (None, ("read", key))
        if key not in self.known:
            with self.watch.apart(place) if self.watch else nullcontext():
                self.known[key] = make()
        if self.watch:
            self.watch.credit(place)
        facts: Facts = self.known[key]
        return facts

    def begun(self) -> Iterator[ContractFacts]:
        """Contracts whose first day has come (ended ones too: their record stays open), one by one: what a check asks
        of the day while it has one of them is noted for that one."""
        check_id = self.watch.place[1] if self.watch else ""
        try:
            for contract in self.contracts:
                if self.watch:
                    self.watch.at(contract.pk, check_id)
                if contract.starts_on <= self.as_of:
                    yield contract
        finally:
            if self.watch:
                self.watch.at(None, check_id)


def _named(argument: Hashable) -> Hashable:
    """An argument as the key of what is read with it: the day of the evaluation is the same for all who ask."""
    return "today" if isinstance(argument, Day) else argument


@dataclass
class RunResult:
    """Findings of all checks, and by contract and check the reason where one crashed."""

    findings: list[Finding] = field(default_factory=list)
    errors: dict[tuple[int, str], str] = field(default_factory=dict)


def run_checks(batch: Batch, only: Iterable[str] | None = None) -> RunResult:
    """Run the checks on the contracts that carry them, but for those whose findings stand.

    A check that crashes is run again contract by contract: it gives `undetermined`, with the
    cause, for the one that it cannot read, and its findings for the others. The crash is logged.
    """
    wanted = set(only) if only is not None else None
    result = RunResult()
    for check in checks().values():
        if wanted is not None and check.check_id not in wanted:
            continue
        carrying = tuple(
            c for c in batch.contracts if check.check_id in c.obligations and (c.pk, check.check_id) not in batch.left
        )
        if carrying:
            _run(check, replace(batch, contracts=carrying), result)
    return result


def cause(error: Exception) -> str:
    """Why something crashed, as it is kept and shown."""
    return f"{type(error).__name__}: {error}"[:300]


def _run(check: Check, batch: Batch, result: RunResult) -> None:
    if batch.watch:
        batch.watch.at(None, check.check_id)
    try:
        # A query that fails must not break a transaction that goes on; outside of one nothing is held.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            found = list(check.function(batch))
            _refuse_twins(found)
    except DATABASE_AWAY:
        raise  # no fault of the check: the evaluation as a whole has failed
    except Exception as error:
        if len(batch.contracts) > 1:
            for contract in batch.contracts:
                _run(check, replace(batch, contracts=(contract,)), result)
            return
        (contract,) = batch.contracts
        logger.exception("check %s crashed on contract %s", check.check_id, contract.pk)
        result.errors[contract.pk, check.check_id] = cause(error)
        found = [crashed(check.check_id, contract, error)]
    result.findings.extend(found)


def _refuse_twins(findings: Iterable[Finding]) -> None:
    """Two findings about one thing: neither can be believed."""
    seen: set[tuple[int, str]] = set()
    for finding in findings:
        key = (finding.contract_id, finding.key)
        if key in seen:
            raise ValueError(f"findings share a key: {finding.check_id} {finding.key}")
        seen.add(key)


def crashed(check_id: str, contract: ContractFacts, error: Exception) -> Finding:
    """What stands in place of a check's findings about a contract that it could not judge."""
    return Finding(
        check_id=check_id,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED,
        subject=Subject(CRASHED, 0, check_id),
        message=Message(
            _("The check could not be carried out (%(error)s); nothing is concluded from it."), error=cause(error)
        ),
    )
