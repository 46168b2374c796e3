"""The checks of the service itself: it reaches its indicators, and its figures come."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from contract.batch import Batch
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
from contract.selectors.excuses import claimed
from hotline import selectors
from hotline.rules import coming, level, questions


@register(level.CHECK, owed_by=Side.VENDOR, title=_("The service reaches its indicators"))
def service_level(batch: Batch) -> Iterator[Finding]:
    facts, excuses = batch.read(selectors.service), claimed(batch)
    for contract in batch.begun():
        own = [one for one in excuses if one.contract_id == contract.pk]
        yield from level.service_level(contract, facts[contract.pk], batch.calendar, batch.as_of, own)


@register(coming.CHECK, owed_by=Side.OFFICE, title=_("The figures of the hotline's platform are taken in in time"))
def service_figures(batch: Batch) -> Iterator[Finding]:
    facts = batch.read(selectors.service)
    for contract in batch.begun():
        yield from coming.service_figures(contract, facts[contract.pk], batch.calendar, batch.as_of)


@register(questions.CHECK, owed_by=Side.VENDOR, title=_("Reports agree with the platform's seat log"))
def seat_log(batch: Batch) -> Iterator[Finding]:
    facts = batch.read(selectors.seats, batch.as_of)
    for contract in batch.begun():
        yield from questions.seat_log(contract, facts[contract.pk], batch.as_of)
