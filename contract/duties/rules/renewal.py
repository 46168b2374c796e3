"""The end of the term (articles 5 and 17): assessed and decided before it, no gap after it.

The contract says "before it ends"; a policy says how many days before it is prudent. So a decision
is at risk from the policy's day and late only after the last day of the term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, RenewalDecision
from contract.findings import Evidence, Finding, Message
from contract.rules.steps import iso, known
from law.calendar import ONE_DAY
from law.comparisons import at_least
from law.money import half_up
from law.periods import Deadline, last_day_of_term, standing

ASSESSMENT = "contract.renewal_assessment"
TERM_END = "contract.term_end"

WEIGHTS = Decimal(100)


@dataclass(frozen=True)
class Sheet:
    """A renewal assessment with its result and, where it has been taken, the decision."""

    pk: int
    assessed_on: date
    result: Decimal | None
    pass_mark: Decimal
    decision: str
    decided_on: date | None
    document: str


@dataclass(frozen=True)
class Following:
    """The next contract of the same parties under the same tender."""

    pk: int
    number: str
    signed_on: date
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Arbitration:
    """A dispute that went to the arbitration commission, from the day of its filing until it was closed."""

    pk: int
    title: str
    filed_on: date
    closed_on: date | None

    def open_on(self, day: date) -> bool:
        return self.filed_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True)
class Ending:
    """What is recorded about the end of a contract's term."""

    tender_starts_on: date | None
    sheets: tuple[Sheet, ...] = ()
    following: Following | None = None
    scheme_confirmed_on: date | None = None
    disputes: tuple["Arbitration", ...] = ()


def weighted_result(scores: Mapping[int, Decimal], weights: Mapping[int, Decimal]) -> Decimal:
    """Points of 100 by weight, half up to two decimals.

    Raises ValueError unless every criterion has its points and the weights add up to 100.
    """
    if set(scores) != set(weights):
        raise ValueError("every criterion needs its points, and no other")
    if sum(weights.values()) != WEIGHTS:
        raise ValueError("the weights must add up to 100")
    return half_up(sum((scores[key] * weights[key] for key in weights), Decimal(0)) / WEIGHTS)


def passes(result: Decimal, pass_mark: Decimal) -> bool:
    """Whether a result reaches the pass mark; the mark itself does."""
    return at_least(result, pass_mark)


def tender_end(tender_starts_on: date | None, years: int) -> date | None:
    """The last day that the tender serves; None where its first day is not recorded."""
    if tender_starts_on is None:
        return None
    return last_day_of_term(tender_starts_on, years=years)


def renewed_to(ends_on: date) -> date:
    """The last day of the year that a renewal adds."""
    return last_day_of_term(ends_on + ONE_DAY, years=1)


def deadline(contract: ContractFacts) -> Deadline:
    """Prudent until so many days before the end (policy), in time until the last day."""
    lead = contract.policies.on(contract.ends_on, "renewal_decision_lead_days")
    return Deadline(max(contract.ends_on - timedelta(days=lead), contract.starts_on), contract.ends_on)


def is_cut_short(contract: ContractFacts) -> bool:
    """Whether the contract ended before its term: then nothing is left to renew."""
    return contract.last_day < contract.ends_on


def renewal_assessment(contract: ContractFacts, ending: Ending, as_of: date) -> Finding | None:
    """Whether the office has assessed the vendor and decided on the renewal in time.

    In the tender's last year there is nothing to renew, so nothing is owed. A dispute in arbitration
    changes no outcome and is named: whether to renew all the same is for the office (article 17).
    """
    last = _tender_end(contract, ending)
    if is_cut_short(contract) or (last is not None and renewed_to(contract.ends_on) > last):
        return None
    due = deadline(contract)
    sheet = _newest(ending, as_of)
    decided = sheet is not None and known(sheet.decided_on, as_of) is not None
    done_on = sheet.decided_on if sheet and decided else None
    outcome = Outcome(standing(due, as_of, done_on))
    message = _assessment_message(outcome, sheet, decided, ending, due, as_of)
    open_ones = [one for one in ending.disputes if one.open_on(as_of)]
    if open_ones:
        message = Message(DISPUTED, finding=message, titles="、".join(one.title for one in open_ones))
    return Finding(
        check_id=ASSESSMENT,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=str(sheet.result) if sheet and sheet.result is not None else "",
        required=str(sheet.pass_mark) if sheet else "",
        figures={
            "assessed_on": sheet.assessed_on if sheet else None,
            "result": sheet.result if sheet else None,
            "pass_mark": sheet.pass_mark if sheet else None,
            "decision": sheet.decision if sheet and decided else None,
            "decided_on": done_on,
            "reasons": ["decision_lead"],
            **({"disputes": [one.title for one in open_ones]} if open_ones else {}),
        },
        evidence=(
            *((Evidence("contract.RenewalAssessment", sheet.pk, sheet.document),) if sheet else ()),
            *(Evidence("contract.Dispute", one.pk, one.title) for one in open_ones),
        ),
        done_on=done_on,
    )


