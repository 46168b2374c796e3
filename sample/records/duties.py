"""Amendments, orders, consents, force majeure, reports, inspections: what the office keeps."""

from functools import partial

from contract import records
from contract.choices import ConsentDecision, ExcuseCause, PartySide
from contract.duties.models import (
    Amendment,
    AssessmentScheme,
    Consent,
    Dispute,
    ForceMajeureEvent,
    HeadcountOrder,
    Inspection,
    InspectionRemark,
    Misconduct,
    RenewalAssessment,
    ReportSchedule,
    ServiceReport,
    Subcontracting,
)
from contract.duties.services import changes, conduct, consents, renewal, service
from contract.models import Excuse
from contract.services import excuses
from hotline.models import Indicator
from sample.records.purchase import publish
from sample.records.year import Year, record
from sample.year import acts
from staffing.models import Gap

PERSON = "staffing.Operator"


@record.register
def amends(event: acts.Amends, year: Year) -> None:
    office, vendor = event.agreed
    amendment = changes.save_amendment(
        amendment=Amendment(
            contract=year.contract,
            title=event.title,
            document=event.document,
            proposed_by=event.by,
            proposed_on=event.on,
            arrived_on=event.arrived,
            effective_from=event.effective,
            office_agreed_on=office,
            vendor_agreed_on=vendor,
            withdrawn_on=event.withdrawn,
        ),
        changes=dict(event.changes),
    )
    if (published := event.published) is not None:
        year.later(published, "office", lambda: publish(year.contract, published, amendment))


@record.register
def orders(event: acts.Orders, year: Year) -> None:
    changes.save_headcount_order(
        order=HeadcountOrder(
            contract=year.contract,
            headcount=event.headcount,
            effective_from=event.effective,
            document=event.document,
            issued_on=event.on,
            arrived_on=event.arrived,
            cancelled_on=event.cancelled,
            reason=event.reason,
        )
    )


@record.register
def asks(event: acts.Asks, year: Year) -> None:
    person = year.operator(event.who) if event.who else None
    withdrawn_on, reason = event.withdrawn or (None, "")
    consent = consents.request_consent(
        consent=Consent(
            contract=year.contract,
            kind=event.kind,
            subject=event.subject,
            subject_label=PERSON if person else "",
            subject_pk=person.pk if person else None,
            purpose=event.purpose,
            request_document=event.document,
            requested_on=event.on,
            arrived_on=event.arrived,
        )
    )
    if withdrawn_on is not None:
        year.later(
            withdrawn_on, "vendor", lambda: consents.withdraw_request(consent=consent, on=withdrawn_on, reason=reason)
        )
    if event.answer is not None:
        answer = event.answer
        year.later(
            answer.on,
            "office",
            lambda: consents.decide_consent(
                consent=consent,
                decision=ConsentDecision(answer.decision),
                on=answer.on,
                document=answer.document,
                reason=answer.reason,
            ),
        )


def consent(year: Year, subject: str) -> Consent | None:
    """The request about something, None where the event names none."""
    return Consent.objects.get(contract=year.contract, subject=subject) if subject else None


@record.register
def happens(event: acts.Happens, year: Year) -> None:
    row = records.enter(
        ForceMajeureEvent(
            contract=year.contract,
            title=event.title,
            description=event.description,
            reported_by=event.by,
            occurred_on=event.on,
            arrived_on=event.told,
        )
    )
    ended = event.ended
    year.later(ended, event.by, lambda: conduct.end_event(event=row, on=ended))
    if (proof := event.proof) is not None:
        year.later(
            proof.on,
            event.by,
            lambda: conduct.prove_event(event=row, document=proof.document, issuer=proof.issuer, on=proof.on),
        )


@record.register
def is_excused(event: acts.Excuses, year: Year) -> None:
    label, pk = _excused(event, year)
    excuse = excuses.propose(
        excuse=Excuse(
            contract=year.contract,
            cause=ExcuseCause.FORCE_MAJEURE,
            event=ForceMajeureEvent.objects.get(contract=year.contract, title=event.event),
            check_id=event.check,
            subject_label=label,
            subject_pk=pk,
            from_on=event.first,
            to_on=event.until,
            reason=event.reason,
        ),
        actor=year.users["office"],
    )
    year.later(
        event.approved,
        "reviewer",
        lambda: excuses.approve(excuse=excuse, actor=year.users["reviewer"], on=event.approved),
    )


