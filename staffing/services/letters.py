"""Letters about people whom the office wants replaced."""

from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError

from contract import records
from contract.letters.choices import NoticeKind
from contract.letters.models import NoticeArrival
from contract.letters.rules import Matter
from contract.letters.services.subjects import SubjectKind
from contract.models import Contract
from contract.models.refusals import ANOTHER_CONTRACT
from contract.selectors import clause_of
from law.periods import BEIJING, beijing_day
from staffing.models import ReplacementDemand
from staffing.services import demands

LABEL = "staffing.ReplacementDemand"


def _read(pk: int, contract: Contract, on: date) -> Matter:
    demand = ReplacementDemand.objects.select_related("assignment__operator").filter(pk=pk, contract=contract).first()
    if demand is None:
        raise ValidationError(ANOTHER_CONTRACT)
    operator = demand.assignment.operator
    return Matter(
        label=LABEL,
        pk=demand.pk,
        name="",
        clause=clause_of(contract, "staffing.replacement"),
        topic=f"贵公司派驻人员{operator.name}（工号{operator.employee_number}）",
        sentence=demand.reason,
        details={"sent_on": beijing_day(demand.sent_at).isoformat()},
    )


def _kinds(pk: int) -> list[NoticeKind]:
    open_ = ReplacementDemand.objects.filter(pk=pk, withdrawn_on=None, replaced_by=None)
    return [NoticeKind.REPLACEMENT] if open_.exists() else []


def _arrived(*, pk: int, arrival: NoticeArrival, actor: Any, at: datetime, on: date) -> None:
    """The time to replace runs from the letter's arrival, unless the demand arrived before it."""
    demand = ReplacementDemand.objects.get(pk=pk)
    if demand.arrived_at is not None or demand.withdrawn_on or demand.replaced_by_id:
        return
    demands.arrive(demand, arrived_at=_begin(arrival, demand))


def _moved(*, pk: int, arrival: NoticeArrival, actor: Any, at: datetime, on: date) -> None:
    """The time to replace that the letter started runs from the right day, also where it is over."""
    demand = ReplacementDemand.objects.get(pk=pk)
    wrong = arrival.corrects
    if wrong is None or demand.arrived_at is None or demand.withdrawn_on:
        return
    if demand.arrived_at == _begin(wrong, demand):
        records.correct(demand, arrived_at=_begin(arrival, demand))


def _begin(arrival: NoticeArrival, demand: ReplacementDemand) -> datetime:
    """The instant from which a letter counts as arrived: the day's first, not before the demand was sent."""
    return max(datetime.combine(arrival.arrived_on, time(0), tzinfo=BEIJING), demand.sent_at)


SUBJECT = SubjectKind(LABEL, _read, _kinds, _arrived, _moved)
