"""Who begins, leaves, moves, is away or is to be replaced."""

from datetime import timedelta
from typing import Any

from confidentiality.models import Offboarding
from confidentiality.models.offboarding import STEPS
from contract import acting, records
from law.periods import beijing_day
from sample.people import person
from sample.records.papers import file
from sample.records.year import ONE_DAY, Year, record
from sample.year import events
from sample.year.events import instant, when
from staffing.choices import EndReason
from staffing.models import Assignment, Leave, Operator, ReplacementDemand
from staffing.services import assignments, demands, leaves

HIRED_AHEAD = timedelta(days=45)  # a month of training and what comes before it


@record.register
def joins(event: events.Joins, year: Year) -> None:
    gap = None
    if event.fills is not None:
        gaps = year.assignment(event.fills).gaps
        gap = gaps.filter(is_void=False, backfill=None).latest("opened_on")
    _begin(event, year, fills_gap=gap)


@record.register
def replaces(event: events.Replaces, year: Year) -> None:
    assignment = _begin(event, year)
    demand = ReplacementDemand.objects.get(assignment=year.assignment(event.instead_of), withdrawn_on=None)
    demands.fulfil(demand, assignment=assignment)


def _begin(event: events.Joins | events.Replaces, year: Year, **more: Any) -> Assignment:
    hired_on = event.hired or event.on - HIRED_AHEAD
    someone = person(event.who, hired_on, event.papers.age)
    operator = records.enter(
        Operator(
            vendor=year.contract.vendor,
            employee_number=someone.number,
            name=someone.name,
            resident_id=someone.resident_id,
            hired_on=hired_on,
            phone=someone.phone,
            education=someone.education,
            is_full_time_degree=True,
            clean_record_proved_on=someone.clean_record_proved_on,
        )
    )
    file(event, operator, year)
    return assignments.enter(
        Assignment(contract=year.contract, operator=operator, starts_on=event.on, post=year.post(event.post), **more)
    )


@record.register
def departs(event: events.Leaves, year: Year) -> None:
    consent_ref, consented_on = event.consent or ("", None)
    assignment = assignments.correct(
        year.assignment(event.who),
        ends_on=event.last,
        end_reason=event.reason,
        notice_on=event.notice,
        consent_ref=consent_ref,
        consented_on=consented_on,
    )
    if event.handed_over is not None:
        done_on = when(event.handed_over, event.last)
        steps = dict.fromkeys(STEPS, done_on)
        year.later(
            done_on,
            "vendor",
            lambda: records.enter(
                Offboarding(contract=assignment.contract, assignment=assignment, **steps), today=done_on
            ),
        )


@record.register
def moves(event: events.Moves, year: Year) -> None:
    consent_ref, consented_on = event.consent or ("", None)
    left = assignments.correct(
        year.assignment(event.who),
        ends_on=event.on - ONE_DAY,
        end_reason=EndReason.TRANSFER,
        consent_ref=consent_ref,
        consented_on=consented_on,
    )
    assignments.enter(
        Assignment(contract=year.contract, operator=left.operator, starts_on=event.on, post=year.post(event.post))
    )


@record.register
def is_away(event: events.Away, year: Year) -> None:
    leaves.enter(
        Leave(
            contract=year.contract,
            operator=year.operator(event.who),
            kind=event.kind,
            starts_on=event.first,
            ends_on=event.last,
            reported_at=instant(event.first),
        )
    )


@record.register
def is_demanded(event: events.Demands, year: Year) -> None:
    demand = records.enter(
        ReplacementDemand(
            contract=year.contract, assignment=year.assignment(event.who), reason=event.reason, sent_at=event.sent
        )
    )
    arrived = event.arrived

    def arrives() -> None:
        with acting.acting(at=arrived):
            demands.arrive(demand, arrived_at=arrived)

    year.later(beijing_day(arrived), "office", arrives)
