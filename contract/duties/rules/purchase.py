"""What procurement law asks after the signing: the contract and each supplement filed and published.

政府采购法 47: a copy of the contract is filed within seven working days of its signing; 政府采购法实施条例 50: it
is published within two. Both run from the signing of the contract, or from the day on which both agreed to a
supplement. Whether they apply to this purchase is a policy: while it is not set nothing is found. A renewal
is a contract of its own, and is looked at as one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, PurchaseStep, Side
from contract.duties.rules.notices import Notice
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import iso, known, late_since
from law.calendar import Calendar
from law.periods import standing, within_working_days
from law.references import PROCUREMENT_47, PROCUREMENT_RULES_50

FILING, PUBLICATION = "contract.filing", "contract.publication"
WORKING_DAYS = {PurchaseStep.FILING: 7, PurchaseStep.PUBLICATION: 2}
POLICY = {PurchaseStep.FILING: "contract_is_filed", PurchaseStep.PUBLICATION: "contract_is_published"}
LAW = {PurchaseStep.FILING: PROCUREMENT_47, PurchaseStep.PUBLICATION: PROCUREMENT_RULES_50}
CHECK = {PurchaseStep.FILING: FILING, PurchaseStep.PUBLICATION: PUBLICATION}


@dataclass(frozen=True)
class Paper:
    """A recorded step. `amendment` is None for the contract itself."""

    pk: int
    step: str
    done_on: date
    document: str
    amendment: int | None = None
    period_start: date | None = None
    participants: str = ""
    withdrawn_on: date | None = None

    def counts(self, as_of: date) -> bool:
        return self.done_on <= as_of and known(self.withdrawn_on, as_of) is None


def papers(
    contract: ContractFacts,
    step: PurchaseStep,
    recorded: Sequence[Paper],
    supplements: Sequence[Notice],
    calendar: Calendar,
    as_of: date,
) -> Iterator[Finding]:
    """One finding for the contract and one for each agreed supplement; nothing while the policy is not set."""
    if not contract.policies.on(max(as_of, contract.starts_on), POLICY[step]):
        return
    signed: list[tuple[Subject, int | None, date | None]] = [(contract.subject, None, contract.signed_on)]
    signed += [
        (Subject("contract.Amendment", one.pk, one.name), one.pk, known(one.agreed_on, as_of))
        for one in supplements
        if not known(one.cancelled_on, as_of)
    ]
    for subject, amendment, signed_on in signed:
        if signed_on is None or signed_on > as_of:
            continue
        done = [p for p in recorded if p.step == step and p.amendment == amendment and p.counts(as_of)]
        yield _paper(contract, step, subject, signed_on, done, calendar, as_of)


def _paper(
    contract: ContractFacts,
    step: PurchaseStep,
    subject: Subject,
    signed_on: date,
    done: Sequence[Paper],
    calendar: Calendar,
    as_of: date,
) -> Finding:
    due = within_working_days(signed_on, WORKING_DAYS[step], calendar)
    first = min(done, key=lambda one: one.done_on, default=None)
    done_on = first.done_on if first else None
    outcome = Outcome(standing(due, as_of, done_on))
    wording = DONE[step] if done_on else OPEN[step]
    return Finding(
        check_id=CHECK[step],
        contract_id=contract.pk,
        outcome=outcome,
        subject=subject,
        message=Message(
            wording,
            signed=signed_on,
            days=WORKING_DAYS[step],
            due=due.last_day,
            day=iso(done_on),
            law=LAW[step].label(),
        ),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=iso(done_on) or "–",
        required=due.last_day.isoformat(),
        figures={
            "signed_on": signed_on,
            "working_days": WORKING_DAYS[step],
            "references": (LAW[step],),
            **late_since(due, outcome, done_on),
        },
        evidence=tuple(Evidence("contract.PurchasePaper", one.pk, one.document) for one in done),
        owed_by=Side.OFFICE,
        done_on=done_on if outcome == Outcome.NOT_MET else None,
    )


DONE = {
    PurchaseStep.FILING: _("Signed on %(signed)s and filed on %(day)s; the last day was %(due)s (%(law)s)."),
    PurchaseStep.PUBLICATION: _("Signed on %(signed)s and published on %(day)s; the last day was %(due)s (%(law)s)."),
}
OPEN = {
    PurchaseStep.FILING: _(
        "Signed on %(signed)s; to be filed within %(days)d working days, by %(due)s (%(law)s). Nothing is recorded."
    ),
    PurchaseStep.PUBLICATION: _(
        "Signed on %(signed)s; to be published within %(days)d working days, by %(due)s (%(law)s). Nothing is recorded."
    ),
}
