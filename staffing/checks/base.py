"""What the checks of staffing have in common."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext_noop as _

from contract.batch import Batch, ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message
from contract.terms import TERMS

Rule = Callable[[ContractFacts], Iterable[Finding]]


def each_with_terms(batch: Batch, check_id: str, terms: tuple[str, ...], rule: Rule) -> Iterator[Finding]:
    """The rule on every contract that has begun; one that lacks a term says so, alone."""
    for contract in batch.begun():
        missing = [key for key in terms if contract.terms.row(contract.starts_on, key) is None]
        if missing:
            yield Finding(
                check_id=check_id,
                contract_id=contract.pk,
                outcome=Outcome.UNDETERMINED,
                subject=contract.subject,
                message=Message(
                    _("The contract lacks, from its first day on: %(terms)s. Enter the term."),
                    terms="、".join(str(TERMS[key].label) for key in missing),
                ),
            )
        else:
            yield from rule(contract)
