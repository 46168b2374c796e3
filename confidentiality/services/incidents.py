"""Leaks, the persons involved, the costs, and the office's decision on termination."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from confidentiality.models import Incident, IncidentCost, IncidentPerson
from confidentiality.services.base import not_after, require_standing, withdraw
from contract.models import Contract
from staffing.services.locks import apply, fresh, lock_contract, save

REPORT_FIELDS = frozenset(
    {"title", "description", "occurred_on", "found_at", "told_at", "report_document", "contained_at", "measures"}
)
"""What either side knows and writes down."""
FINDING_FIELDS = frozenset({"cause", "harm", "office_knew_on"})
"""What the office makes of it."""
TERMINATION_FIELDS = frozenset({"termination", "termination_on", "termination_document"})
INCIDENT_FIELDS = REPORT_FIELDS | FINDING_FIELDS | TERMINATION_FIELDS
PERSON_FIELDS = frozenset({"operator", "name", "involvement", "asked_on", "cooperated_on", "cooperation"})
COST_FIELDS = frozenset({"kind", "amount", "incurred_on", "document"})

Part = TypeVar("Part", IncidentPerson, IncidentCost)

INSTANTS = ("found_at", "told_at", "contained_at")
DAYS = ("occurred_on", "office_knew_on", "termination_on", "asked_on", "cooperated_on", "incurred_on")


def record_incident(
    *,
    contract: Contract,
    title: str,
    description: str,
    found_by: str,
    found_at: datetime,
    now: datetime,
    today: date,
    **values: Any,
) -> Incident:
    """Record a leak (further fields of `INCIDENT_FIELDS`)."""
    _not_in_the_future(now, today, {**values, "found_at": found_at})
    incident = Incident(contract=contract, title=title, description=description, found_by=found_by, found_at=found_at)
    apply(incident, INCIDENT_FIELDS, values)
    with transaction.atomic():
        lock_contract(contract.pk)
        save(incident)
    return incident


def correct_incident(*, incident: Incident, now: datetime, today: date, **changes: Any) -> Incident:
    """Add to or correct a leak (fields of `INCIDENT_FIELDS`); equal values write nothing."""
    _not_in_the_future(now, today, changes)
    with transaction.atomic():
        lock_contract(incident.contract_id)
        current = fresh(incident)
        require_standing(current)
        if apply(current, INCIDENT_FIELDS, changes):
            save(current)
    return current


def withdraw_incident(*, incident: Incident, today: date, reason: str) -> Incident:
    """Withdraw a leak that was none, or was entered twice."""
    with transaction.atomic():
        lock_contract(incident.contract_id)
        current = fresh(incident)
        withdraw(current, today, reason)
        save(current)
    return current


def add_person(*, incident: Incident, today: date, **values: Any) -> IncidentPerson:
    """Name somebody who is involved (fields of `PERSON_FIELDS`)."""
    return _add(IncidentPerson(incident=incident), PERSON_FIELDS, today, values)


def correct_person(*, person: IncidentPerson, today: date, **changes: Any) -> IncidentPerson:
    """Correct a person's entry, or add the vendor's cooperation; equal values write nothing."""
    return _correct(person, PERSON_FIELDS, today, changes)


def add_cost(*, incident: Incident, today: date, **values: Any) -> IncidentCost:
    """Record a cost of a leak (fields of `COST_FIELDS`)."""
    return _add(IncidentCost(incident=incident), COST_FIELDS, today, values)


def correct_cost(*, cost: IncidentCost, today: date, **changes: Any) -> IncidentCost:
    """Correct a cost; equal values write nothing."""
    return _correct(cost, COST_FIELDS, today, changes)


def withdraw_part(*, part: Part, today: date, reason: str) -> Part:
    """Withdraw a person or a cost that was entered by mistake."""
    with transaction.atomic():
        lock_contract(part.incident.contract_id)
        current = fresh(part)
        withdraw(current, today, reason)
        save(current)
    return current


def _add(part: Part, allowed: frozenset[str], today: date, values: dict[str, Any]) -> Part:
    _not_in_the_future(None, today, values)
    apply(part, allowed, values)
    with transaction.atomic():
        lock_contract(part.incident.contract_id)
        require_standing(fresh(part.incident))
        save(part)
    return part


def _correct(part: Part, allowed: frozenset[str], today: date, changes: dict[str, Any]) -> Part:
    _not_in_the_future(None, today, changes)
    with transaction.atomic():
        lock_contract(part.incident.contract_id)
        current = fresh(part)
        require_standing(current)
        if apply(current, allowed, changes):
            save(current)
    return current


def _not_in_the_future(now: datetime | None, today: date, values: dict[str, Any]) -> None:
    not_after(today, **{name: values.get(name) for name in DAYS})
    problems = {
        name: _("This moment lies in the future: record it when it has come.")
        for name in INSTANTS
        if now is not None and values.get(name) is not None and values[name] > now
    }
    if problems:
        raise ValidationError(problems)
