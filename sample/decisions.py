"""What people make of the nights' findings: told, answered, reviewed by two, settled."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from billing.models import Instalment
from billing.services import issue_statement
from contract import acting
from contract.choices import NotificationMeans
from contract.duties.models import ForceMajeureEvent
from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import Notice
from contract.letters.services.arrivals import record_arrival
from contract.letters.services.notices import Writing, issue_notice
from contract.models import Alert, Contract, Review
from contract.services import answer, ask_extension, close, decide_extension, decide_review, notify, propose_review
from kit.files.documents import CannotPrint
from sample import claims
from sample.year import DECISIONS
from sample.year.events import Answers, AsksForTime, Closes, Reviewed, Settled, Told, Writes, instant
from sample.year.words.claims import Claimed, ClaimPutForward, Filed, LinesDisputed
from staffing.models import ReplacementDemand

TOLD_AT, ARRIVED_AT = time(9, 10), time(9, 20)
ANSWERED_AT, PROPOSED_AT = time(9, 25), time(9, 40)
GRANTED_AT, DECIDED_AT, SETTLED_AT, CLOSED_AT = (time(14, 30), time(15, 10), time(16, 0), time(16, 20))

# In whose name each step is taken, and when.
WHO = {
    "tell": ("office", TOLD_AT),
    "write": ("office", TOLD_AT),
    "acknowledge": ("vendor", ARRIVED_AT),
    "answer": ("vendor", ANSWERED_AT),
    "ask": ("vendor", ANSWERED_AT),
    "grant": ("office", GRANTED_AT),
    "propose": ("office", PROPOSED_AT),
    "decide": ("reviewer", DECIDED_AT),
    "close": ("office", CLOSED_AT),
    "settle": ("finance", SETTLED_AT),
    "claim": ("office", PROPOSED_AT),
    "propose_claim": ("office", PROPOSED_AT),
    "approve_claim": ("reviewer", DECIDED_AT),
    "dispute_claim": ("vendor", ANSWERED_AT),
    "file": ("finance", SETTLED_AT),
}

Named = Told | Writes | Answers | AsksForTime | Closes | Reviewed | Claimed | ClaimPutForward | LinesDisputed


class Decisions:
    """Carries the decisions out on their days, in the names of the sample users."""

    def __init__(self, contract: Contract, users: dict[str, Any], remarks: list[str]) -> None:
        self.contract = contract
        self.users = users
        self.remarks = remarks

    def on(self, day: date) -> None:
        """Everything that is decided on a day, upon the evaluation of the night before."""
        for event in DECISIONS:
            for step_on, step in self.steps(event):
                if step_on == day:
                    who, at = WHO[step.__name__]
                    with acting.acting(actor=self.users[who], at=instant(day, at)):
                        step(event)

    def steps(self, event: Any) -> Iterator[tuple[date | None, Any]]:
        """The steps that an event stands for, each with its day."""
        yield event.on, STEPS[type(event)].__get__(self)
        if isinstance(event, Reviewed):
            yield event.decided_on, self.decide
        elif isinstance(event, AsksForTime):
            yield event.decided_on, self.grant
        elif isinstance(event, Told):
            yield event.on, self.acknowledge
        elif isinstance(event, Writes):
            yield event.arrived, self.acknowledge
        elif isinstance(event, ClaimPutForward):
            yield event.decided_on, self.approve_claim

    def tell(self, event: Told) -> None:
        try:
            self.send(event.letter, event)
        except CannotPrint as error:
            self.left_out(_("Letters are left out: %(reason)s"), error)
            notify(
                alert=self.alert(event),
                arrived_on=event.on,
                means=NotificationMeans.LETTER,
                recipient=self.users["vendor"].first_name,
                note=_("handed over with the day's mail"),
                **self.by("office", event.on, TOLD_AT),
            )

    def write(self, event: Writes) -> None:
        try:
            self.send(event.letter, event, event.extra)
        except CannotPrint as error:
            self.left_out(_("Letters are left out: %(reason)s"), error)

    def send(self, kind: str, event: Told | Writes, extra: str = "") -> None:
        writing = Writing(NoticeKind(kind), (self.subject(event),), extra=extra)
        issue_notice(contract=self.contract, writing=writing, **self.by("office", event.on, TOLD_AT))

    def acknowledge(self, event: Told | Writes) -> None:
        """The vendor's HR acknowledges a letter over the API."""
        label, pk = self.subject(event)
        notice = Notice.objects.filter(
            contract=self.contract, issued_on=event.on, subjects__subject_label=label, subjects__subject_pk=pk
        ).first()
        if notice is not None:
            day = event.on if isinstance(event, Told) else event.arrived
            assert day is not None
            record_arrival(
                notice=notice,
                arrived_on=day,
                means=NoticeMeans.SYSTEM,
                received_by=self.users["vendor"].first_name,
                **self.by("vendor", day, ARRIVED_AT),
            )

    def subject(self, event: Told | Writes) -> tuple[str, int]:
        """What a letter is about."""
        if event.check:
            return "contract.Alert", self.alert(event).pk
        if event.about.startswith("HT"):
            demands = ReplacementDemand.objects.filter(contract=self.contract, withdrawn_on=None)
            demand = demands.get(assignment__operator__employee_number=event.about)
            return "staffing.ReplacementDemand", demand.pk
        found = ForceMajeureEvent.objects.get(contract=self.contract, title=event.about)
        return "contract.ForceMajeureEvent", found.pk

    def answer(self, event: Answers) -> None:
        answer(alert=self.alert(event), statement=event.statement, **self.by("vendor", event.on, ANSWERED_AT))

    def ask(self, event: AsksForTime) -> None:
        ask_extension(
            alert=self.alert(event),
            until_on=event.until,
            reason=event.reason,
            **self.by("vendor", event.on, ANSWERED_AT),
        )

    def grant(self, event: AsksForTime) -> None:
        decide_extension(
            extension=self.alert(event).extensions.get(is_granted=None),
            grant=event.granted,
            reason=event.decision_reason,
            **self.by("office", event.decided_on, GRANTED_AT),
        )

    def propose(self, event: Reviewed) -> None:
        alert = self.alert(event)
        propose_review(
            alert=alert,
            decision=event.decision,
            reason=event.reason,
            document=event.document,
            version=alert.version,
            **self.by("office", event.on, PROPOSED_AT),
        )

    def decide(self, event: Reviewed) -> None:
        assert event.decided_on is not None
        decide_review(
            review=Review.objects.get(alert=self.alert(event), decided_by=None),
            approve=True,
            reason=event.second_reason,
            **self.by("reviewer", event.decided_on, DECIDED_AT),
        )

    def close(self, event: Closes) -> None:
        close(alert=self.alert(event), reason=event.reason, **self.by("office", event.on, CLOSED_AT))

    def by(self, user: str, day: date, time_of_day: time) -> dict[str, Any]:
        """Who takes a step, and when."""
        return {"actor": self.users[user], "on": day, "at": instant(day, time_of_day)}

    def alert(self, event: Named) -> Alert:
        """The alert that an event names: by an employee number (the newest about the person), or a
        period's first day."""
        found = Alert.objects.filter(contract=self.contract, check_id=event.check)
        if event.about.startswith("HT"):
            about = found.filter(assessment__subject_name__contains=event.about)
            return about.latest("raised_on", "pk")
        return found.get(assessment__period_start=event.about)

    def settle(self, event: Settled) -> None:
        instalment = Instalment.objects.get(contract=self.contract, sequence=event.instalment)
        try:
            issue_statement(
                instalment=instalment, actor=self.users["finance"], at=instant(event.on, SETTLED_AT), as_of=event.on
            )
        except CannotPrint as error:
            self.left_out(_("Statements are left out: %(reason)s"), error)

    def left_out(self, text: str, error: CannotPrint) -> None:
        """Say once what this machine cannot print."""
        remark = text % {"reason": error.messages[0]}
        if remark not in self.remarks:
            self.remarks.append(remark)

    def claim(self, event: Claimed) -> None:
        claims.draft(event, self.alert(event), self.by("office", event.on, PROPOSED_AT))

    def propose_claim(self, event: ClaimPutForward) -> None:
        claims.propose(event, self.alert(event), self.by("office", event.on, PROPOSED_AT))

    def approve_claim(self, event: ClaimPutForward) -> None:
        by = self.by("reviewer", event.decided_on, DECIDED_AT)
        claims.approve(self.alert(event), by)

    def dispute_claim(self, event: LinesDisputed) -> None:
        claims.dispute(event, self.alert(event), self.by("vendor", event.on, ANSWERED_AT))

    def file(self, event: Filed) -> None:
        try:
            claims.file(event, self.contract, self.by("finance", event.on, SETTLED_AT))
        except CannotPrint as error:
            self.left_out(_("Statements are left out: %(reason)s"), error)


STEPS = {
    Told: Decisions.tell,
    Writes: Decisions.write,
    Answers: Decisions.answer,
    AsksForTime: Decisions.ask,
    Reviewed: Decisions.propose,
    Closes: Decisions.close,
    Settled: Decisions.settle,
    Claimed: Decisions.claim,
    ClaimPutForward: Decisions.propose_claim,
    LinesDisputed: Decisions.dispute_claim,
    Filed: Decisions.file,
}
