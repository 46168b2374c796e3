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
from contract.rules.shares import cycle_of, fee_of_term, plan
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

    A cost is what the instalments add up to; before they are generated it is the fee as first agreed.
    """
    lines = tender_lines(list(contract_ids))
    involved = {row.pk for rows in lines.values() for row in rows}
    planned: dict[int, Decimal] = defaultdict(Decimal)
    for pk, amount in Instalment.objects.filter(contract_id__in=involved).values_list("contract_id", "amount"):
        planned[pk] += amount
    fees: dict[int, Decimal] = {}
    if unplanned := sorted(involved - planned.keys()):
        for facts in batch(unplanned, date.max).contracts:
            with suppress(KeyError, ValueError):
                fees[facts.pk] = fee_of_term(without_changes(facts), cycle_of(facts))
    return {
        pk: [
            Year(row.pk, row.number, row.starts_on, planned.get(row.pk) or fees.get(row.pk, Decimal(0))) for row in rows
        ]
        for pk, rows in lines.items()
    }
