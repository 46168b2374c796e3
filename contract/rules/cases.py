"""Who holds the ball in a case, and until when: pure, from the case's dates and the policies.

A case goes from raised to notified, answered or silent, proposed, decided, closed. At each step one
side must act, and only its clock runs. The other side's clock rests: the office's time to propose
begins with the answer or the recorded silence, the vendor's time to answer rests while its request
for more time waits for the office.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import ALERTING, AlertStatus, Holder, Outcome, Side, Step
from contract.findings import Message
from contract.rules.steps import iso, within_policy
from law.calendar import Calendar
from law.periods import Deadline, deadline_after


@dataclass(frozen=True)
class CaseFacts:
    """The dates of a case that say whose turn it is.

    `became_on` is the day on which the alert took its present outcome; `extension_asked_on` is set
    while a request for more time waits.
    """

    status: AlertStatus
    owed_by: Side
    outcome: Outcome
    raised_on: date
    became_on: date
    nominal_due_on: date | None = None
    legal_due_on: date | None = None
    notified_on: date | None = None
    answer_due_on: date | None = None
    heard_on: date | None = None
    extension_asked_on: date | None = None
    proposed_on: date | None = None
    decided_on: date | None = None
    is_decided_by_people: bool = False


@dataclass(frozen=True)
class Ball:
    """Who holds it, what for, since when and until when.

    `rests` names the clock that stands still meanwhile, as a sentence; empty where none does.
    """

    holder: Holder
    step: Step
    since: date | None = None
    nominal_due_on: date | None = None
    legal_due_on: date | None = None
    rests: Message | None = None

    @property
    def due_on(self) -> date | None:
        return self.legal_due_on or self.nominal_due_on

    def is_over(self, as_of: date) -> bool:
        """Whether the time for this step has passed; the last day itself is in time."""
        return self.due_on is not None and as_of > self.due_on


def is_heard(owed_by: str) -> bool:
    """Whether somebody beside the office is heard before a breach is confirmed.

    The vendor is, for its own duties and for those of both sides. In its own duty the office would
    be asking itself: two of its people may say that it failed, without more.
    """
    return owed_by != Side.OFFICE


def answer_deadline(contract: ContractFacts, arrived_on: date, calendar: Calendar) -> Deadline:
    """The last day to answer, counted from the arrival of the notification."""
    return within_policy(contract, arrived_on, "answer_days", calendar)


def extension_limit(contract: ContractFacts, first_due_on: date, asked_on: date) -> date:
    """The last day to which the time to answer may be extended in all."""
    return first_due_on + timedelta(days=contract.policies.on(asked_on, "extension_max_days"))


def resumed_deadline(
    contract: ContractFacts, due_on: date, asked_on: date, decided_on: date, calendar: Calendar
) -> Deadline:
    """The last day to answer after a clock that rested goes on: what was left, a day at least.

    Granted or refused, the days on which the office was thinking are not taken from the vendor.
    """
    left = max((due_on - asked_on).days, 1)
    return deadline_after(decided_on, days=left, roll=contract.roll(decided_on), calendar=calendar)


def ball(contract: ContractFacts, case: CaseFacts, calendar: Calendar, as_of: date) -> Ball:
    """Who holds the ball on a day. The office's steps count by its own policies."""

    def by_policy(holder: Holder, step: Step, since: date | None, key: str) -> Ball:
        begun = since or case.raised_on
        due = within_policy(contract, begun, key, calendar)
        return Ball(holder, step, begun, due.nominal, due.legal)

    status = case.status
    if status == AlertStatus.OPEN:
        warned = _warned(case, as_of)
        if warned or is_heard(case.owed_by):
            return warned or by_policy(Holder.HANDLER, Step.NOTIFY, case.became_on, "notify_days")
        return by_policy(Holder.HANDLER, Step.PROPOSE, case.became_on, "proposal_days")
    if status == AlertStatus.NOTIFIED:
        return _told(case, contract, calendar)
    if status in (AlertStatus.ANSWERED, AlertStatus.SILENT):
        return by_policy(Holder.HANDLER, Step.PROPOSE, case.heard_on, "proposal_days")
    if status == AlertStatus.PROPOSED:
        return by_policy(Holder.SECOND, Step.DECIDE, case.proposed_on, "decision_days")
    if case.is_decided_by_people and status != AlertStatus.CLOSED:
        return by_policy(Holder.HANDLER, Step.CLOSE, case.decided_on, "closing_days")
    return Ball(Holder.NOBODY, Step.NOTHING)


def _warned(case: CaseFacts, as_of: date) -> Ball | None:
    """A warning is for who owes the duty; what has failed (None) is for the office to take up."""
    due = case.legal_due_on or case.nominal_due_on
    if case.outcome == Outcome.AT_RISK and (due is None or as_of <= due):
        owner = Holder.HANDLER if case.owed_by == Side.OFFICE else Holder.VENDOR
        return Ball(owner, Step.PERFORM, case.became_on, case.nominal_due_on, case.legal_due_on)
    return None


def _told(case: CaseFacts, contract: ContractFacts, calendar: Calendar) -> Ball:
    if case.extension_asked_on is not None:
        due = within_policy(contract, case.extension_asked_on, "extension_answer_days", calendar)
        rests = Message(
            _("The vendor's time to answer rests since %(day)s, until the office has decided."),
            day=iso(case.extension_asked_on),
        )
        return Ball(Holder.HANDLER, Step.EXTENSION, case.extension_asked_on, due.nominal, due.legal, rests)
    last = case.answer_due_on
    rests = Message(_("The office's time to decide rests until the answer, or until its absence is recorded."))
    return Ball(Holder.VENDOR, Step.ANSWER, case.notified_on, last, last, rests)


def hearing_missing(owed_by: str, heard_on: date | None, told: Outcome | None, outcome: Outcome) -> Message | None:
    """Why a breach cannot be confirmed yet: the other side was not heard about this finding.

    Told of a mere risk, it has not been heard about a breach.
    """
    if not is_heard(owed_by):
        return None
    if told is None:
        return Message(_("The vendor has not been told of this finding yet. Notify it first."))
    if told != outcome and outcome in ALERTING:
        return Message(_("The vendor was told of another finding. Notify it of the present one first."))
    if heard_on is None:
        return Message(
            _(
                "The vendor's time to answer is running. A breach is confirmed after its answer, "
                "or after its silence was recorded."
            )
        )
    return None
