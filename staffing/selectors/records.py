"""What is on file of a vendor's people, as lists."""

from typing import Any

from django.db.models import QuerySet

from contract.models import Contract
from staffing.models import Leave, Training, TrialAssessment

# More than the people of one contract have in years.
RECORDS_AT_MOST = 4_000


def person_records(model: type[Any], contract: Contract) -> QuerySet[Any]:
    """The standing records of one kind: of the contract, or of the people of its vendor."""
    rows = model._default_manager.filter(operator__vendor_id=contract.vendor_id, withdrawn_on__isnull=True)
    if model in (Training, TrialAssessment):
        rows = rows.filter(contract=contract)
    rows = rows.select_related("operator").defer("operator__resident_id")
    return rows.order_by("operator__employee_number", "pk")[:RECORDS_AT_MOST]


def postings(model: type[Any], contract: Contract) -> QuerySet[Any]:
    """The assignments or leaves of a contract that stand, by person and first day."""
    live = {"cancelled_on" if model is Leave else "withdrawn_on": None}
    rows = model._default_manager.filter(contract=contract, **live).select_related("operator")
    rows = rows.defer("operator__resident_id").order_by("operator__employee_number", "starts_on")
    return rows if model is Leave else rows.select_related("post")