def _excused(event: acts.Excuses, year: Year) -> tuple[str, int]:
    """What an excuse is about: kind and number of the record."""
    if event.check == "staffing.on_post_rate":
        return "contract.Contract", year.contract.pk
    if event.check == "contract.service_level":
        return "hotline.Indicator", Indicator.objects.get(contract=year.contract, key=event.about).pk
    if isinstance(event.about, int):
        gaps = Gap.objects.filter(assignment=year.assignment(event.about), is_void=False)
        return "staffing.Gap", gaps.latest("opened_on").pk
    return "contract.ReportSchedule", ReportSchedule.objects.get(contract=year.contract, title=event.about).pk


@record.register
def schedules(event: acts.Schedules, year: Year) -> None:
    service.save_schedule(
        schedule=ReportSchedule(
            contract=year.contract,
            kind=event.kind,
            title=event.title,
            cadence=event.cadence,
            due_days=event.due_days,
            starts_on=event.on,
        )
    )


@record.register
def delivers(event: acts.Delivers, year: Year) -> None:
    schedule = ReportSchedule.objects.get(contract=year.contract, title=event.schedule)
    report = service.save_report(
        report=ServiceReport(
            contract=year.contract,
            schedule=schedule,
            period_start=event.period,
            title=f"{event.schedule} {event.period:%Y-%m}",
            document=event.document,
            delivered_on=event.on,
        )
    )
    if event.accepted is not None:
        accepted = event.accepted
        year.later(accepted, "office", lambda: service.accept_report(report=report, on=accepted))
    if event.returned is not None:
        returned_on, reason = event.returned
        year.later(returned_on, "office", lambda: service.return_report(report=report, on=returned_on, reason=reason))


@record.register
def inspects(event: acts.Inspects, year: Year) -> None:
    inspection = records.enter(
        Inspection(
            contract=year.contract,
            inspected_on=event.on,
            place=event.place,
            summary=event.summary,
            document=event.document,
            arrived_on=event.arrived,
        )
    )
    for number, said in enumerate(event.remarks, start=1):
        remark = records.enter(InspectionRemark(inspection=inspection, number=number, text=said.text, due_on=said.due))
        if said.answered is not None:
            year.later(
                said.answered,
                "vendor",
                partial(service.answer_remark, remark=remark, answer=said.answer, on=said.answered),
            )
        if said.checked is not None:
            year.later(
                said.checked,
                "office",
                partial(service.look_again, remark=remark, settled=bool(said.settled), on=said.checked),
            )


@record.register
def objects(event: acts.Objects, year: Year) -> None:
    misconduct = records.enter(
        Misconduct(
            contract=year.contract,
            title=event.title,
            description=event.description,
            found_on=event.on,
            document=event.document,
            arrived_on=event.arrived,
            correct_by=event.correct_by,
        )
    )
    if event.corrected is not None:
        corrected_on, correction = event.corrected
        year.later(
            corrected_on,
            "vendor",
            lambda: conduct.report_correction(misconduct=misconduct, correction=correction, on=corrected_on),
        )


@record.register
def finds_third_party(event: acts.FindsThirdParty, year: Year) -> None:
    records.enter(
        Subcontracting(
            contract=year.contract,
            third_party=event.name,
            description=event.description,
            found_on=event.on,
            document=event.document,
            consent=consent(year, event.consent),
            paid=event.paid,
            transferred_on=event.since,
        )
    )


@record.register
def disputes(event: acts.Disputes, year: Year) -> None:
    filed_on, case_number = event.filed or (None, "")
    closed_on, result = event.closed or (None, "")
    records.enter(
        Dispute(
            contract=year.contract,
            title=event.title,
            description=event.description,
            clause_refs=event.clauses,
            raised_by=event.by,
            raised_on=event.on,
            stage=event.stage,
            negotiation_ended_on=event.negotiated,
            filed_on=filed_on,
            case_number=case_number,
            arbitration_body=year.contract.arbitration_body if filed_on else "",
            closed_on=closed_on,
            result=result,
        )
    )


@record.register
def sets_scheme(event: acts.SetsScheme, year: Year) -> None:
    scheme = renewal.save_scheme(
        scheme=AssessmentScheme(
            contract=year.contract, title=event.title, document=event.document, pass_mark=event.pass_mark
        ),
        criteria=event.criteria,
    )
    for side, on in zip(PartySide, event.confirmed, strict=True):
        renewal.confirm_scheme(scheme=scheme, side=side, on=on)


@record.register
def assesses(event: acts.Assesses, year: Year) -> None:
    scheme = AssessmentScheme.objects.get(contract=year.contract, title=event.scheme)
    criteria = scheme.criteria.order_by("pk").values_list("pk", flat=True)
    renewal.save_assessment(
        assessment=RenewalAssessment(
            contract=year.contract,
            scheme=scheme,
            assessed_on=event.on,
            decision=event.decision,
            decided_on=event.decided,
            document=event.document,
        ),
        points=dict(zip(criteria, event.points, strict=True)),
    )
