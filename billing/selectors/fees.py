"""The fees behind an instalment, and what the years of a tender cost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from billing.models import Instalment
from billing.rules.fee import without_changes
from billing.rules.purchase import Year
from contract.batch import ContractFacts
from contract.duties.selectors import tender_lines
from contract.rules.shares import BY_QUANTITY, cycle_of, fee_of_term, plan
from contract.selectors import batch


def changed_fees(row: Instalment, contract: ContractFacts) -> dict[str, Any]:
    """Each fee with its days, under the key `fees`; nothing where one held throughout."""
    try:
        shares = plan(contract)
    except (KeyError, ValueError):
        return {}
    spans = next((share.spans for share in shares if share.start == row.period_start), ())
    if row.is_supplement or len(spans) < 2:
        return {}
    return {
        "fees": [{"start": span.start, "end": span.end, "days": span.days, "annual": span.annual_fee} for span in spans]
    }


def years_of_tender(contract_ids: Iterable[int]) -> dict[int, Sequence[Year]]:
    """The contracts of each one's tender, with what they cost (four queries, however many).

    A cost is what the instalments add up to; before they are generated it is the fee as first agreed, and
    while quantities are missing the budget that caps them, or None.
    """
    lines = tender_lines(list(contract_ids))
    involved = {row.pk for rows in lines.values() for row in rows}
    planned: dict[int, Decimal] = defaultdict(Decimal)
    unsaid: set[int] = set()
    rows_of = Instalment.objects.filter(contract_id__in=involved).values_list("contract_id", "amount", "is_open")
    for pk, amount, is_open in rows_of:
        planned[pk] += amount
        unsaid |= {pk} if is_open else set()
    for pk in unsaid:
        del planned[pk]
    fees: dict[int, Decimal] = {}
    if unplanned := sorted(involved - planned.keys()):
        for facts in batch(unplanned, date.max).contracts:
            with suppress(KeyError, ValueError):
                if facts.terms.on(facts.starts_on, "fee_basis") == BY_QUANTITY or facts.pk in unsaid:
                    fees[facts.pk] = facts.terms.on(facts.last_day, "payment_budget")
                else:
                    fees[facts.pk] = fee_of_term(without_changes(facts), cycle_of(facts))
    return {
        pk: [
            Year(row.pk, row.number, row.starts_on, planned[row.pk] if row.pk in planned else fees.get(row.pk))
            for row in rows
        ]
        for pk, rows in lines.items()
    }
