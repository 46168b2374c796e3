"""How many people leave: not more than the agreed share in a contract year.

Readings taken here:

- A person has left whose assignment has ended and who does not go on serving on the next day. A reduction of
  the headcount, the end of a backfill and the end of the term are no departures.
- The share is that of the contracted headcount (the average of the year's days so far) or of the people
  assigned on average, by policy; whether everybody counts or only who resigned is a policy too.
- A year that the end of the term cuts short is read as it is: the share is not made longer.
- Departures are never undone: more than the share of the contracted headcount is not met while the year runs,
  as long as the headcount stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from contract.rules.shares import months_after
from law.comparisons import ceiling_percent
from law.periods import last_day_of_term
from staffing.choices import EndReason
from staffing.rules.ledger import silent
from staffing.rules.presence import DayCount, Span

CHECK = "staffing.attrition"
NAMED = 31


@dataclass(frozen=True)
class Departure:
    """Somebody left: the last day in post, and why."""

    assignment_id: int
    name: str
    left_on: date
    reason: str


def attrition(
    contract: ContractFacts, departures: Iterable[Departure], counts: Mapping[date, DayCount], as_of: date
) -> Iterator[Finding]:
    """One finding for each contract year that has begun."""
    departures = list(departures)
    if silent(counts, as_of):
        yield Finding(
            check_id=CHECK,
            contract_id=contract.pk,
            outcome=Outcome.UNDETERMINED,
            subject=contract.subject,
            message=Message(_("No assignment is on record: who left is unproven. Take in the list of people.")),
        )
        return
    for year in _years(contract, as_of):
        yield _finding(contract, year, departures, counts, as_of)


def _years(contract: ContractFacts, as_of: date) -> Iterator[Span]:
    number = 0
    while (first := months_after(contract.starts_on, 12 * number)) <= min(contract.last_day, as_of):
        last = min(last_day_of_term(contract.starts_on, years=number + 1), contract.last_day)
        if last >= contract.judged_from:
            yield Span(max(first, contract.judged_from), last)
        number += 1


def _finding(
    contract: ContractFacts, year: Span, departures: Iterable[Departure], counts: Mapping[date, DayCount], as_of: date
) -> Finding:
    until = min(year.last, as_of)
    limit: Decimal = contract.terms.on(year.first, "attrition_max_percent")
    only_resigned = contract.policies.on(year.first, "attrition_counts") == "resignations"
    gone = [
        one
        for one in departures
        if year.first <= one.left_on <= until and (not only_resigned or one.reason == EndReason.RESIGNATION)
    ]
    base, is_average = _base(contract, Span(year.first, until), counts)
    too_many = len(gone) * 100 > Fraction(limit) * base
    complete = as_of >= year.last
    rate = ceiling_percent(len(gone), base) if base else "–"
    named: dict[str, Any] = {
        "left": len(gone),
        "base": f"{float(base):.2f}".rstrip("0").rstrip("."),
        "rate": rate,
        "limit": f"{limit.normalize():f}%",
    }
    if too_many and is_average and not complete:
        outcome, text = Outcome.AT_RISK, AT_RISK
    elif too_many:
        outcome, text = Outcome.NOT_MET, TOO_MANY
    elif complete:
        outcome, text = Outcome.MET, MET
    else:
        outcome, text = Outcome.PENDING, SO_FAR
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=(year.first, year.last),
        measured=rate,
        required=named["limit"],
        message=Message(text, **named),
        figures={
            "left": len(gone),
            "base": named["base"],
            "limit_percent": f"{limit.normalize():f}",
            "only_resigned": only_resigned,
        },
        evidence=tuple(
            Evidence("staffing.Assignment", one.assignment_id, f"{one.name} {one.left_on}") for one in gone[:NAMED]
        ),
    )


def _base(contract: ContractFacts, days: Span, counts: Mapping[date, DayCount]) -> tuple[Fraction, bool]:
    """What the share is taken of, up to a day, and whether it still moves with every day."""
    is_average = contract.policies.on(days.first, "attrition_base") == "assigned"
    numbers = [
        (counts[day].assigned if day in counts else 0) if is_average else contract.terms.on(day, "headcount")
        for day in days.days()
    ]
    return Fraction(sum(numbers), len(numbers)), is_average


TOO_MANY = _("%(left)d people left, %(rate)s of %(base)s: more than %(limit)s in the contract year.")
AT_RISK = _("%(left)d people left so far, %(rate)s of %(base)s: more than %(limit)s if nobody joins.")
MET = _("%(left)d people left, %(rate)s of %(base)s: not more than %(limit)s in the contract year.")
SO_FAR = _("%(left)d people left so far, %(rate)s of %(base)s; %(limit)s is allowed in the contract year.")