DISPUTED = _(
    "%(finding)s A dispute between both sides is in arbitration (%(titles)s). Renewal after a passed assessment is "
    "agreed only where there is none: the office decides."
)


def _newest(ending: Ending, as_of: date) -> Sheet | None:
    """The sheet that counts: the decided one, else the latest assessment so far."""
    seen = [sheet for sheet in ending.sheets if sheet.assessed_on <= as_of]
    if not seen:
        return None
    return max(seen, key=lambda s: (known(s.decided_on, as_of) is not None, s.assessed_on, s.pk))


def _assessment_message(
    outcome: Outcome, sheet: Sheet | None, decided: bool, ending: Ending, due: Deadline, as_of: date
) -> Message:
    dates = {"nominal": iso(due.nominal), "last": iso(due.legal)}
    if sheet and decided:
        wording = DECIDED if outcome == Outcome.MET else DECIDED_LATE
        return Message(
            wording[RenewalDecision(sheet.decision)],
            day=iso(sheet.decided_on),
            result=sheet.result,
            mark=sheet.pass_mark,
            **dates,
        )
    if outcome == Outcome.NOT_MET:
        return Message(_("The term ended on %(last)s without an assessment and a decision."), **dates)
    if sheet:
        return Message(
            _(
                "Assessed with %(result)s of 100 points (pass mark %(mark)s), but not decided. The "
                "decision is due by %(nominal)s, at the latest on %(last)s."
            ),
            result=sheet.result,
            mark=sheet.pass_mark,
            **dates,
        )
    if known(ending.scheme_confirmed_on, as_of) is None:
        return Message(
            _(
                "Both sides have not confirmed the criteria and the pass mark yet. The assessment "
                "and the decision are due by %(nominal)s, at the latest on %(last)s."
            ),
            **dates,
        )
    return Message(_("The assessment and the decision are due by %(nominal)s, at the latest on %(last)s."), **dates)


DECIDED = {
    RenewalDecision.RENEW: _(
        "Assessed with %(result)s of 100 points (pass mark %(mark)s); on %(day)s the office decided to renew."
    ),
    RenewalDecision.NOT_RENEW: _(
        "Assessed with %(result)s of 100 points (pass mark %(mark)s); on %(day)s the office decided not to renew."
    ),
}
DECIDED_LATE = {
    RenewalDecision.RENEW: _("The office decided to renew only on %(day)s, after the end of the term (%(last)s)."),
    RenewalDecision.NOT_RENEW: _(
        "The office decided not to renew only on %(day)s, after the end of the term (%(last)s)."
    ),
}


def term_end(contract: ContractFacts, ending: Ending, as_of: date) -> Finding | None:
    """Whether it is settled what follows the term, without a gap and within the tender's years."""
    if is_cut_short(contract):
        return None
    last = _tender_end(contract, ending)
    due = deadline(contract)
    next_one = ending.following
    if next_one is not None and next_one.signed_on > as_of:
        next_one = None
    sheet = _newest(ending, as_of)
    decision = sheet.decision if sheet and known(sheet.decided_on, as_of) else ""
    outcome, message, done_on = _ending(contract, due, last, next_one, sheet, decision, as_of)
    return Finding(
        check_id=TERM_END,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=iso(next_one.starts_on) if next_one else "",
        required=iso(contract.ends_on + ONE_DAY),
        figures={
            "ends_on": contract.ends_on,
            "tender_ends_on": last,
            "decision": decision,
            "next_contract": next_one.number if next_one else None,
            "next_starts_on": next_one.starts_on if next_one else None,
            "days_between": _days_between(contract, next_one) if next_one else None,
        },
        evidence=tuple(_term_evidence(next_one, sheet)),
        done_on=done_on,
    )


