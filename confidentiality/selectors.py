"""Reads of confidentiality: facts for all contracts of a batch in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Min

from confidentiality.models import Undertaking
from confidentiality.models.base import STANDING
from confidentiality.rules.undertaking import OperatorFacts
from contract.registry import ContractFacts
from staffing.models import Assignment


def operators(contracts: Iterable[ContractFacts]) -> dict[int, list[OperatorFacts]]:
    """Everybody who ever was assigned, with the undertaking that stands (two queries).

    An assignment that was withdrawn, or would only begin after the contract's last day, puts
    nobody on post.
    """
    last_days = {contract.pk: contract.last_day for contract in contracts}
    signed = {
        (contract_id, operator_id): (pk, signed_on)
        for contract_id, operator_id, pk, signed_on in Undertaking.objects.filter(
            STANDING, contract_id__in=last_days
        ).values_list("contract_id", "operator_id", "pk", "signed_on")
    }
    found: dict[int, list[OperatorFacts]] = defaultdict(list)
    for contract_id, operator_id, name, number, first_day in (
        Assignment.objects.filter(contract_id__in=last_days, withdrawn_on__isnull=True)
        .values_list("contract_id", "operator_id", "operator__name", "operator__employee_number")
        .annotate(first_day=Min("starts_on"))
        .order_by("contract_id", "operator_id")
    ):
        if first_day <= last_days[contract_id]:
            pk, signed_on = signed.get((contract_id, operator_id), (None, None))
            found[contract_id].append(
                OperatorFacts(operator_id, f"{name} ({number})", first_day, pk, signed_on)
            )
    return found
