"""Loads the sample year onto the reference contract: all of it, or nothing.

Day by day the records are entered through the services, attendance before each night that is
replayed: evaluated as of its day, so that alerts carry a true history. Every write bears the
instant of its day, and in whose name it was made; the change log keeps the real instant beside it
(docs/decisions).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import acting, selectors
from contract.batch import ContractFacts
from contract.choices import AlertStatus, Outcome, RunTrigger
from contract.delivery.services import outbox
from contract.findings import Finding
from contract.loading import reference_document, reference_signed_at
from contract.models import Alert, Contract, EvaluationRun
from contract.rules.warnings import begins_on
from contract.services import evaluate
from sample import second
from sample.decisions import Decisions
from sample.people import number
from sample.records import ONE_DAY, Year, days, months, plan, prepare, record, report
from sample.records.attendance import EVENING
from sample.records.year import actor
from sample.users import LOGINS, make_users
from sample.year import OFFICE, PEOPLE
from sample.year.events import Reports, edges, instant
from sample.year.team import END, START
from staffing.models import Assignment, Operator

__all__ = ["LOGINS", "Loaded", "freeze_day", "load"]

NOON = time(12, 0)
NIGHT = time(23, 30)
DAY_FILE = "demonstration-day"


@dataclass
class Loaded:
    """What was done: not `fresh` where the year was there already."""

    contract: Contract
    fresh: bool = True
    nights: int = 0
    remarks: list[str] = field(default_factory=list)


def load(*, replay: bool = True, progress: Callable[[date], None] | None = None) -> Loaded:
    """Load the sample year unless it is there.

    With `replay` the nights are evaluated, alerts reviewed and statements issued.
    Raises CommandError where sample data are not allowed or the contract has records of its own.
    """
    if not settings.SAMPLE_DATA_ALLOWED:
        raise CommandError(_("The sample year brings users with public passwords: it is not loaded in production."))
    with acting.acting(at=reference_signed_at()):
        call_command("seed_reference", stdout=StringIO())
    contract = Contract.objects.get(number=reference_document()["contract"]["number"])
    loaded = Loaded(contract, fresh=not is_loaded(contract))
    if loaded.fresh:
        if Assignment.objects.filter(contract=contract).exists():
            raise CommandError(
                _(
                    "Contract %(number)s has records of its own, and the sample year would mix with "
                    "them. Use an empty database (another DATA_DIR)."
                )
                % {"number": contract.number}
            )
        with outbox.silence(), transaction.atomic():
            _load(loaded, replay, progress)
    with outbox.silence():
        second.load(contract, _users())
    return loaded


def _users() -> dict[str, Any]:
    """The sample users that are there, by name."""
    rows = get_user_model().objects.filter(username__in=[login.username for login in LOGINS])
    return {user.get_username(): user for user in rows}


def freeze_day() -> None:
    """From now on this process, and every later one with the same data, speaks of the last day."""
    Path(settings.DATA_DIR, DAY_FILE).write_text(f"{END}\n", encoding="utf-8")
    settings.DEMONSTRATION_DAY = settings.DEMONSTRATION_DAY or END.isoformat()


def is_loaded(contract: Contract) -> bool:
    """Whether the sample year is there: its first person is, under whatever number since."""
    first = Operator.history.filter(vendor=contract.vendor, employee_number=number(1))
    return Assignment.objects.filter(contract=contract, operator__in=first.values("id")).exists()


def _load(loaded: Loaded, replay: bool, progress: Callable[[date], None] | None) -> None:
    contract = loaded.contract
    if replay and EvaluationRun.objects.filter(as_of__gt=START).exists():
        replay = False
        loaded.remarks.append(_("Later days have been evaluated already: the nights of the year are not replayed."))
    with acting.acting(at=instant(contract.signed_on)):
        users = make_users(contract)
    year = Year(contract, selectors.calendar(), users)
    decide = Decisions(contract, users, loaded.remarks)
    with year.acting(contract.signed_on, "office"):
        prepare(year)
    nights = Nights()
    reports = [event for event in PEOPLE if isinstance(event, Reports)]
    unreported = START
    for day, is_last in _days():
        year.begin(day)
        for event in PEOPLE:
            if event.on == day:
                with year.acting(day, actor(event)):
                    record(event, year)
        with year.acting(day, "vendor"):
            plan(year, day, PEOPLE)
        for event in OFFICE:
            if event.on == day:
                with year.acting(day, actor(event), NOON):
                    record(event, year)
        if replay:
            decide.on(day)
        tonight = replay and day in nights
        if tonight or is_last:
            with year.acting(day, "vendor", EVENING):
                report(year, unreported, day, reports)
            unreported = day + ONE_DAY
        if tonight:
            with year.acting(day, "", NIGHT):
                evaluation = evaluate(
                    as_of=day,
                    today=day,
                    at=instant(day, NIGHT),
                    trigger=RunTrigger.SCHEDULE,
                    contract_ids=[contract.pk],
                )
            nights.note(evaluation.findings, selectors.contract_facts(contract.pk, day))
            loaded.nights += 1
        if progress:
            progress(day)


def _days() -> Iterator[tuple[date, bool]]:
    """Every day of the year, and whether it is the last one of its month."""
    for first, last in months():
        for day in days(first, last):
            yield day, day == last


class Nights:
    """The nights worth evaluating; the others would say little new.

    They are those of the days on which something is recorded, begins or is over, of the first and
    last days of the months, and after each last day that an open finding names.
    """

    def __init__(self) -> None:
        self.days = {edge for month in months() for edge in month}
        self.days.update(*map(edges, (*PEOPLE, *OFFICE)))
        self.run_out: set[date] = set()

    def __contains__(self, day: date) -> bool:
        return day in self.days or day in self.run_out

    def note(self, findings: Iterable[Finding], facts: ContractFacts) -> None:
        """Look again when the time of what is still open has run out, or a warning of it begins."""
        findings = list(findings)
        self.run_out = {
            due_on + ONE_DAY
            for finding in findings
            if finding.outcome in (Outcome.PENDING, Outcome.AT_RISK)
            for due_on in (finding.nominal_due_on, finding.legal_due_on)
            if due_on is not None
        }
        self.run_out |= {
            day
            for finding in findings
            if finding.outcome == Outcome.PENDING and (due_on := finding.nominal_due_on)
            if (day := begins_on(facts, finding.check_id, due_on, due_on))
        }
        # And after the last day of each time to answer, so that a silence is dated to its day.
        self.run_out |= {
            due_on + ONE_DAY
            for due_on in Alert.objects.filter(status=AlertStatus.NOTIFIED).values_list("answer_due_on", flat=True)
            if due_on is not None
        }