def _ending(
    contract: ContractFacts,
    due: Deadline,
    tender_last: date | None,
    next_one: Following | None,
    sheet: Sheet | None,
    decision: str,
    as_of: date,
) -> tuple[Outcome, Message, date | None]:
    params = {
        "end": iso(contract.ends_on),
        "after": iso(contract.ends_on + ONE_DAY),
        "nominal": iso(due.nominal),
        "tender": iso(tender_last),
    }
    over = as_of > contract.ends_on
    if tender_last is not None and contract.ends_on > tender_last:
        return Outcome.NOT_MET, Message(BEYOND_TENDER, **params), None
    if next_one is not None:
        return _followed(contract, due, tender_last, next_one, as_of, params)
    if sheet is not None and decision == RenewalDecision.NOT_RENEW:
        outcome = Outcome(standing(due, as_of, sheet.decided_on))
        return outcome, Message(HANDOVER, day=iso(sheet.decided_on), **params), sheet.decided_on
    outcome = Outcome(standing(due, as_of, None))
    if over:
        return outcome, Message(NOTHING_FOLLOWS, **params), None
    if tender_last is not None and renewed_to(contract.ends_on) > tender_last:
        return outcome, Message(LAST_YEAR, **params), None
    wording = RENEWAL_UNSIGNED if decision == RenewalDecision.RENEW else UNDECIDED
    return outcome, Message(wording, **params), None


def _followed(
    contract: ContractFacts,
    due: Deadline,
    tender_last: date | None,
    next_one: Following,
    as_of: date,
    params: Mapping[str, str],
) -> tuple[Outcome, Message, date | None]:
    days = _days_between(contract, next_one)
    said = {
        **params,
        "number": next_one.number,
        "start": iso(next_one.starts_on),
        "signed": iso(next_one.signed_on),
        "days": abs(days),
    }
    if days > 0:
        certain = as_of > contract.ends_on
        return (Outcome.NOT_MET if certain else Outcome.AT_RISK), Message(GAP, **said), None
    if days < 0:
        return Outcome.AT_RISK, Message(OVERLAP, **said), None
    if tender_last is not None and next_one.ends_on > tender_last:
        return Outcome.AT_RISK, Message(NEXT_BEYOND_TENDER, **said), None
    outcome = Outcome(standing(due, as_of, next_one.signed_on))
    wording = FOLLOWS if outcome == Outcome.MET else SIGNED_LATE
    return outcome, Message(wording, **said), next_one.signed_on


BEYOND_TENDER = _("The term ends on %(end)s, beyond the last day of the tender (%(tender)s).")
FOLLOWS = _("Contract %(number)s follows on %(start)s without a gap.")
SIGNED_LATE = _("Contract %(number)s was signed only on %(signed)s, after the term ended on %(end)s.")
GAP = _("Contract %(number)s starts only on %(start)s: %(days)d days after %(end)s without a contract.")
OVERLAP = _("Contract %(number)s starts on %(start)s, %(days)d days before the day after %(end)s.")
NEXT_BEYOND_TENDER = _(
    "Contract %(number)s follows on %(start)s but ends beyond the last day of the tender (%(tender)s)."
)
HANDOVER = _("On %(day)s the office decided not to renew; the service is handed over by %(end)s.")
NOTHING_FOLLOWS = _("The term ended on %(end)s; since %(after)s there is no contract.")
LAST_YEAR = _(
    "The tender ends on %(tender)s, so this contract cannot be renewed for a year after %(end)s. "
    "What follows is to be settled by %(nominal)s."
)
RENEWAL_UNSIGNED = _(
    "Renewal is decided, but no contract from %(after)s on is signed. Sign it by %(nominal)s, at the latest on %(end)s."
)
UNDECIDED = _(
    "What follows the term is not decided. Decide by %(nominal)s, at the latest on %(end)s, or "
    "there is no contract from %(after)s on."
)


def _tender_end(contract: ContractFacts, ending: Ending) -> date | None:
    if ending.tender_starts_on is None:
        return None
    return tender_end(ending.tender_starts_on, contract.terms.on(contract.starts_on, "tender_years"))


def _days_between(contract: ContractFacts, next_one: Following) -> int:
    """Days without a contract; negative where the two overlap."""
    return (next_one.starts_on - contract.ends_on).days - 1


def _term_evidence(next_one: Following | None, sheet: Sheet | None) -> list[Evidence]:
    found = []
    if next_one:
        found.append(Evidence("contract.Contract", next_one.pk, next_one.number))
    if sheet:
        found.append(Evidence("contract.RenewalAssessment", sheet.pk, sheet.document))
    return found
