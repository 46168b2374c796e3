"""What is recorded, beside what a look at everything finds."""

from collections.abc import Iterable
from datetime import date

from contract.models import Assessment
from contract.services import look

Told = tuple[int, str, str, str]


def differences(as_of: date, contract_ids: Iterable[int] | None = None) -> set[Told]:
    """The findings that are recorded and not found, or found and not recorded: contract, check, subject, content."""
    found = {
        (f.contract_id, f.check_id, f.key, f.fingerprint) for f in look(as_of=as_of, contract_ids=contract_ids).findings
    }
    rows = Assessment.objects.filter(is_current=True, is_withdrawn=False)
    if contract_ids is not None:
        rows = rows.filter(contract_id__in=list(contract_ids))
    return found ^ set(rows.values_list("contract_id", "check_id", "key", "fingerprint"))
