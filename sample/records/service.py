"""The hotline's platform, its indicators, the figures of its days and months, and who signed in."""

from collections.abc import Iterator
from datetime import date

from contract import records
from contract.models import Contract
from hotline.choices import Layout
from hotline.intake.seats import SeatDayRead, Session
from hotline.intake.sums import DayRead
from hotline.models import Indicator, Platform, ServiceMonth
from hotline.services import figures, platforms, seats
from sample.records.year import ONE_DAY, Year, days, record
from sample.year import acts, service
from staffing.choices import AttendanceStatus, ShiftKind
from staffing.models import Attendance, Operator
from staffing.selectors.rota import shifts


def set_up(contract: Contract, today: date) -> None:
    """The platform, with the indicators that come with it."""
    platform = Platform(contract=contract, name=service.PLATFORM, since=service.SINCE, layout=Layout.QUEUE_LOG)
    platforms.enter(platform, today=today)


def confirm(contract: Contract, on: date) -> None:
    """Both sides confirm the target of one indicator; the others stay open."""
    row = Indicator.objects.get(contract=contract, key="connection")
    records.correct(row, today=on, confirmed_on=on, confirmation=service.CONFIRMATION)


@record.register
def takes_figures(event: acts.TakesFigures, year: Year) -> None:
    read = []
    for on in days(event.first, event.last):
        halves = service.figures(on)
        read.append(DayRead(on, {name: sum(numbers) for name, numbers in halves.items()}, halves))
    platform = Platform.objects.get(contract=year.contract)
    figures.take_in(contract=year.contract, days=read, today=event.on, platform=platform)
    if event.first in service.SEAT_LOGS:
        own = list(_seats(year, event.first, event.last))
        seats.take_in(contract=year.contract, days=own, today=event.on, platform=platform)
        logins = sorted({session[0] for one in own for session in one.sessions})
        seats.by_number(contract=year.contract, logins=logins, today=event.on)
    if (event.last + ONE_DAY).day == 1:  # a month that still runs has no figures of its own yet
        month = ServiceMonth(contract=year.contract, month=event.first, **service.of_month(event.first))
        figures.enter(month, today=event.on)


def _seats(year: Year, first: date, last: date) -> Iterator[SeatDayRead]:
    """Everybody who was on duty at the hotline signs in for their shift, under their employee number."""
    present = set(
        Attendance.objects.filter(
            contract=year.contract, day__range=(first, last), status=AttendanceStatus.ON_DUTY
        ).values_list("operator_id", "day")
    )
    found: dict[date, list[Session]] = {on: [] for on in days(first, last)}
    numbers = dict(Operator.objects.filter(vendor=year.contract.vendor).values_list("pk", "employee_number"))
    for shift in shifts(year.contract, first, last):
        number = numbers[shift.operator_id]
        edges = service.signs_in(int(number.removeprefix("HT")), shift.day)
        if shift.span.kind == ShiftKind.DUTY and (shift.operator_id, shift.day) in present and edges:
            before, after = edges
            found[shift.day].append((number, "", 60 * shift.span.start - before, 60 * shift.span.end + after, 0))
    for on, own in found.items():
        yield SeatDayRead(on, tuple(sorted(own)))
