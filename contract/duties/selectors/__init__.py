"""Facts of the contract's own duties, for many contracts in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from contract.choices import Cadence, PartySide
from contract.duties.models import (
    Amendment,
    AssessmentScheme,
    Consent,
    Dispute,
    ForceMajeureEvent,
    Formality,
    HeadcountOrder,
    Inspection,
    InspectionRemark,
    Misconduct,
    PurchasePaper,
    RenewalAssessment,
    ReportSchedule,
    ServiceReport,
    Subcontracting,
)
from contract.duties.rules.conduct import Incident, ThirdParty
from contract.duties.rules.consents import ConsentFacts
from contract.duties.rules.force_majeure import Event
from contract.duties.rules.formalities import Signing
from contract.duties.rules.inspections import Remark, Visit
from contract.duties.rules.notices import Notice
from contract.duties.rules.purchase import Paper
from contract.duties.rules.renewal import Arbitration, Ending, Following, Sheet
from contract.duties.rules.reports import Delivery, Schedule
from contract.models import Contract
from contract.models.refusals import later


def consents_for(contract_ids: Iterable[int], kind: str | None = None) -> Mapping[int, Sequence[ConsentFacts]]:
    """The requests for consent of contracts, of one kind or of all (one query).

    `consent.covers(day, as_of)` says whether it allows something on a day.
    """
    rows = Consent.objects.filter(contract_id__in=list(contract_ids)).order_by("pk")
    if kind is not None:
        rows = rows.filter(kind=kind)
    return _grouped((row.contract_id, consent_facts(row)) for row in rows)


def consent_facts(row: Consent) -> ConsentFacts:
    """A consent as the rules see it."""
    return ConsentFacts(
        pk=row.pk,
        kind=row.kind,
        subject=row.subject,
        subject_label=row.subject_label,
        subject_pk=row.subject_pk,
        arrived_on=row.arrived_on,
        decision=row.decision,
        decided_on=row.decided_on,
        document=row.document,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revoked_on=row.revoked_on,
        withdrawn_on=row.withdrawn_on,
    )


def amendments(ids: Sequence[int]) -> Mapping[int, Sequence[Notice]]:
    """Amendments of contracts as notices (one query)."""
    return _grouped(
        (
            row.contract_id,
            Notice(
                pk=row.pk,
                name=row.title,
                document=row.document,
                effective_from=row.effective_from,
                sent_on=row.proposed_on,
                arrived_on=row.arrived_on,
                cancelled_on=row.withdrawn_on,
                owed_by=PartySide(row.proposed_by).side,
                agreed_on=row.agreed_on,
            ),
        )
        for row in Amendment.objects.filter(contract_id__in=ids).order_by("pk")
    )


def headcount_orders(ids: Sequence[int]) -> Mapping[int, Sequence[Notice]]:
    """Headcount orders of contracts as notices (one query)."""
    return _grouped(
        (
            row.contract_id,
            Notice(
                pk=row.pk,
                name=row.document,
                document=row.document,
                effective_from=row.effective_from,
                sent_on=row.issued_on,
                arrived_on=row.arrived_on,
                cancelled_on=row.cancelled_on,
                owed_by=PartySide.OFFICE.side,
                headcount=row.headcount,
            ),
        )
        for row in HeadcountOrder.objects.filter(contract_id__in=ids).order_by("pk")
    )


def force_majeure_events(ids: Sequence[int]) -> Mapping[int, Sequence[Event]]:
    """Force majeure events of contracts (one query)."""
    return _grouped(
        (
            row.contract_id,
            Event(
                pk=row.pk,
                title=row.title,
                reported_by=PartySide(row.reported_by).side,
                occurred_on=row.occurred_on,
                arrived_on=row.arrived_on,
                ended_on=row.ended_on,
                proof_document=row.proof_document,
                proof_arrived_on=row.proof_arrived_on,
                withdrawn_on=row.withdrawn_on,
            ),
        )
        for row in ForceMajeureEvent.objects.filter(contract_id__in=ids).order_by("pk")
    )


def endings(ids: Sequence[int]) -> Mapping[int, Ending]:
    """What is recorded about the end of contracts: assessments, next contract, disputes (five queries)."""
    contracts = {row.pk: row for row in Contract.objects.filter(pk__in=ids)}
    sheets = _grouped(
        (
            row.contract_id,
            Sheet(
                pk=row.pk,
                assessed_on=row.assessed_on,
                result=row.result,
                pass_mark=row.scheme.pass_mark,
                decision=row.decision,
                decided_on=row.decided_on,
                document=row.document,
            ),
        )
        for row in RenewalAssessment.objects.filter(contract_id__in=ids).select_related("scheme").order_by("pk")
    )
    confirmed: dict[int, list[date]] = defaultdict(list)
    for scheme in AssessmentScheme.objects.filter(contract_id__in=ids):
        day = later(scheme.office_confirmed_on, scheme.vendor_confirmed_on)
        if day:
            confirmed[scheme.contract_id].append(day)
    following = _following(list(contracts.values()))
    disputes = _grouped(
        (row.contract_id, Arbitration(row.pk, row.title, row.filed_on, row.closed_on))
        for row in Dispute.objects.filter(contract_id__in=ids, filed_on__isnull=False).order_by("pk")
        if row.filed_on is not None
    )
    return {
        pk: Ending(
            tender_starts_on=contract.tender_starts_on,
            sheets=tuple(sheets.get(pk, ())),
            following=following.get(pk),
            scheme_confirmed_on=min(confirmed[pk], default=None),
            disputes=tuple(disputes.get(pk, ())),
        )
        for pk, contract in contracts.items()
    }


def _following(contracts: Sequence[Contract]) -> dict[int, Following]:
    """The next contract of the same office, vendor and tender, by the contract it follows."""
    candidates = Contract.objects.filter(
        office_id__in={c.office_id for c in contracts}, vendor_id__in={c.vendor_id for c in contracts}
    ).order_by("starts_on", "pk")
    found: dict[int, Following] = {}
    rows = list(candidates)
    for contract in contracts:
        for row in rows:
            if row.starts_on > contract.starts_on and _same_line(contract, row):
                found[contract.pk] = Following(row.pk, row.number, row.signed_on, row.starts_on, row.ends_on)
                break
    return found


def _same_line(one: Contract, other: Contract) -> bool:
    return (one.office_id, one.vendor_id, one.tender_starts_on) == (
        other.office_id,
        other.vendor_id,
        other.tender_starts_on,
    )


def report_schedules(ids: Sequence[int]) -> Mapping[int, Sequence[tuple[Schedule, dict[date, Sequence[Delivery]]]]]:
    """What contracts have to report, with what was delivered for each period (two queries)."""
    reports: dict[int, dict[date, Sequence[Delivery]]] = defaultdict(dict)
    for row in ServiceReport.objects.filter(contract_id__in=ids).order_by("delivered_on", "pk"):
        delivery = Delivery(row.pk, row.document or row.title, row.delivered_on, row.accepted_on, row.returned_on)
        period = reports[row.schedule_id]
        period[row.period_start] = [*period.get(row.period_start, ()), delivery]
    return _grouped(
        (row.contract_id, (schedule_facts(row), reports[row.pk]))
        for row in ReportSchedule.objects.filter(contract_id__in=ids).order_by("pk")
    )


def schedule_facts(row: ReportSchedule) -> Schedule:
    """A schedule as the rules see it."""
    return Schedule(row.pk, row.title, Cadence(row.cadence), row.due_days, row.starts_on, row.ends_on)


def inspections(ids: Sequence[int]) -> Mapping[int, Sequence[Visit]]:
    """Inspections of contracts with their remarks (two queries)."""
    remarks = Prefetch("remarks", InspectionRemark.objects.order_by("number"))
    rows: QuerySet[Any] = Inspection.objects.filter(contract_id__in=ids).prefetch_related(remarks)
    return _grouped(
        (
            row.contract_id,
            Visit(
                pk=row.pk,
                inspected_on=row.inspected_on,
                arrived_on=row.arrived_on,
                document=row.document,
                remarks=[
                    Remark(
                        remark.pk,
                        remark.number,
                        remark.due_on,
                        remark.answered_on,
                        remark.checked_on,
                        remark.is_settled,
                    )
                    for remark in row.remarks.all()
                ],
            ),
        )
        for row in rows.order_by("pk")
    )


def misconduct(ids: Sequence[int]) -> Mapping[int, Sequence[Incident]]:
    """Misconduct recorded under contracts (one query)."""
    return _grouped(
        (
            row.contract_id,
            Incident(
                pk=row.pk,
                title=row.title,
                document=row.document,
                found_on=row.found_on,
                arrived_on=row.arrived_on,
                correct_by=row.correct_by,
                corrected_on=row.corrected_on,
                withdrawn_on=row.withdrawn_on,
            ),
        )
        for row in Misconduct.objects.filter(contract_id__in=ids).order_by("pk")
    )


def third_parties(ids: Sequence[int]) -> Mapping[int, Sequence[ThirdParty]]:
    """Third parties found providing the service of contracts (one query)."""
    rows = Subcontracting.objects.filter(contract_id__in=ids).select_related("consent")
    return _grouped(
        (
            row.contract_id,
            ThirdParty(
                pk=row.pk,
                name=row.third_party,
                document=row.document,
                found_on=row.found_on,
                transferred_on=row.transferred_on,
                paid=row.paid,
                consent=consent_facts(row.consent) if row.consent else None,
                withdrawn_on=row.withdrawn_on,
            ),
        )
        for row in rows.order_by("pk")
    )


def signings(ids: Sequence[int]) -> Mapping[int, Mapping[PartySide, Signing]]:
    """Signatures, seals and originals of contracts, by side (one query)."""
    found: dict[int, dict[PartySide, Signing]] = defaultdict(dict)
    for row in Formality.objects.filter(contract_id__in=ids):
        found[row.contract_id][PartySide(row.side)] = Signing(
            row.pk, row.signatory, row.signed_on, row.sealed_on, row.originals
        )
    return found


def purchase_papers(ids: Sequence[int]) -> Mapping[int, Sequence[Paper]]:
    """What was filed and published of contracts, their supplements and acceptances (one query)."""
    return _grouped(
        (
            row.contract_id,
            Paper(
                pk=row.pk,
                step=row.step,
                done_on=row.done_on,
                document=row.document or row.place,
                amendment=row.amendment_id,
                period_start=row.period_start,
                participants=row.participants,
                withdrawn_on=row.withdrawn_on,
            ),
        )
        for row in PurchasePaper.objects.filter(contract_id__in=ids).order_by("pk")
    )


def tender_lines(ids: Sequence[int]) -> Mapping[int, Sequence[Contract]]:
    """The contracts of the same office, vendor and tender as each of these, the earliest first (two queries)."""
    own = list(Contract.objects.filter(pk__in=ids))
    rows = list(
        Contract.objects.filter(
            office_id__in={c.office_id for c in own}, vendor_id__in={c.vendor_id for c in own}
        ).order_by("starts_on", "pk")
    )
    return {one.pk: [row for row in rows if row.pk == one.pk or _same_line(one, row)] for one in own}


def _grouped(pairs: Iterable[tuple[int, Any]]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
