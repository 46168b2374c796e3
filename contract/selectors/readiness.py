"""What a contract still lacks before anything can be concluded of it. What was not looked at is never green.

The core knows checks, figures and who acts for the office; an app above adds what it knows:

    @lacking
    def people(contracts: Sequence[ContractFacts]) -> Mapping[int, str]: ...

A contract all of whose clauses are exempt in writing lacks nothing: it is written down why nobody looks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract.batch import ContractFacts
from contract.models import Clause, Membership
from contract.terms import TERMS

# Without these nothing can be settled; a contract may leave out any other figure.
ESSENTIAL_TERMS = ("headcount", "annual_fee", "payment_cycle_months")

Source = Callable[[Sequence[ContractFacts]], Mapping[int, Any]]
_sources: list[Source] = []


def lacking(source: Source) -> Source:
    """Add what an app finds lacking: a sentence for each contract that it speaks of."""
    _sources.append(source)
    return source


def lacks(contracts: Sequence[ContractFacts]) -> dict[int, list[str]]:
    """What each contract lacks, in sentences, the worst first; an empty list where everything is looked at.

    Two queries of the core and those of the other apps, however many contracts.
    """
    ids = [contract.pk for contract in contracts]
    bare: dict[int, list[bool]] = {pk: [] for pk in ids}
    clauses = Clause.objects.filter(contract_id__in=ids).annotate(is_checked=Count("obligations"))
    for pk, exemption, checked in clauses.order_by().values_list("contract_id", "exemption", "is_checked"):
        bare[pk].append(not exemption and not checked)
    exempt = {pk for pk in ids if bare[pk] and not any(bare[pk])}  # nobody looks, and it is written why
    manned = set(
        Membership.objects.filter(party__contracts_as_office__in=ids, user__is_active=True).values_list(
            "party__contracts_as_office", flat=True
        )
    )
    told = [source(contracts) for source in _sources]
    return {
        contract.pk: []
        if not contract.obligations and contract.pk in exempt
        else [
            *_of_the_agreement(contract, sum(bare[contract.pk])),
            *([] if contract.pk in manned else [_("Nobody of the office can sign in for this contract.")]),
            *(str(found[contract.pk]) for found in told if contract.pk in found),
        ]
        for contract in contracts
    }


def _of_the_agreement(contract: ContractFacts, bare: int) -> Iterator[str]:
    if not contract.obligations:
        yield _("No clause of this contract carries a check: nothing is looked at, and nothing is met.")
    missing = [key for key in ESSENTIAL_TERMS if contract.terms.row(contract.starts_on, key) is None]
    if missing:
        yield _("Figures are missing: %(figures)s.") % {"figures": "、".join(str(TERMS[key].label) for key in missing)}
    if bare:
        yield ngettext(
            "%(count)d clause carries neither a check nor a written exemption.",
            "%(count)d clauses carry neither a check nor a written exemption.",
            bare,
        ) % {"count": bare}
