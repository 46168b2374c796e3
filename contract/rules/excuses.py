"""What excuses a finding, and how far: its own subject, in its own window, and no more.

Applied to the findings of all checks after they have run. Only `at_risk` and `not_met` can be
excused; the figures stay, and the sentence says by what.

- A duty that falls due after its period (a report, a backfill, a payment) is covered when its last
  day lies in the window. It stays covered until it was performed, and no longer than a reasonable
  time (policy `resume_days`) after the window: then it was to be resumed (article 16). A waiver
  has no such end, for it lets the duty go.
- A finding about a period as a whole (the rate of a month) is covered when all of it lies in the
  window.
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


def resume_by(last: date | None, days: int) -> date | None:
    """The last day on which a duty is resumed in time; None while the event goes on."""
    return last + timedelta(days=days) if last else None


def apply(findings: Iterable[Finding], excuses: Iterable[ExcuseFacts], as_of: date) -> Iterator[Finding]:
    """The findings, those that an excuse covers turned into `excused` or given a note."""
    by_subject: Mapping[tuple[int, str, str, int], list[ExcuseFacts]] = defaultdict(list)
    for excuse in excuses:
        by_subject[excuse.subject].append(excuse)
    for finding in findings:
        subject = finding.subject
        key = (finding.contract_id, finding.check_id, subject.label, subject.pk)
        claimed = [e for e in by_subject.get(key, ()) if e.covers(finding, as_of)]
        if finding.outcome not in EXCUSABLE or not claimed:
            yield finding
        else:
            yield _answer(finding, min(claimed, key=lambda e: (bool(e.lacks), e.pk)))


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
