"""What becomes of a demand to replace a person, from the office to the vendor."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from staffing.models import Assignment, ReplacementDemand
from staffing.services.assignments import link_substitute


@transaction.atomic
def arrive(demand: ReplacementDemand, *, arrived_at: datetime) -> ReplacementDemand:
    """Say when the demand reached the vendor: the time runs from that Beijing day."""
    return records.correct(_open(demand), arrived_at=arrived_at)


@transaction.atomic
def fulfil(demand: ReplacementDemand, *, assignment: Assignment) -> ReplacementDemand:
    """Name the assignment that replaces the person.

    Whether the person has left already or leaves later, the substitute fills the gap.
    """
    current = records.correct(_open(demand), replaced_by=records.fresh(assignment))
    link_substitute(assignment=current.assignment)
    return records.fresh(current)


@transaction.atomic
def withdraw(demand: ReplacementDemand, *, on: date) -> ReplacementDemand:
    """The office takes its demand back; nothing is owed for it any more."""
    return records.correct(_open(demand), withdrawn_on=on)


def _open(demand: ReplacementDemand) -> ReplacementDemand:
    current = records.locked(demand)
    if current.withdrawn_on is not None:
        raise ValidationError(_("This demand was withdrawn on %(day)s.") % {"day": current.withdrawn_on})
    if current.replaced_by_id is not None:
        raise ValidationError(_("This demand has been met already."))
    return current
