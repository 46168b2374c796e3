"""The rota by the month, approvals, proofs of payment and labour matters."""

from collections.abc import Iterable, Iterator, Set
from datetime import date, timedelta

from contract import records
from contract.choices import PartySide
from sample.records.year import Year, days, record
from sample.year.events import Event, Joins, Moves, Replaces, instant
from sample.year.team import END, hours
from sample.year.words.employer import Approves, Labours, Pays, Shifts
from staffing.choices import AttendanceRoute
from staffing.models import Assignment, HoursApproval, LabourMatter, PayProof
from staffing.rules.spans import parse
from staffing.services import rota
from staffing.services.rota import RotaRow

AHEAD = timedelta(days=7)  # the first days of the next month stand before this one is over
NAMES = {"wages": "工资", "overtime": "加班"}
AUTHORITY, DECLARED_BY = "示例区人力资源和社会保障局", "乙方人力资源负责人"


@record.register
def shifts(event: Shifts, year: Year) -> None:
    """Nothing to record by itself: `plan` corrects the rota."""


def plan(year: Year, day: date, told: Iterable[Event]) -> None:
    """What the vendor sends of the rota on a day.

    On the first day of a month, the month and the first days of the next one; when people begin or
    take another post, their rota until then; where other hours were worked, those.
    """
    today = [event for event in told if event.on == day]
    end = min((day.replace(day=1) + timedelta(days=31)).replace(day=1) + AHEAD, END)
    if day.day == 1:
        _send(year, day, _rows(year, day, end))
    elif who := {e.who for e in today if isinstance(e, Joins | Replaces | Moves)}:
        _send(year, day, _rows(year, day, end, who))
    for event in today:
        if isinstance(event, Shifts):
            _send(year, day, _other_hours(year, event))


def _send(year: Year, day: date, rows: Iterable[RotaRow]) -> None:
    rota.enter(
        contract=year.contract,
        rows=list(rows),
        actor=year.users.get("vendor"),
        route=AttendanceRoute.SAMPLE,
        at=instant(day),
    )


def _rows(year: Year, first: date, last: date, only: Set[int] = frozenset()) -> Iterator[RotaRow]:
    """The rota of a span, rest days included: they clear what an earlier post had."""
    assigned = (
        Assignment.objects.filter(contract=year.contract, starts_on__lte=last)
        .exclude(ends_on__lt=first)
        .select_related("operator", "post")
        .defer("operator__resident_id")
        .order_by("operator__employee_number", "starts_on")
    )
    for assignment in assigned:
        who = int(assignment.operator.employee_number.removeprefix("HT"))
        assert assignment.post is not None
        if only and who not in only:
            continue
        for day in days(max(first, assignment.starts_on), min(last, assignment.ends_on or END)):
            planned = hours(who, assignment.post.code, day, year.calendar)
            spans = () if planned is None else (parse(planned[1], planned[0]),)
            yield RotaRow(assignment.operator_id, day, spans)


def _other_hours(year: Year, event: Shifts) -> Iterator[RotaRow]:
    """The rota's duty days of an event, with the hours that were worked instead."""
    for row in list(_rows(year, event.on, event.last, frozenset(event.who))):
        for span in row.spans:
            if event.who or str(span) == event.instead:
                yield RotaRow(row.operator_id, row.day, (parse(event.hours, span.kind),))


@record.register
def approves(event: Approves, year: Year) -> None:
    records.enter(
        HoursApproval(
            contract=year.contract,
            document=event.document,
            authority=AUTHORITY,
            post=year.post(event.post),
            approved_on=year.contract.signed_on,
            valid_from=year.contract.starts_on,
            valid_until=year.contract.ends_on,
            arrived_on=event.on,
        ),
        today=event.on,
    )


@record.register
def pays(event: Pays, year: Year) -> None:
    records.enter(
        PayProof(
            contract=year.contract,
            kind=event.kind,
            month=event.month,
            paid_on=event.paid,
            document=f"{NAMES[event.kind]}发放凭证{event.month:%Y-%m}（示例）",
            declared_by=DECLARED_BY,
            arrived_on=event.on,
        ),
        today=event.on,
    )


@record.register
def labours(event: Labours, year: Year) -> None:
    """The vendor tells the office of it on its day, and of the settlement on another one."""

    def tell() -> None:
        matter = records.enter(
            LabourMatter(
                reported_on=event.reported,
                recorded_by=PartySide.VENDOR,
                contract=year.contract,
                kind=event.kind,
                title=event.title,
                persons=event.persons,
                occurred_on=event.on,
                known_on=event.on,
                effect=event.effect,
            ),
            today=event.reported,
        )
        if event.settled is not None:
            settled_on, settlement = event.settled
            year.later(
                settled_on,
                "vendor",
                lambda: records.correct(matter, today=settled_on, settled_on=settled_on, settlement=settlement),
            )

    year.later(event.reported, "vendor", tell)
