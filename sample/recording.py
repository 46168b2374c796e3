"""Events of the sample year become records, through the services that people use."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any

from billing import services as billing
from billing.models import Instalment, Invoice
from billing.services import generate_instalments
from confidentiality import services as confidentiality
from confidentiality.models.offboarding import STEPS
from contract.choices import PartySide
from contract.law.calendar import Calendar
from contract.law.money import vat_split
from contract.models import Contract, Formality
from contract.selectors import contract_facts
from contract.services.duties_base import keep
from sample.people import number, person
from sample.year import events
from sample.year.events import Event, instant, when
from sample.year.team import END, POSTS, START, rota
from staffing import services as staffing
from staffing.choices import AttendanceRoute, AttendanceStatus, EndReason, LeaveKind, ProofKind
from staffing.models import (
    Assignment,
    EmploymentContract,
    Operator,
    Post,
    QualificationProof,
    ReplacementDemand,
    Training,
    TrialAssessment,
)
from staffing.services import AttendanceRow

ONE_DAY = timedelta(days=1)
EVENING = time(20, 0)
ORIGINALS_EACH = 2
TRAINING = "政务热线业务知识、受理规范、保密要求、坐席系统操作"
SIGNATORY = "授权代表（示例）"
HIRED_AHEAD = timedelta(days=45)  # a month of training and what comes before it
LEAVE_STATUS = {LeaveKind.SICK: AttendanceStatus.SICK, LeaveKind.INJURY: AttendanceStatus.SICK}


class Recorder:
    """Records events of one contract in the order of their days, in the users' names."""

    def __init__(self, contract: Contract, calendar: Calendar, users: dict[str, Any]) -> None:
        self.contract = contract
        self.calendar = calendar
        self.users = users

    def prepare(self) -> None:
        """What stands before the first day: signatures and seals, posts, instalments."""
        for side in PartySide:
            keep(
                row=Formality(
                    contract=self.contract,
                    side=side,
                    signatory=SIGNATORY,
                    signed_on=self.contract.signed_on,
                    sealed_on=self.contract.signed_on,
                    originals=ORIGINALS_EACH,
                )
            )
        for code, (name, planned, _rotates) in POSTS.items():
            staffing.add_post(
                contract=self.contract, code=code, name=name, planned_headcount=planned
            )
        generate_instalments(contract=self.contract)

    # --- People -------------------------------------------------------------------------------

    @singledispatchmethod
    def record(self, event: Event) -> None:
        raise TypeError(f"nothing records {event!r}")

    @record.register
    def joins(self, event: events.Joins) -> None:
        gap = None
        if event.fills is not None:
            gap = (
                self.assignment(event.fills)
                .gaps.filter(is_void=False, backfill=None)
                .latest("opened_on")
            )
        self.begin(event, fills_gap=gap)

    @record.register
    def replaces(self, event: events.Replaces) -> None:
        assignment = self.begin(event)
        demand = ReplacementDemand.objects.get(
            assignment=self.assignment(event.instead_of), withdrawn_on=None
        )
        staffing.fulfil_demand(demand=demand, assignment=assignment)

    def begin(self, event: events.Joins | events.Replaces, **more: Any) -> Assignment:
        hired_on = event.hired or event.on - HIRED_AHEAD
        someone = person(event.who, hired_on, event.papers.age)
        operator = staffing.register_operator(
            vendor=self.contract.vendor,
            employee_number=someone.number,
            name=someone.name,
            resident_id=someone.resident_id,
            hired_on=hired_on,
            phone=someone.phone,
            education=someone.education,
            is_full_time_degree=True,
            clean_record_proved_on=someone.clean_record_proved_on,
        )
        self.file(event, operator)
        return staffing.assign(
            contract=self.contract,
            operator=operator,
            starts_on=event.on,
            post=Post.objects.get(contract=self.contract, code=event.post),
            **more,
        )

    def file(self, event: events.Joins | events.Replaces, operator: Operator) -> None:
        """Undertaking, labour contract; of new staff, training and proofs."""
        papers, hired_on = event.papers, operator.hired_on
        if papers.signed is not None:
            signed_on = when(papers.signed, event.on)
            confidentiality.record_undertaking(
                contract=self.contract,
                operator=operator,
                signed_on=signed_on,
                today=max(signed_on, event.on),
                document_number=f"BM-{operator.employee_number}",
            )
        staffing.keep_record(
            EmploymentContract,
            operator=operator,
            signed_on=hired_on,
            starts_on=hired_on,
            ends_on=papers.employed_until,
            document=f"LD-{operator.employee_number}-1",
        )
        if hired_on < self.contract.starts_on:
            return
        staffing.keep_record(
            Training,
            contract=self.contract,
            operator=operator,
            starts_on=papers.trained_from or hired_on,
            ends_on=event.on - ONE_DAY,
            topic=TRAINING,
        )
        for kind in ProofKind:
            if kind not in papers.missing:
                staffing.keep_record(
                    QualificationProof,
                    operator=operator,
                    kind=kind,
                    dated_on=operator.clean_record_proved_on,
                    document=f"ZM-{operator.employee_number}-{kind}",
                )

    @record.register
    def employed(self, event: events.Employed) -> None:
        operator = self.operator(event.who)
        staffing.keep_record(
            EmploymentContract,
            operator=operator,
            signed_on=event.on,
            starts_on=event.on,
            ends_on=event.until,
            document=f"LD-{operator.employee_number}-2",
        )

    @record.register
    def assessed(self, event: events.Assessed) -> None:
        staffing.keep_record(
            TrialAssessment,
            contract=self.contract,
            operator=self.operator(event.who),
            assessed_on=event.on,
            is_passed=event.passed,
        )

    @record.register
    def leaves(self, event: events.Leaves) -> None:
        consent_ref, consented_on = event.consent or ("", None)
        assignment = staffing.end_assignment(
            assignment=self.assignment(event.who),
            ends_on=event.last,
            end_reason=event.reason,
            notice_on=event.notice,
            consent_ref=consent_ref,
            consented_on=consented_on,
        )
        if event.handed_over is not None:
            done_on = when(event.handed_over, event.last)
            confidentiality.record_offboarding(
                assignment=assignment, today=done_on, **dict.fromkeys(STEPS, done_on)
            )

    @record.register
    def moves(self, event: events.Moves) -> None:
        consent_ref, consented_on = event.consent or ("", None)
        left = staffing.end_assignment(
            assignment=self.assignment(event.who),
            ends_on=event.on - ONE_DAY,
            end_reason=EndReason.TRANSFER,
            consent_ref=consent_ref,
            consented_on=consented_on,
        )
        staffing.assign(
            contract=self.contract,
            operator=left.operator,
            starts_on=event.on,
            post=Post.objects.get(contract=self.contract, code=event.post),
        )

    @record.register
    def is_away(self, event: events.Away) -> None:
        staffing.record_leave(
            contract=self.contract,
            operator=self.operator(event.who),
            kind=event.kind,
            starts_on=event.first,
            ends_on=event.last,
            reported_at=instant(event.first),
        )

    @record.register
    def demands(self, event: events.Demands) -> None:
        demand = staffing.send_replacement_demand(
            contract=self.contract,
            assignment=self.assignment(event.who),
            reason=event.reason,
            sent_at=event.sent,
        )
        staffing.record_demand_arrival(demand=demand, arrived_at=event.arrived)

    @record.register
    def reports(self, event: events.Reports) -> None:
        """Nothing to record: the month's report is made with it."""

    def operator(self, who: int) -> Operator:
        return Operator.objects.get(vendor=self.contract.vendor, employee_number=number(who))

    def assignment(self, who: int) -> Assignment:
        """The person's assignment, the latest where there were several."""
        return Assignment.objects.filter(
            contract=self.contract, operator=self.operator(who)
        ).latest("starts_on")

    # --- Attendance ---------------------------------------------------------------------------

    def report(self, first: date, last: date, reports: Iterable[events.Reports] = ()) -> None:
        """Report the days of a span in one set, as the vendor's HR would."""
        staffing.record_attendance(
            contract=self.contract,
            rows=list(self.rows(first, last, list(reports))),
            actor=self.users.get("vendor"),
            route=AttendanceRoute.SAMPLE,
            at=instant(last, EVENING),
            today=last,
        )

    def rows(
        self, first: date, last: date, reports: list[events.Reports]
    ) -> Iterator[AttendanceRow]:
        """What is reported of everybody who is assigned, from reports, leaves and rota."""
        leaves = list(
            self.contract.leaves.filter(starts_on__lte=last, ends_on__gte=first).values_list(
                "operator_id", "starts_on", "ends_on", "kind"
            )
        )
        assigned = (
            Assignment.objects.filter(contract=self.contract, starts_on__lte=last)
            .exclude(ends_on__lt=first)
            .select_related("operator", "post")
            .order_by("operator__employee_number")
        )
        for assignment in assigned:
            who = int(assignment.operator.employee_number.removeprefix("HT"))
            assert assignment.post is not None
            for on in days(max(first, assignment.starts_on), min(last, assignment.ends_on or END)):
                away = [
                    LEAVE_STATUS.get(LeaveKind(kind), AttendanceStatus.LEAVE)
                    for operator_id, begins, ends, kind in leaves
                    if operator_id == assignment.operator_id and begins <= on <= ends
                ]
                said = [
                    report.status
                    for report in reports
                    if report.first <= on <= report.last and (not report.who or who in report.who)
                ]
                planned = rota(who, assignment.post.code, on, self.calendar)
                status = (said or away or [planned])[0]
                if status is not None:
                    yield AttendanceRow(assignment.operator_id, on, status)

    # --- Payment ------------------------------------------------------------------------------

    @record.register
    def invoiced(self, event: events.Invoiced) -> None:
        instalment = self.instalment(event.instalment)
        rate: Decimal = contract_facts(self.contract.pk, event.on).policies.on(
            event.on, "vat_rate_percent"
        )
        split = vat_split(instalment.amount, rate / 100)
        billing.submit_invoice(
            instalment=instalment,
            number=event.number,
            issued_on=event.on,
            received_on=event.on,
            gross=instalment.amount,
            net=split.net,
            tax=split.tax,
            vat_rate=rate,
            buyer_credit_code=self.contract.office.credit_code,
            seller_credit_code=self.contract.vendor.credit_code,
            actor=self.users.get("vendor"),
            today=event.on,
        )

    @record.register
    def invoice_returned(self, event: events.InvoiceReturned) -> None:
        billing.return_invoice(
            invoice=self.invoice(event.instalment),
            reason=event.reason,
            actor=self.users.get("finance"),
            today=event.on,
        )

    @record.register
    def invoice_accepted(self, event: events.InvoiceAccepted) -> None:
        billing.accept_invoice(
            invoice=self.invoice(event.instalment),
            actor=self.users.get("finance"),
            today=event.on,
        )

    @record.register
    def accepted(self, event: events.Accepted) -> None:
        billing.record_acceptance(
            instalment=self.instalment(event.instalment),
            accepted_on=event.on,
            result=event.result,
            opinion=event.opinion,
            actor=self.users.get("office"),
            today=event.on,
        )

    @record.register
    def paid(self, event: events.Paid) -> None:
        instalment = self.instalment(event.instalment)
        billing.record_payment(
            instalment=instalment,
            paid_on=event.on,
            amount=instalment.outstanding,
            reference=event.voucher,
            actor=self.users.get("finance"),
            today=event.on,
        )

    def instalment(self, sequence: int) -> Instalment:
        return Instalment.objects.get(contract=self.contract, sequence=sequence)

    def invoice(self, sequence: int) -> Invoice:
        return self.instalment(sequence).invoices.exclude(status="returned").get()


def months() -> Iterator[tuple[date, date]]:
    """First and last day of each month of the sample year."""
    first = START
    while first <= END:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following - ONE_DAY
        first = following


def days(first: date, last: date) -> Iterator[date]:
    """The days of a span, both ends included."""
    while first <= last:
        yield first
        first += ONE_DAY
