"""Two duties of a public purchase about money: the years held against the tender, acceptance in public.

Readings taken here:

- The tender's total is a policy: the contract does not give it. A year costs what its instalments add up to
  or, before they are generated, the fee of its first day. Years are the contracts of the same parties and tender.
- Whether the hotline is a service to the public in the sense of 政府采购法实施条例 45 is a policy, and nothing is
  found while it is not set. The law asks for the part taken by those served and for the publication of the
  result "in time", with no number of days: what is missing is a risk of the office, never a lateness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome, PurchaseStep, Side
from contract.duties.rules.purchase import Paper
from contract.findings import Evidence, Finding, Message
from law.references import PROCUREMENT_RULES_45

BUDGET, PUBLIC_ACCEPTANCE = "contract.budget", "billing.public_acceptance"


@dataclass(frozen=True)
class Year:
    """One contract of a tender's line, and what it costs."""

    pk: int
    number: str
    starts_on: date
    cost: Decimal | None
    """None where it cannot be said."""


def budget(contract: ContractFacts, years: Sequence[Year], as_of: date) -> Finding | None:
    """Whether the years up to this one stay within the tender's total, and whether another year does."""
    day = max(as_of, contract.starts_on)
    total: Decimal = contract.policies.on(day, "tender_total")
    if not total:
        return None
    so_far = [year for year in years if year.starts_on <= contract.starts_on]
    own = next(year.cost for year in years if year.pk == contract.pk)
    unsaid = [year for year in so_far if year.cost is None]
    if own is None or unsaid:
        return Finding(
            check_id=BUDGET,
            contract_id=contract.pk,
            outcome=Outcome.UNDETERMINED,
            subject=contract.subject,
            message=Message(UNSAID, number=unsaid[0].number if unsaid else contract.number),
            required=_money(total),
        )
    spent = sum((year.cost for year in so_far if year.cost is not None), Decimal("0.00"))
    left = total - spent
    more = contract.terms.on(contract.starts_on, "tender_years") - len(so_far)
    params = {"spent": _money(spent), "count": len(so_far), "total": _money(total), "left": _money(max(left, -left))}
    if left < 0:
        outcome, message = Outcome.NOT_MET, Message(BEYOND, **params)
    elif more > 0 and left < own:
        outcome, message = Outcome.AT_RISK, Message(TOO_LITTLE, fee=_money(own), **params)
    else:
        outcome, message = Outcome.MET, Message(WITHIN, **params)
    return Finding(
        check_id=BUDGET,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        measured=_money(spent),
        required=_money(total),
        figures={
            "total": total,
            "spent": spent,
            "left": left,
            "years": [{"number": year.number, "cost": year.cost} for year in so_far],
        },
        evidence=tuple(Evidence("contract.Contract", year.pk, year.number) for year in so_far),
    )


WITHIN = _("%(count)d year(s) cost %(spent)s yuan of the tender's %(total)s yuan; %(left)s yuan are left.")
TOO_LITTLE = _(
    "%(count)d year(s) cost %(spent)s yuan of the tender's %(total)s yuan; the %(left)s yuan left do not cover another "
    "year at %(fee)s yuan."
)
UNSAID = _("What contract %(number)s costs cannot be said: it has no fixed fee and no budget among its figures.")
BEYOND = _("%(count)d year(s) cost %(spent)s yuan, %(left)s yuan more than the tender's %(total)s yuan.")


def public_acceptance(
    contract: ContractFacts, instalment: InstalmentFacts, papers: Sequence[Paper], as_of: date
) -> Finding | None:
    """Whether those served took part in an acceptance, and its result is published; None where neither is asked."""
    passed = [row for row in instalment.acceptances if row.accepted_on <= as_of and row.passed]
    asked = contract.policies.on(max(instalment.end, contract.starts_on), "acceptance_is_public_service")
    if not asked or not passed or instalment.is_supplement:
        return None
    mine = [
        one
        for one in papers
        if one.step == PurchaseStep.RESULT and one.period_start == instalment.start and one.counts(as_of)
    ]
    took_part = any(one.participants.strip() for one in mine)
    missing = [] if mine else [PUBLICATION]
    missing += [] if took_part else [PARTICIPATION]
    accepted_on = min(row.accepted_on for row in passed)
    published_on = min((one.done_on for one in mine), default=None)
    if not missing:
        message = Message(ALL_THERE, day=accepted_on, published=published_on, law=PROCUREMENT_RULES_45.label())
    else:
        names = Message(missing[0]) if len(missing) == 1 else Message(_("%(one)s and %(other)s"), **_both(missing))
        message = Message(LACKING, day=accepted_on, what=names, law=PROCUREMENT_RULES_45.label())
    return Finding(
        check_id=PUBLIC_ACCEPTANCE,
        contract_id=contract.pk,
        outcome=Outcome.AT_RISK if missing else Outcome.MET,
        subject=instalment.subject,
        message=message,
        period=instalment.period,
        measured=published_on.isoformat() if published_on else "–",
        figures={
            "accepted_on": accepted_on,
            "published_on": published_on,
            "participants": [one.participants for one in mine if one.participants],
            "references": (PROCUREMENT_RULES_45,),
        },
        evidence=tuple(Evidence("contract.PurchasePaper", one.pk, one.document) for one in mine),
        owed_by=Side.OFFICE,
    )


def _both(missing: Sequence[str]) -> dict[str, Message]:
    return {"one": Message(missing[0]), "other": Message(missing[1])}


PUBLICATION = _("the publication of the result")
PARTICIPATION = _("the part taken by those served")
ALL_THERE = _("Accepted on %(day)s with those served taking part, the result published on %(published)s (%(law)s).")
LACKING = _("Accepted on %(day)s; %(what)s is not recorded (%(law)s). The law names no day: see to it soon.")


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
