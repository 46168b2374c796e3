"""Round the clock, within labour law, and paid: coverage, hours, pay, labour matters."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from contract.batch import Batch, ContractFacts
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
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
from staffing.rules.coverage import coverage, horizon
from staffing.rules.hours import Hours, Worked, assigned_months, by_clock, eves_and_holidays
from staffing.rules.labour_matters import labour_dispute
from staffing.rules.pay import overtime_pay, wages_paid
from staffing.rules.working_hours import working_hours


@register("staffing.coverage", owed_by=Side.VENDOR, title=_("Somebody on duty at every minute"))
def coverage_check(batch: Batch) -> Iterator[Finding]:
    begun = list(batch.begun())
    last = max((horizon(contract, batch.as_of) for contract in begun), default=batch.as_of)
    days = batch.read(selectors.duty, last)
    for contract in begun:
        yield from coverage(contract, days[contract.pk], batch.as_of)


@register(
    "staffing.working_hours",
    owed_by=Side.VENDOR,
    title=_("Working hours: proof asked for"),
    references=(LABOUR_LAW_36, LABOUR_LAW_38, LABOUR_LAW_39, LABOUR_LAW_41, COMPREHENSIVE_HOURS),
)
def working_hours_check(batch: Batch) -> Iterator[Finding]:
    for contract, hours in _hours(batch):
        assigned = assigned_months(contract, hours.workers.values())
        yield from working_hours(contract, hours, assigned, batch.as_of)


@register(
    "staffing.overtime_pay",
    owed_by=Side.VENDOR,
    title=_("Overtime and holiday pay: proof asked for"),
    references=(LABOUR_LAW_44, COMPREHENSIVE_OVERTIME),
)
def overtime_pay_check(batch: Batch) -> Iterator[Finding]:
    proofs = batch.read(selectors.pay_proofs, PayKind.OVERTIME)
    for contract, hours in _hours(batch, clock=True):
        assigned = assigned_months(contract, hours.workers.values())
        yield from overtime_pay(contract, hours, assigned, proofs[contract.pk], batch.as_of)


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


def _hours(batch: Batch, *, clock: bool = False) -> Iterator[tuple[ContractFacts, Hours]]:
    """The hours of each contract that has begun (three queries for all of them).

    By the clock of each day around statutory holidays (one query more), else by the day a shift begins.
    """
    minutes = batch.read(selectors.worked, before=batch.as_of)
    nights: Mapping[int, Worked] = {}
    if clock:
        days = [eves_and_holidays(contract, batch.calendar, batch.as_of) for contract in batch.begun()]
        nights = batch.read(selectors.nights, frozenset().union(*days))
    people = batch.read(selectors.workers)
    approved = batch.read(selectors.approvals)
    for contract in batch.begun():
        worked = minutes[contract.pk]
        if contract.pk in nights:
            worked = by_clock(worked, nights[contract.pk], contract.last_day)
        yield (contract, Hours(worked, people[contract.pk], approved[contract.pk], batch.calendar, batch.as_of))
