"""The fees behind an instalment within whose period the fee changed."""

from typing import Any

from billing.models import Instalment
from billing.rules.shares import plan
from contract.batch import ContractFacts


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
