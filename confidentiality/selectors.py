"""Reads of confidentiality: facts for all contracts of a batch in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Min

from confidentiality.models import DataReturn, Disclosure, Incident, Offboarding, Undertaking
from confidentiality.models.offboarding import STEPS
from confidentiality.rules.data_return import Declaration, NextContract
from confidentiality.rules.disclosure import DisclosureFacts
from confidentiality.rules.incident import IncidentFacts, PersonFacts
from confidentiality.rules.offboarding import ITEMS, Departure
from confidentiality.rules.report import Reports
from confidentiality.rules.undertaking import OperatorFacts
from contract.batch import ContractFacts
from contract.choices import PartySide
from contract.duties.selectors import consent_facts
from contract.models import Contract
from contract.models.base import STANDING
from law.periods import beijing_day
from staffing.models import Assignment

LIVE = {"withdrawn_on__isnull": True}
PERSON = ("operator_id", "operator__name", "operator__employee_number")


def operators(contracts: Iterable[ContractFacts]) -> dict[int, list[OperatorFacts]]:
    """Everybody who ever was assigned, with the undertaking that stands (two queries).

    An assignment that was withdrawn, or would only begin after the contract's last day, puts
    nobody on post.
    """
    last_days = {contract.pk: contract.last_day for contract in contracts}
    signed = {
        (contract_id, operator_id): (pk, signed_on)
        for contract_id, operator_id, pk, signed_on in Undertaking.objects.filter(
            STANDING, contract_id__in=last_days
        ).values_list("contract_id", "operator_id", "pk", "signed_on")
    }
    found: dict[int, list[OperatorFacts]] = defaultdict(list)
    for contract_id, operator_id, name, number, first_day in (
        Assignment.objects.filter(contract_id__in=last_days, **LIVE)
        .values_list("contract_id", "operator_id", "operator__name", "operator__employee_number")
        .annotate(first_day=Min("starts_on"))
        .order_by("contract_id", "operator_id")
    ):
        if first_day <= last_days[contract_id]:
            pk, signed_on = signed.get((contract_id, operator_id), (None, None))
            found[contract_id].append(OperatorFacts(operator_id, _named(name, number), first_day, pk, signed_on))
    return found


def departures(contracts: Iterable[ContractFacts]) -> dict[int, list[Departure]]:
    """Every assignment that has a last day, with what was handed over (two queries).

    A contract's last day is everybody's. Assignments of the same people to other contracts of the
    same office are read too: who serves on has not left.
    """
    last_days = {contract.pk: contract.last_day for contract in contracts}
    records = {
        row["assignment_id"]: row
        for row in Offboarding.objects.filter(STANDING, contract_id__in=last_days).values("pk", "assignment_id", *STEPS)
    }
    people = Assignment.objects.filter(contract_id__in=last_days, **LIVE).values("operator_id")
    rows = list(
        Assignment.objects.filter(operator_id__in=people, **LIVE)
        .order_by("contract_id", "pk")
        .values("pk", "contract_id", "contract__office_id", "starts_on", "ends_on", *PERSON)
    )
    beginnings: dict[tuple[int, int], list[date]] = defaultdict(list)
    for row in rows:
        beginnings[row["operator_id"], row["contract__office_id"]].append(row["starts_on"])
    found: dict[int, list[Departure]] = defaultdict(list)
    for row in rows:
        last_day = last_days.get(row["contract_id"])
        if last_day is None or row["starts_on"] > last_day:
            continue
        left_on = min(row["ends_on"] or last_day, last_day)
        later = beginnings[row["operator_id"], row["contract__office_id"]]
        record = records.get(row["pk"])
        found[row["contract_id"]].append(
            Departure(
                assignment=row["pk"],
                name=_named(row["operator__name"], row["operator__employee_number"]),
                left_on=left_on,
                back_on=min((day for day in later if day > left_on), default=None),
                record=record and record["pk"],
                done=dict(zip(ITEMS, (record[step] for step in STEPS), strict=True)) if record else {},
            )
        )
    return found


def disclosures(contract_ids: Iterable[int]) -> dict[int, list[DisclosureFacts]]:
    """Everything that was given to third parties, with its consent (one query)."""
    found: dict[int, list[DisclosureFacts]] = defaultdict(list)
    rows = Disclosure.objects.filter(STANDING, contract_id__in=contract_ids)
    for row in rows.select_related("consent").order_by("contract_id", "pk"):
        found[row.contract_id].append(
            DisclosureFacts(
                pk=row.pk,
                recipient=row.recipient,
                disclosed_on=row.disclosed_on,
                document=row.document,
                consent=consent_facts(row.consent) if row.consent else None,
            )
        )
    return found


def data_returns(contract_ids: Iterable[int]) -> dict[int, list[Declaration]]:
    """What was declared about the return or deletion of data at the end (one query)."""
    found: dict[int, list[Declaration]] = defaultdict(list)
    for row in DataReturn.objects.filter(STANDING, contract_id__in=contract_ids).order_by("contract_id", "pk"):
        found[row.contract_id].append(
            Declaration(
                pk=row.pk,
                document=row.document,
                manner=row.manner,
                done_on=row.done_on,
                declared_on=row.declared_on,
                kept=row.kept,
                checked_on=row.checked_on,
                is_complete=row.is_complete,
            )
        )
    return found


def next_contracts(contract_ids: Iterable[int]) -> dict[int, NextContract]:
    """The first contract of the same office and vendor that begins after each one's last day (two queries)."""
    rows = {row.pk: row for row in Contract.objects.filter(pk__in=contract_ids)}
    others = Contract.objects.filter(
        office_id__in={row.office_id for row in rows.values()}, vendor_id__in={row.vendor_id for row in rows.values()}
    ).order_by("starts_on", "pk")
    later = list(others.values_list("office_id", "vendor_id", "signed_on", "starts_on"))
    found: dict[int, NextContract] = {}
    for pk, row in rows.items():
        last_day = row.terminated_on or row.ends_on
        for office, vendor, signed_on, starts_on in later:
            if (office, vendor) == (row.office_id, row.vendor_id) and starts_on > last_day:
                found[pk] = NextContract(signed_on, starts_on)
                break
    return found


