"""What a contract still lacks before anything can be concluded of it. What was not looked at is never green.

The core knows checks, figures and who acts for the office; an app above adds what it knows:

    lacking("manned", Exists(Assignment.objects.filter(contract=OuterRef("pk"))), _("No assignment is on record."))

A contract all of whose clauses are exempt in writing lacks nothing: it is written down why nobody looks.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contract.batch import ContractFacts
from contract.models import Contract, Membership
from contract.terms import TERMS

# Without these nothing can be settled; a contract may leave out any other figure.
ESSENTIAL_TERMS = ("headcount", "annual_fee")


def essential(basis: str | None) -> tuple[str, ...]:
    """The figures that a contract cannot do without, by what its fee is for (term `fee_basis`)."""
    return ("headcount",) if basis == "by_quantity" else ESSENTIAL_TERMS


_sources: dict[str, tuple[Exists, Any]] = {}


def lacking(name: str, exists: Exists, sentence: Any) -> None:
    """Add what an app looks for of a contract (`OuterRef("pk")`), and what is said where it is not there."""
    _sources[name] = (exists, sentence)


lacking(
    "staffed",
    Exists(Membership.objects.filter(party__contracts_as_office=OuterRef("pk"), user__is_active=True)),
    gettext_lazy("Nobody of the office can sign in for this contract."),
)


def lacks(contracts: Sequence[ContractFacts]) -> dict[int, list[str]]:
    """What each contract lacks, in sentences, the worst first; an empty list where everything is looked at.

    One query, however many contracts and however many things are looked for.
    """
    rows = Contract.objects.filter(pk__in=[contract.pk for contract in contracts]).order_by()
    bare = Count("clauses", filter=Q(clauses__exemption="", clauses__obligations=None), distinct=True)
    asked = rows.annotate(
        all=Count("clauses", distinct=True), bare=bare, **{name: exists for name, (exists, _said) in _sources.items()}
    )
    found = {row["pk"]: row for row in asked.values("pk", "all", "bare", *_sources)}
    told: dict[int, list[str]] = {}
    for contract in contracts:
        row = found[contract.pk]
        exempt = row["all"] and not row["bare"]  # nobody looks, and it is written why
        told[contract.pk] = (
            []
            if not contract.obligations and exempt
            else [
                *_of_the_agreement(contract, row["bare"]),
                *(str(said) for name, (_exists, said) in _sources.items() if not row[name]),
            ]
        )
    return told


def _of_the_agreement(contract: ContractFacts, bare: int) -> Iterator[str]:
    if not contract.obligations:
        yield _("No clause of this contract carries a check: nothing is looked at, and nothing is met.")
    basis = contract.terms.on(contract.starts_on, "fee_basis")
    missing = [key for key in essential(basis) if contract.terms.row(contract.starts_on, key) is None]
    if missing:
        yield _("Figures are missing: %(figures)s.") % {"figures": "、".join(str(TERMS[key].label) for key in missing)}
    if bare:
        yield ngettext(
            "%(count)d clause carries neither a check nor a written exemption.",
            "%(count)d clauses carry neither a check nor a written exemption.",
            bare,
        ) % {"count": bare}
