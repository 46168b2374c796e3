"""The checks of the contract's own duties: what the parties owe each other beside the staffing."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from contract.batch import Batch, ContractFacts
from contract.choices import Outcome, PurchaseStep, Side
from contract.duties import selectors as facts
from contract.duties.rules import (
    conduct,
    consents,
    force_majeure,
    formalities,
    inspections,
    notices,
    purchase,
    renewal,
    reports,
)
from contract.findings import Finding, Message
from contract.registry import register
from contract.values import NoValue
from law.references import (
    CIVIL_CODE_137,
    CIVIL_CODE_180,
    CIVIL_CODE_201,
    CIVIL_CODE_202,
    CIVIL_CODE_203,
    CIVIL_CODE_590,
    CIVIL_CODE_1259,
    PROCUREMENT_47,
    PROCUREMENT_RULES_50,
)

COUNTING = (CIVIL_CODE_201, CIVIL_CODE_203, CIVIL_CODE_1259)
BACKWARD = (CIVIL_CODE_201, CIVIL_CODE_202, CIVIL_CODE_137)


@register("contract.service_report", owed_by=Side.VENDOR, title=_("Reports about the service"), references=COUNTING)
def service_report(batch: Batch) -> Iterator[Finding]:
    schedules = facts.report_schedules(batch.ids)
    yield from _each(
        batch,
        reports.CHECK,
        lambda contract: (
            finding
            for schedule, deliveries in schedules[contract.pk]
            for finding in reports.service_reports(contract, schedule, deliveries, batch.calendar, batch.as_of)
        ),
    )


@register(
    "contract.headcount_notice", owed_by=Side.OFFICE, title=_("Notice of a headcount change"), references=BACKWARD
)
def headcount_notice(batch: Batch) -> Iterator[Finding]:
    orders = facts.headcount_orders(batch.ids)
    yield from _each(
        batch,
        notices.HEADCOUNT,
        lambda contract: (
            notices.headcount_notice(contract, order, batch.calendar, batch.as_of) for order in orders[contract.pk]
        ),
    )


@register("contract.term_end", owed_by=Side.BOTH, title=_("End of the term"))
def term_end(batch: Batch) -> Iterator[Finding]:
    endings = facts.endings(batch.ids)
    yield from _each(
        batch, renewal.TERM_END, lambda contract: [renewal.term_end(contract, endings[contract.pk], batch.as_of)]
    )


@register(
    "contract.inspection_follow_up",
    owed_by=Side.BOTH,
    title=_("Follow-up of an inspection"),
    references=(CIVIL_CODE_1259,),
)
def inspection_follow_up(batch: Batch) -> Iterator[Finding]:
    visits = facts.inspections(batch.ids)
    yield from _each(
        batch,
        inspections.CHECK,
        lambda contract: (
            finding
            for visit in visits[contract.pk]
            for finding in inspections.inspection_follow_up(contract, visit, batch.calendar, batch.as_of)
        ),
    )


@register("contract.consent_answered", owed_by=Side.OFFICE, title=_("Answer to a request for consent"))
def consent_answered(batch: Batch) -> Iterator[Finding]:
    requests = facts.consents_for(batch.ids)
    yield from _each(
        batch,
        consents.CHECK,
        lambda contract: (
            consents.consent_answered(contract, request, batch.calendar, batch.as_of)
            for request in requests[contract.pk]
        ),
    )


@register("contract.amendment_notice", owed_by=Side.BOTH, title=_("Notice of an amendment"), references=BACKWARD)
def amendment_notice(batch: Batch) -> Iterator[Finding]:
    amendments = facts.amendments(batch.ids)
    yield from _each(
        batch,
        notices.AMENDMENT,
        lambda contract: (
            notices.amendment_notice(contract, amendment, batch.calendar, batch.as_of)
            for amendment in amendments[contract.pk]
        ),
    )


@register(
    "contract.force_majeure_notice",
    owed_by=Side.BOTH,
    title=_("Notice of force majeure"),
    references=(CIVIL_CODE_180, CIVIL_CODE_590, *COUNTING),
)
def force_majeure_notice(batch: Batch) -> Iterator[Finding]:
    events = facts.force_majeure_events(batch.ids)
    yield from _each(
        batch,
        force_majeure.CHECK,
        lambda contract: (
            force_majeure.force_majeure_notice(contract, event, batch.calendar, batch.as_of)
            for event in events[contract.pk]
        ),
    )


@register("contract.renewal_assessment", owed_by=Side.OFFICE, title=_("Assessment before renewal"))
def renewal_assessment(batch: Batch) -> Iterator[Finding]:
    endings = facts.endings(batch.ids)
    yield from _each(
        batch,
        renewal.ASSESSMENT,
        lambda contract: [renewal.renewal_assessment(contract, endings[contract.pk], batch.as_of)],
    )


@register(
    "contract.misconduct_correction", owed_by=Side.VENDOR, title=_("Correction of misconduct"), references=COUNTING
)
def misconduct_correction(batch: Batch) -> Iterator[Finding]:
    incidents = facts.misconduct(batch.ids)
    yield from _each(
        batch,
        conduct.MISCONDUCT,
        lambda contract: (
            conduct.misconduct_correction(contract, incident, batch.calendar, batch.as_of)
            for incident in incidents[contract.pk]
        ),
    )


@register("contract.subcontracting", owed_by=Side.VENDOR, title=_("Service by a third party"))
def subcontracting(batch: Batch) -> Iterator[Finding]:
    found = facts.third_parties(batch.ids)
    yield from _each(
        batch,
        conduct.SUBCONTRACTING,
        lambda contract: (
            conduct.subcontracting(contract, third_party, batch.as_of, batch.calendar)
            for third_party in found[contract.pk]
        ),
    )


@register("contract.formalities", owed_by=Side.BOTH, title=_("Signatures, seals and originals"))
def formalities_(batch: Batch) -> Iterator[Finding]:
    signings = facts.signings(batch.ids)
    yield from _each(
        batch,
        formalities.CHECK,
        lambda contract: [formalities.formalities(contract, signings[contract.pk], batch.as_of)],
    )


@register(
    purchase.FILING, owed_by=Side.OFFICE, title=_("Contract and supplements are filed"), references=(PROCUREMENT_47,)
)
def filing(batch: Batch) -> Iterator[Finding]:
    yield from _papers(batch, PurchaseStep.FILING)


@register(
    purchase.PUBLICATION,
    owed_by=Side.OFFICE,
    title=_("Contract and supplements are published"),
    references=(PROCUREMENT_RULES_50,),
)
def publication(batch: Batch) -> Iterator[Finding]:
    yield from _papers(batch, PurchaseStep.PUBLICATION)


def _papers(batch: Batch, step: PurchaseStep) -> Iterator[Finding]:
    recorded, supplements = batch.read(facts.purchase_papers), batch.read(facts.amendments)
    yield from _each(
        batch,
        purchase.CHECK[step],
        lambda contract: purchase.papers(
            contract, step, recorded.get(contract.pk, ()), supplements.get(contract.pk, ()), batch.calendar, batch.as_of
        ),
    )


def _each(
    batch: Batch, check_id: str, findings: Callable[[ContractFacts], Iterable[Finding | None]]
) -> Iterator[Finding]:
    """The findings of every contract that has begun.

    A contract that lacks the figure a rule asks for is undetermined; the others go on.
    """
    for contract in batch.begun():
        try:
            yield from [finding for finding in findings(contract) if finding is not None]
        except NoValue as missing:
            yield Finding(
                check_id=check_id,
                contract_id=contract.pk,
                outcome=Outcome.UNDETERMINED,
                subject=contract.subject,
                message=Message(
                    gettext_noop("The contract gives no value of “%(key)s” for %(day)s. Enter the term."),
                    key=str(missing.label),
                    day=missing.day,
                ),
            )