def incident_reports(contract_ids: Iterable[int]) -> dict[int, Reports]:
    """To whom the office told of leaks, by the leak (one query)."""
    return {
        row.pk: Reports(
            knew_at=row.found_at if row.found_by == PartySide.OFFICE else row.told_at,
            personal_data=row.personal_data,
            authority_at=row.authority_told_at,
            persons_at=row.persons_told_at,
            persons_need_not=row.persons_need_not,
            network=row.network_incident,
            network_at=row.network_told_at,
        )
        for row in Incident.objects.filter(STANDING, contract_id__in=contract_ids)
    }


def incidents(contract_ids: Iterable[int]) -> dict[int, list[IncidentFacts]]:
    """Leaks with the persons and costs that stand (three queries)."""
    found: dict[int, list[IncidentFacts]] = defaultdict(list)
    rows = Incident.objects.filter(STANDING, contract_id__in=contract_ids)
    for row in rows.prefetch_related("persons", "costs").order_by("contract_id", "pk"):
        found_on = beijing_day(row.found_at)
        told_on = beijing_day(row.told_at) if row.told_at else None
        learned_on = found_on if row.found_by == PartySide.OFFICE else told_on
        found[row.contract_id].append(
            IncidentFacts(
                pk=row.pk,
                title=row.title,
                document=row.report_document,
                found_by=row.found_by,
                found_on=found_on,
                told_on=told_on,
                contained_on=beijing_day(row.contained_at) if row.contained_at else None,
                cause=row.cause,
                harm=row.harm,
                knew_on=row.office_knew_on or learned_on,
                termination=row.termination,
                termination_on=row.termination_on,
                termination_arrived_on=row.termination_arrived_on,
                termination_document=row.termination_document,
                persons=tuple(
                    PersonFacts(person.pk, person.asked_on, person.cooperated_on)
                    for person in row.persons.all()
                    if person.stands
                ),
                costs=tuple((cost.kind, cost.amount) for cost in row.costs.all() if cost.stands),
            )
        )
    return found


def _named(name: str, number: str) -> str:
    return f"{name} ({number})"
