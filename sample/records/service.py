"""The hotline's platform, its indicators, and the figures of its days and months."""

from datetime import date

from contract import records
from contract.models import Contract
from hotline.choices import Layout
from hotline.intake.sums import DayRead
from hotline.models import Indicator, Platform, ServiceMonth
from hotline.services import figures, platforms
from sample.records.year import ONE_DAY, Year, days, record
from sample.year import acts, service


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
    if (event.last + ONE_DAY).day == 1:  # a month that still runs has no figures of its own yet
        month = ServiceMonth(contract=year.contract, month=event.first, **service.of_month(event.first))
        figures.enter(month, today=event.on)
