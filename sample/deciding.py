"""What people make of the nights' findings: reviews by two, and settlement statements."""

from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from billing.models import Instalment
from billing.services import issue_statement
from contract.documents import CannotPrint
from contract.models import Alert, Contract, Review
from contract.services import decide_review, propose_review
from sample.year import DECISIONS
from sample.year.events import Reviewed, Settled, instant

PROPOSED_AT, DECIDED_AT, SETTLED_AT = time(9, 40), time(15, 10), time(16, 0)


class Decisions:
    """Carries the decisions out on their days, in the names of the sample users."""

    def __init__(self, contract: Contract, users: dict[str, Any], remarks: list[str]) -> None:
        self.contract = contract
        self.users = users
        self.remarks = remarks

    def on(self, day: date) -> None:
        """Everything that is decided on a day, upon the evaluation of the night before."""
        for event in DECISIONS:
            if isinstance(event, Reviewed):
                if event.on == day:
                    self.propose(event)
                if event.decided_on == day:
                    self.decide(event)
            elif isinstance(event, Settled) and event.on == day:
                self.settle(event)

    def propose(self, event: Reviewed) -> None:
        alert = self.alert(event)
        propose_review(
            alert=alert,
            decision=event.decision,
            reason=event.reason,
            actor=self.users["office"],
            at=instant(event.on, PROPOSED_AT),
            version=alert.version,
        )

    def decide(self, event: Reviewed) -> None:
        assert event.decided_on is not None
        decide_review(
            review=Review.objects.get(alert=self.alert(event), decided_by=None),
            approve=True,
            reason=event.second_reason,
            actor=self.users["reviewer"],
            at=instant(event.decided_on, DECIDED_AT),
        )

    def alert(self, event: Reviewed) -> Alert:
        """The alert that a review names: by an employee number, or a period's first day."""
        found = Alert.objects.filter(contract=self.contract, check_id=event.check)
        if event.about.startswith("HT"):
            return found.get(assessment__subject_name__contains=event.about)
        return found.get(assessment__period_start=event.about)

    def settle(self, event: Settled) -> None:
        instalment = Instalment.objects.get(contract=self.contract, sequence=event.instalment)
        try:
            issue_statement(
                instalment=instalment,
                actor=self.users["finance"],
                at=instant(event.on, SETTLED_AT),
                as_of=event.on,
            )
        except CannotPrint as error:
            remark = _("Statements are left out: %(reason)s") % {"reason": error.messages[0]}
            if remark not in self.remarks:
                self.remarks.append(remark)
