"""Round the clock, within labour law, and paid: coverage, hours, pay, labour matters."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from contract.batch import Batch, ContractFacts
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
from law.periods import month_windows
from law.references import (
    CIVIL_CODE_201,
    CIVIL_CODE_203,
    CIVIL_CODE_1259,
    COMPREHENSIVE_HOURS,
    COMPREHENSIVE_OVERTIME,
    LABOUR_LAW_36,
    LABOUR_LAW_38,
    LABOUR_LAW_39,
    LABOUR_LAW_41,
    LABOUR_LAW_44,
    LABOUR_LAW_50,
)
from staffing import selectors
from staffing.choices import PayKind
from staffing.rules.coverage import CHECK, coverage, demand_text, horizon, months_settled
from staffing.rules.hours import (
    ApprovalFact,
    Hours,
    Worked,
    Worker,
    assigned_months,
    by_clock,
    eves_and_holidays,
    since,
    windows_until,
)
from staffing.rules.labour_matters import labour_dispute
from staffing.rules.months import NOTHING_KNOWN, Months, recalled
from staffing.rules.pay import months_over, overtime_pay, wages_paid
from staffing.rules.working_hours import working_hours


@register("staffing.coverage", owed_by=Side.VENDOR, title=_("Somebody on duty at every minute"))
def coverage_check(batch: Batch) -> Iterator[Finding]:
    begun = list(batch.begun())
    last = max((horizon(contract, batch.as_of) for contract in begun), default=batch.as_of)
    months, first = {}, date.min
    if batch.memory:
        marks = batch.read(selectors.marks)
        for contract in begun:
            windows = months_settled(contract, batch.as_of)
            known = recalled(
                batch.memory, contract.pk, CHECK, windows, marks[contract.pk], demand_text(contract), lambda day: day
            )
            months[contract.pk] = known
        unknown = (_first_unknown(month_windows(c.starts_on, c.last_day), months[c.pk]) for c in begun)
        first = min(unknown, default=first)
    days = batch.read(selectors.duty, last, first)
    for contract in begun:
        yield from coverage(contract, days[contract.pk], batch.as_of, months.get(contract.pk, NOTHING_KNOWN))


@register(
    "staffing.working_hours",
    owed_by=Side.VENDOR,
    title=_("Working hours: proof asked for"),
    references=(LABOUR_LAW_36, LABOUR_LAW_38, LABOUR_LAW_39, LABOUR_LAW_41, COMPREHENSIVE_HOURS),
)
def working_hours_check(batch: Batch) -> Iterator[Finding]:
    for contract, hours, months in _hours(batch, "staffing.working_hours"):
        assigned = assigned_months(contract, hours.workers.values())
        yield from working_hours(contract, hours, assigned, batch.as_of, months)


@register(
    "staffing.overtime_pay",
    owed_by=Side.VENDOR,
    title=_("Overtime and holiday pay: proof asked for"),
    references=(LABOUR_LAW_44, COMPREHENSIVE_OVERTIME),
)
def overtime_pay_check(batch: Batch) -> Iterator[Finding]:
    proofs = batch.read(selectors.pay_proofs, PayKind.OVERTIME)
    for contract, hours, months in _hours(batch, "staffing.overtime_pay", clock=True):
        assigned = assigned_months(contract, hours.workers.values())
        yield from overtime_pay(contract, hours, assigned, proofs[contract.pk], batch.as_of, months)


@register("staffing.wages_paid", owed_by=Side.VENDOR, title=_("Wages: proof asked for"), references=(LABOUR_LAW_50,))
def wages_paid_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.workers)
    proofs = batch.read(selectors.pay_proofs, PayKind.WAGES)
    for contract in batch.begun():
        assigned = assigned_months(contract, people[contract.pk].values())
        yield from wages_paid(contract, assigned, proofs[contract.pk], batch.as_of, batch.calendar)


@register(
    "staffing.labour_dispute",
    owed_by=Side.VENDOR,
    title=_("Labour disputes, injuries and damage"),
    references=(CIVIL_CODE_201, CIVIL_CODE_203, CIVIL_CODE_1259),
)
def labour_dispute_check(batch: Batch) -> Iterator[Finding]:
    matters = batch.read(selectors.labour_matters)
    for contract in batch.begun():
        for matter in matters[contract.pk]:
            finding = labour_dispute(contract, matter, batch.calendar, batch.as_of)
            if finding is not None:
                yield finding


def _hours(batch: Batch, check_id: str, *, clock: bool = False) -> Iterator[tuple[ContractFacts, Hours, Months]]:
    """The hours of each contract that has begun, and the months known of it (three queries for all of them, two more
    for what is known).

    By the clock of each day around statutory holidays (one query more), else by the day a shift begins. Hours are
    read back to the first month that is not known.
    """
    people = batch.read(selectors.workers)
    approved = batch.read(selectors.approvals)
    months: dict[int, Months] = {}
    first = date.min
    if batch.memory:
        marks = batch.read(selectors.marks)
        first = date.max
        for contract in batch.begun():
            workers, rows = people[contract.pk], [a for a in approved[contract.pk] if a.arrived_on <= batch.as_of]
            text = batch.once(("hours rest on", contract.pk), partial(_rest, contract, workers, rows))
            over = months_over(contract, batch.as_of)
            known = months[contract.pk] = recalled(
                batch.memory, contract.pk, check_id, over, marks[contract.pk], text, partial(since, approvals=rows)
            )
            wanted = over if clock else windows_until(contract, batch.as_of)
            unknown = _first_unknown(wanted, known)
            first = min(first, since(unknown, rows) if unknown < date.max else unknown)
    minutes: Mapping[int, Worked] = {}
    nights: Mapping[int, Worked] = {}
    if first < date.max:
        minutes = batch.read(selectors.worked, before=batch.as_of, first=first)
    if clock and first < date.max:
        days = [eves_and_holidays(contract, batch.calendar, batch.as_of, first) for contract in batch.begun()]
        nights = batch.read(selectors.nights, frozenset().union(*days))
    for contract in batch.begun():
        worked = minutes.get(contract.pk, {})
        if contract.pk in nights:
            worked = by_clock(worked, nights[contract.pk], contract.last_day)
        hours = Hours(worked, people[contract.pk], approved[contract.pk], batch.calendar, batch.as_of)
        yield contract, hours, months.get(contract.pk, NOTHING_KNOWN)


def _rest(contract: ContractFacts, workers: Mapping[int, Worker], approvals: list[ApprovalFact]) -> str:
    """What hours rest on beside the rota and the reports, as a text."""
    return f"{contract.subject} {contract.starts_on} {contract.last_day} {list(workers.values())} {approvals} "


def _first_unknown(windows: list[tuple[date, date]], months: Months) -> date:
    """The first day of the first month that is not known; the last of all days where every one is."""
    return next((window[0] for window in windows if window not in months.known), date.max)
