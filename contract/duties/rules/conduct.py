"""Misconduct (article 18) and service by a third party (article 19)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.duties.rules.consents import ConsentFacts
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.shares import BY_QUANTITY, WHOLE_TERM, cycle_of, fee_of_term
from contract.rules.steps import at_the_end, fixed, iso, known, late_since, within_policy
from contract.values import NoValue
from law.calendar import Calendar
from law.money import RefundAndDamages, percentage_of, refund_and_damages
from law.periods import deadline_after, standing
from law.references import CIVIL_CODE_188, CIVIL_CODE_564

MISCONDUCT = "contract.misconduct_correction"
SUBCONTRACTING = "contract.subcontracting"


@dataclass(frozen=True)
class Incident:
    """Misconduct that the vendor was asked to stop and correct."""

    pk: int
    title: str
    document: str
    found_on: date
    arrived_on: date | None
    correct_by: date | None
    corrected_on: date | None
    withdrawn_on: date | None


def misconduct_correction(
    contract: ContractFacts, incident: Incident, calendar: Calendar, as_of: date
) -> Finding | None:
    """Whether the vendor corrected misconduct in time; its clock runs from the request's arrival.

    "Promptly" is no number of days: the request names the day, else a policy does. A time that runs out on
    the contract's last day was not kept (Civil Code 203), one that would have run on lapses with it (557).
    """
    if incident.found_on > min(as_of, contract.last_day) or known(incident.withdrawn_on, as_of):
        return None
    asked, corrected = known(incident.arrived_on, as_of), known(incident.corrected_on, as_of)
    subject = Subject("contract.Misconduct", incident.pk, incident.title)
    evidence = (Evidence("contract.Misconduct", incident.pk, incident.document),)
    if asked is None:
        if corrected is None and as_of > contract.last_day:
            return None  # nobody asks any more
        return Finding(
            MISCONDUCT,
            contract.pk,
            Outcome.MET if corrected else Outcome.PENDING,
            subject,
            Message(CORRECTED_UNASKED if corrected else NOT_ASKED, day=iso(corrected)),
            measured=iso(corrected),
            evidence=evidence,
            owed_by=None if corrected else Side.OFFICE,
            done_on=corrected,
        )
    if incident.correct_by:
        due = fixed(incident.correct_by)
    else:
        due = within_policy(contract, asked, "misconduct_correction_days", calendar)
    outcome, ended = Outcome(standing(due, as_of, corrected)), False
    if corrected is None and as_of > contract.last_day:
        outcome, ended = at_the_end(due, contract.last_day)  # its staff serve no more
    late = corrected is not None and outcome == Outcome.NOT_MET
    params = {"day": iso(corrected), "due": iso(due.last_day)}
    wording = ENDED if ended else CORRECTED_LATE if late else CORRECTION[outcome]
    return Finding(
        check_id=MISCONDUCT,
        contract_id=contract.pk,
        outcome=outcome,
        subject=subject,
        message=Message(wording, **params),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=params["day"],
        required=params["due"],
        figures={
            "found_on": incident.found_on,
            "arrived_on": asked,
            "calendar": list(due.reasons),
            **late_since(due, outcome, corrected),
        },
        evidence=evidence,
        done_on=corrected,
    )


NOT_ASKED = _("The vendor has not been asked to correct it yet.")
CORRECTED_UNASKED = _("The vendor corrected it on %(day)s, before it was asked.")
CORRECTION = {
    Outcome.MET: _("Corrected on %(day)s, in time (%(due)s)."),
    Outcome.PENDING: _("To be corrected by %(due)s."),
    Outcome.AT_RISK: _("Not corrected yet; the last day is %(due)s."),
    Outcome.NOT_MET: _("Not corrected by %(due)s."),
    Outcome.UNDETERMINED: _(
        "Whether it is in time cannot be said: the holiday calendar after %(due)s is not published."
    ),
}
ENDED = _("The contract ended before the time to correct it (%(due)s) ran out.")
CORRECTED_LATE = _("Corrected only on %(day)s; the last day was %(due)s.")


@dataclass(frozen=True)
class ThirdParty:
    """A third party found providing the service."""

    pk: int
    name: str
    document: str
    found_on: date
    paid: Decimal | None
    consent: ConsentFacts | None
    withdrawn_on: date | None
    transferred_on: date | None = None

    @property
    def happened_on(self) -> date:
        """The day of the transfer: what was breached, whenever it came to light."""
        return self.transferred_on or self.found_on


def draft_claim(contract: ContractFacts, found_on: date, paid: Decimal) -> RefundAndDamages:
    """What article 19 gives the office: what was paid, and a share of the contract sum."""
    return refund_and_damages(paid, contract_sum(contract, found_on), contract.terms.on(found_on, "damages_percent"))


def contract_sum(contract: ContractFacts, day: date) -> Decimal:
    """The contract sum that the damages for a transfer are a share of, by policy: the fee of the term or, where it
    is given, the total of the tender."""
    total: Decimal = contract.policies.on(day, "tender_total")
    if total and contract.policies.on(day, "contract_sum") == "tender_total":
        return total
    basis = contract.terms.on(contract.starts_on, "fee_basis")
    if basis == BY_QUANTITY:
        most: Decimal = contract.terms.on(day, "payment_budget")
        return most
    if basis != WHOLE_TERM:
        return fee_of_term(contract, cycle_of(contract))
    fee: Decimal = contract.terms.on(day, "annual_fee")
    return fee


def subcontracting(contract: ContractFacts, found: ThirdParty, as_of: date, calendar: Calendar) -> Finding | None:
    """Whether a third party had the office's written consent; else the figures of a claim.

    A breach of the term stays one when it is found after the end. During the term the right to terminate lapses
    a year after the discovery (Civil Code 564); after it only the limitation of claims runs (188, three years),
    and the refund is arguable unless the contract was ended early.

    Nothing is claimed by the program: a person opens a claim on a confirmed breach.
    """
    day = found.happened_on
    in_life = contract.starts_on <= day <= contract.last_day
    if not in_life or found.found_on > as_of or known(found.withdrawn_on, as_of):
        return None
    consent = found.consent
    covered = consent is not None and consent.covers(day, as_of)
    figures: dict[str, object] = {}
    fee: Decimal | None = None
    percent: Decimal | None = None
    lacking = ""
    try:
        fee, percent = contract_sum(contract, day), contract.terms.on(day, "damages_percent")
        figures = {"contract_sum": fee, "damages_percent": percent}
    except NoValue as error:  # a contract by quantity without a budget, or one that agrees on no damages
        lacking = str(error.label)
    if covered:
        message = Message(
            _("The office consented in writing on %(day)s (%(document)s)."),
            day=iso(consent.decided_on if consent else None),
            document=consent.document if consent else "",
        )
    elif lacking or fee is None or percent is None:
        figures |= {} if found.paid is None else {"refund": found.paid}
        text = NO_SUM if found.paid is None else NO_SUM_PAID
        message = Message(text, day=iso(day), lacking=lacking, refund=f"{found.paid or 0:,.2f}")
    elif found.paid is None:
        damages = percentage_of(fee, percent)
        figures |= {"damages": damages}
        message = Message(
            _(
                "There is no written consent for %(day)s. A claim would be %(damages)s yuan of "
                "damages (%(percent)s %% of the contract sum) and the refund of what was paid, which "
                "is not recorded yet."
            ),
            day=iso(day),
            damages=f"{damages:,.2f}",
            percent=percent,
        )
    else:
        claim = draft_claim(contract, day, found.paid)
        figures |= {"refund": claim.refund, "damages": claim.damages, "total": claim.total}
        message = Message(
            _(
                "There is no written consent for %(day)s. A claim would be %(total)s yuan: "
                "%(refund)s paid back and %(damages)s of damages (%(percent)s %% of the contract "
                "sum)."
            ),
            day=iso(day),
            total=f"{claim.total:,.2f}",
            refund=f"{claim.refund:,.2f}",
            damages=f"{claim.damages:,.2f}",
            percent=percent,
        )
    if not covered:
        message, more = _clock(contract, found, message, calendar, as_of)
        figures |= more
    evidence = [Evidence("contract.Subcontracting", found.pk, found.document)]
    if consent is not None:
        evidence.append(Evidence("contract.Consent", consent.pk, consent.document))
    return Finding(
        check_id=SUBCONTRACTING,
        contract_id=contract.pk,
        outcome=Outcome.MET if covered else Outcome.NOT_MET,
        subject=Subject("contract.Subcontracting", found.pk, found.name),
        message=message,
        nominal_due_on=day,
        legal_due_on=day,
        measured=found.name,
        figures=figures,
        evidence=tuple(evidence),
    )


def _clock(
    contract: ContractFacts, found: ThirdParty, message: Message, calendar: Calendar, as_of: date
) -> tuple[Message, dict[str, object]]:
    """The finding's sentence with the time that runs from the discovery, and its figures."""
    roll = contract.roll(found.happened_on)
    days: dict[str, object] = {"transferred_on": found.happened_on, "found_on": found.found_on}
    if as_of <= contract.last_day:
        last = deadline_after(found.found_on, years=1, roll=roll, calendar=calendar).last_day
        said = Message(TERMINATE, finding=message, found=iso(found.found_on), last=iso(last))
        return said, {**days, "terminate_until": last, "references": (CIVIL_CODE_564,)}
    last = deadline_after(found.found_on, years=3, roll=roll, calendar=calendar).last_day
    days |= {"claim_until": last, "references": (CIVIL_CODE_188,)}
    text = CLAIM_ONLY if found.found_on > contract.last_day else RUN_OUT
    if found.found_on <= contract.last_day < contract.ends_on:
        text = ENDED_EARLY
    else:
        days["refund_arguable"] = True
    return Message(text, finding=message, found=iso(found.found_on), last=iso(last)), days


NO_SUM = _(
    "There is no written consent for %(day)s. Damages cannot be reckoned, for the contract gives no “%(lacking)s”; "
    "what was paid, which is not recorded yet, would be paid back."
)
NO_SUM_PAID = _(
    "There is no written consent for %(day)s. Damages cannot be reckoned, for the contract gives no “%(lacking)s”; "
    "%(refund)s yuan would be paid back."
)
TERMINATE = _(
    "%(finding)s Found on %(found)s: unless agreed otherwise the right to terminate lapses after %(last)s, or a "
    "reasonable time after a demand of the vendor."
)
CLAIM_ONLY = _(
    "%(finding)s Found on %(found)s, after the contract's end: there is nothing left to terminate, the claim is to be "
    "raised until %(last)s, and whether what was paid comes back is arguable."
)
RUN_OUT = _(
    "%(finding)s Found on %(found)s; the contract has run out since: there is nothing left to terminate, the claim is "
    "to be raised until %(last)s, and whether what was paid comes back is arguable."
)
ENDED_EARLY = _(
    "%(finding)s Found on %(found)s. The contract was ended early; the claim is to be raised until %(last)s."
)
