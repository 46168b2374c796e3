"""What excuses a finding, and how far: its own subject, in its own window, and no more.

Applied to the findings of all checks after they have run. Only `at_risk` and `not_met` can be
excused; the figures stay, and the sentence says by what.

- A duty that falls due after its period (a report, a backfill, a payment) is covered when its last
  day lies in the window. It stays covered until it was performed, and no longer than a reasonable
  time (policy `resume_days`) after the window: then it was to be resumed (article 16). A waiver
  has no such end, for it lets the duty go.
- Force majeure excuses in part (Civil Code 590): a clock that runs through the window is longer by the
  days it lost (its nominal day moves, then it rolls). It has no effect on what was late already when the event
  began, and it never makes an outcome worse. A notice ahead of a change counts backward and loses no days.
- A finding about a period as a whole is covered when all of it lies in the window. Of a month's rate
  the person-days missed because of the event leave the count (staffing.rules.ledger).
- Force majeure needs an authority's proof, and every excuse a second person. Until then the finding
  stays as it is, with a note.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from contract.choices import ExcuseCause, Outcome
from contract.findings import Evidence, Finding, Message
from law.calendar import DEFAULT, ONE_DAY, Calendar
from law.periods import LOST_DAYS, Deadline, Roll, deadline_after, standing

EXCUSABLE = frozenset({Outcome.AT_RISK, Outcome.NOT_MET})


@dataclass(frozen=True)
class ExcuseFacts:
    """An excuse as of a day. `last` is None while its event goes on.

    `lacks` says what it still needs to take effect: "", "proof" or "approval".
    """

    pk: int
    contract_id: int
    check_id: str
    subject_label: str
    subject_pk: int
    cause: ExcuseCause
    title: str
    first: date
    last: date | None
    resume_by: date | None
    lacks: str = ""
    person_days: int | None = None
    roll: Roll = Roll.WEEKENDS_AND_HOLIDAYS

    @property
    def subject(self) -> tuple[int, str, str, int]:
        return (self.contract_id, self.check_id, self.subject_label, self.subject_pk)

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def covers(self, finding: Finding, as_of: date) -> bool:
        """Whether what the finding says falls wholly into the window."""
        due = finding.legal_due_on or finding.nominal_due_on
        if finding.period and (due is None or due <= finding.period[1]):
            return self.holds(finding.period[0]) and self.holds(finding.period[1])
        if due is None or not self.holds(due):
            return False
        done = finding.done_on or as_of
        return self.resume_by is None or done <= self.resume_by

    def extended(self, finding: Finding, calendar: Calendar) -> Deadline | None:
        """The finding's deadline, longer by the days that its clock lost to the event; None where it lost none.

        A clock lost every day of the window on which it would have run: from the window's first day or the
        day after the clock's own start, whichever is later, to the window's last.
        """
        nominal, legal = finding.nominal_due_on, finding.legal_due_on
        backward = "latest_arguable" in finding.figures
        if self.cause != ExcuseCause.FORCE_MAJEURE or self.last is None or nominal is None or backward:
            return None
        if finding.period and nominal <= finding.period[1]:
            return None
        begun = _start(finding)
        first = max(self.first, begun + ONE_DAY) if begun else self.first
        if first > (legal or nominal) or self.last < first:
            return None
        lost = (self.last - first).days + 1
        longer = deadline_after(nominal, days=lost, roll=self.roll, calendar=calendar)
        if legal and longer.legal and longer.legal < legal:
            return None
        return Deadline(longer.nominal, longer.legal, (LOST_DAYS, *longer.reasons))


def _start(finding: Finding) -> date | None:
    """The day of the event that started the clock, as far as the finding names it."""
    days = [finding.figures.get(name) for name in STARTS]
    known = [day for day in days if isinstance(day, date)]
    return known[0] if known else finding.period[1] if finding.period else None


STARTS = ("event_on", "arrived_on", "started_on", "failed_on", "found_on", "occurred_on")


def resume_by(last: date | None, days: int) -> date | None:
    """The last day on which a duty is resumed in time; None while the event goes on."""
    return last + timedelta(days=days) if last else None


def apply(
    findings: Iterable[Finding], excuses: Iterable[ExcuseFacts], as_of: date, calendar: Calendar = DEFAULT
) -> Iterator[Finding]:
    """The findings, those that an excuse covers turned into `excused` or given a note."""
    by_subject: Mapping[tuple[int, str, str, int], list[ExcuseFacts]] = defaultdict(list)
    for excuse in excuses:
        by_subject[excuse.subject].append(excuse)
    for finding in findings:
        subject = finding.subject
        key = (finding.contract_id, finding.check_id, subject.label, subject.pk)
        about = by_subject.get(key, ())
        claimed = [e for e in about if e.covers(finding, as_of)]
        if finding.outcome not in EXCUSABLE or not about:
            yield finding
        elif claimed and not (best := min(claimed, key=_first)).lacks:
            yield _answer(finding, best)
        else:
            yield _in_part(finding, about, as_of, calendar) or (
                _answer(finding, min(claimed, key=_first)) if claimed else finding
            )


def _first(excuse: ExcuseFacts) -> tuple[bool, int]:
    """One that has effect before one that lacks something."""
    return bool(excuse.lacks), excuse.pk


def _in_part(finding: Finding, excuses: Iterable[ExcuseFacts], as_of: date, calendar: Calendar) -> Finding | None:
    """The finding under a clock that lost days to an event; None where no excuse moves its last day."""
    longer = [(e, due) for e in excuses if (due := e.extended(finding, calendar)) is not None]
    if not longer:
        return None
    excuse, due = min(longer, key=lambda one: _first(one[0]))
    outcome = Outcome(standing(due, as_of, finding.done_on))
    ground = Message(GROUNDS[excuse.cause], title=excuse.title)
    evidence = (*finding.evidence, Evidence("contract.Excuse", excuse.pk, excuse.title))
    if excuse.lacks:
        return replace(
            finding, message=Message(LACKING[excuse.lacks], finding=finding.message, ground=ground), evidence=evidence
        )
    lost = {
        "excuse": excuse.pk,
        "outcome": str(finding.outcome),
        "from": excuse.first,
        "to": excuse.last,
        "nominal_due_on": finding.nominal_due_on,
        "legal_due_on": finding.legal_due_on,
    }
    figures = {name: value for name, value in finding.figures.items() if name != "late_since"}
    if outcome == Outcome.NOT_MET and finding.done_on is None:
        figures["late_since"] = due.last_day
    text = {Outcome.MET: IN_TIME, Outcome.NOT_MET: STILL_LATE, Outcome.UNDETERMINED: OPEN_CALENDAR}.get(outcome, LONGER)
    return replace(
        finding,
        # What is in time only because of the event stays visible as excused.
        outcome=Outcome.EXCUSED if outcome == Outcome.MET else outcome,
        message=Message(text, ground=ground, due=due.last_day, finding=finding.message),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        required=due.last_day.isoformat(),
        figures={**figures, "reasons": list(due.reasons), "excused": lost},
        evidence=evidence,
        today={},
        note=None,
    )


IN_TIME = _("In time with the days that were lost to %(ground)s: until %(due)s. Without them: %(finding)s")
LONGER = _("Longer by the days lost to %(ground)s: until %(due)s. Without them: %(finding)s")
STILL_LATE = _("Late also with the days that were lost to %(ground)s: until %(due)s. Without them: %(finding)s")
OPEN_CALENDAR = _(
    "Longer by the days lost to %(ground)s, nominally until %(due)s; the holiday calendar that decides about the "
    "last day is not published. Without them: %(finding)s"
)


def _answer(finding: Finding, excuse: ExcuseFacts) -> Finding:
    ground = Message(GROUNDS[excuse.cause], title=excuse.title)
    evidence = (*finding.evidence, Evidence("contract.Excuse", excuse.pk, excuse.title))
    if excuse.lacks:
        note = Message(LACKING[excuse.lacks], finding=finding.message, ground=ground)
        return replace(finding, message=note, evidence=evidence)
    return replace(
        finding,
        outcome=Outcome.EXCUSED,
        message=Message(_("Excused by %(ground)s. Without it: %(finding)s"), ground=ground, finding=finding.message),
        figures={
            **finding.figures,
            "excused": {"excuse": excuse.pk, "outcome": str(finding.outcome), "from": excuse.first, "to": excuse.last},
        },
        evidence=evidence,
    )


GROUNDS = {
    ExcuseCause.FORCE_MAJEURE: _("force majeure (%(title)s)"),
    ExcuseCause.OTHER_SIDE: _("a cause of the other side (%(title)s)"),
    ExcuseCause.WAIVER: _("a written waiver of the other side (%(title)s)"),
}
LACKING = {
    "proof": _("%(finding)s An excuse is claimed by %(ground)s; without an authority's proof it has no effect."),
    "approval": _("%(finding)s An excuse is claimed by %(ground)s; it takes effect when a second person approves it."),
}
