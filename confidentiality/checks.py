"""The checks of article 14. They keep running after the contract's end (14.4)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from confidentiality import selectors
from confidentiality.rules import data_return, disclosure, incident, offboarding, report, undertaking
from contract.batch import Batch
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
from law.references import (
    CIVIL_CODE_199,
    CIVIL_CODE_558,
    CIVIL_CODE_564,
    CIVIL_CODE_565,
    PERSONAL_DATA_21,
    PERSONAL_DATA_57,
)


@register(
    undertaking.CHECK, owed_by=Side.VENDOR, title=_("Operators are bound in writing before the first day on post")
)
def undertakings(batch: Batch) -> Iterator[Finding]:
    operators = selectors.operators(batch.contracts)
    for contract in batch.begun():
        for operator in operators.get(contract.pk, []):
            yield undertaking.undertaking(contract, operator, batch.as_of)


@register(
    offboarding.CHECK, owed_by=Side.VENDOR, title=_("Who leaves hands everything back and is reminded of the duty")
)
def offboardings(batch: Batch) -> Iterator[Finding]:
    departures = selectors.departures(batch.contracts)
    for contract in batch.begun():
        for departure in departures.get(contract.pk, []):
            finding = offboarding.offboarding(contract, departure, batch.calendar, batch.as_of)
            if finding is not None:
                yield finding


@register(disclosure.CHECK, owed_by=Side.VENDOR, title=_("Nothing goes to third parties without written consent"))
def disclosures(batch: Batch) -> Iterator[Finding]:
    found = batch.read(selectors.disclosures)
    for contract in batch.begun():
        for row in found.get(contract.pk, []):
            finding = disclosure.disclosure_consent(contract, row, batch.as_of)
            if finding is not None:
                yield finding


@register(
    incident.CHECK,
    owed_by=Side.VENDOR,
    title=_("Leaks are reported, contained and followed up"),
    references=(CIVIL_CODE_564, CIVIL_CODE_565, CIVIL_CODE_199),
)
def incidents(batch: Batch) -> Iterator[Finding]:
    found = batch.read(selectors.incidents)
    for contract in batch.begun():
        for row in found.get(contract.pk, []):
            for rule in (incident.response, incident.right_to_terminate):
                finding = rule(contract, row, batch.calendar, batch.as_of)
                if finding is not None:
                    yield finding


@register(
    report.CHECK,
    owed_by=Side.OFFICE,
    title=_("Authorities and persons are told of a leak"),
    references=(PERSONAL_DATA_57,),
)
def incident_reports(batch: Batch) -> Iterator[Finding]:
    found, told = batch.read(selectors.incidents), batch.read(selectors.incident_reports)
    for contract in batch.begun():
        for row in found.get(contract.pk, []):
            finding = report.report(contract, row, told[row.pk], batch.as_of)
            if finding is not None:
                yield finding


@register(
    data_return.CHECK,
    owed_by=Side.VENDOR,
    title=_("All data are returned or deleted at the end"),
    references=(PERSONAL_DATA_21, CIVIL_CODE_558),
)
def data_returns(batch: Batch) -> Iterator[Finding]:
    declared = batch.read(selectors.data_returns)
    following = batch.read(selectors.next_contracts)
    for contract in batch.begun():
        finding = data_return.data_return(
            contract, declared.get(contract.pk, []), following.get(contract.pk), batch.calendar, batch.as_of
        )
        if finding is not None:
            yield finding
