"""Demands to replace a person (article 12.2): from the office to the vendor."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from staffing.models import Assignment, ReplacementDemand
from staffing.services.assignments import link_substitute
from staffing.services.locks import fresh, lock_contract, save


def send_replacement_demand(
    *, contract: Contract, assignment: Assignment, reason: str, sent_at: datetime, arrived_at: datetime | None = None
) -> ReplacementDemand:
    """Send a demand; a message to the vendor's system arrives with its entry there."""
    with transaction.atomic():
        lock_contract(contract.pk)
        demand = ReplacementDemand(
            contract=contract,
            assignment=fresh(assignment),
            reason=reason.strip(),
            sent_at=sent_at,
            arrived_at=arrived_at,
        )
        save(demand)
    return demand


def record_demand_arrival(*, demand: ReplacementDemand, arrived_at: datetime) -> ReplacementDemand:
    """Record when the demand reached the vendor: the time runs from that Beijing day."""
    with transaction.atomic():
        lock_contract(demand.contract_id)
        current = fresh(demand)
        _require_open(current)
        current.arrived_at = arrived_at
        save(current)
    return current


def fulfil_demand(*, demand: ReplacementDemand, assignment: Assignment) -> ReplacementDemand:
    """Name the assignment that replaces the person.

    Whether the person has left already or leaves later, the substitute fills the gap.
    """
    with transaction.atomic():
        lock_contract(demand.contract_id)
        current = fresh(demand)
        _require_open(current)
        current.replaced_by = fresh(assignment)
        save(current)
        link_substitute(assignment=current.assignment)
    return fresh(current)


def withdraw_demand(*, demand: ReplacementDemand, on: date) -> ReplacementDemand:
    """The office takes its demand back; nothing is owed for it any more."""
    with transaction.atomic():
        lock_contract(demand.contract_id)
        current = fresh(demand)
        _require_open(current)
        current.withdrawn_on = on
        save(current)
    return current


def _require_open(demand: ReplacementDemand) -> None:
    if demand.withdrawn_on is not None:
        raise ValidationError(_("This demand was withdrawn on %(day)s.") % {"day": demand.withdrawn_on})
    if demand.replaced_by_id is not None:
        raise ValidationError(_("This demand has been met already."))
