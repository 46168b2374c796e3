"""Reads of the core. Facts for all contracts come in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from contract.batch import Batch, ContractFacts, Settled
from contract.choices import Side
from contract.models import (
    Alert,
    CalendarDay,
    CalendarYear,
    Contract,
    Membership,
    Obligation,
    OpeningFact,
    Policy,
    Term,
)
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue
from law.calendar import Calendar, OverlayDay, missing_holidays


def visible_contracts(user: User | AnonymousUser) -> QuerySet[Contract]:
    """The contracts of the parties that the user acts for; all of them for a superuser."""
    if not isinstance(user, User):
        return Contract.objects.none()
    if user.is_superuser:
        return Contract.objects.all()
    parties = Membership.objects.filter(user=user).values("party_id")
    return Contract.objects.filter(Q(office__in=parties) | Q(vendor__in=parties))


def alerts_addressed_to(user: User | AnonymousUser) -> QuerySet[Alert]:
    """Alerts that concern the user's parties: all of its contracts for the office, for a vendor
    those about duties of its own or of both sides."""
    if not isinstance(user, User):
        return Alert.objects.none()
    if user.is_superuser:
        return Alert.objects.all()
    parties = Membership.objects.filter(user=user).values("party_id")
    own = Q(contract__vendor__in=parties) & ~Q(owed_by=Side.OFFICE)
    return Alert.objects.filter(Q(contract__office__in=parties) | own)


def calendar() -> Calendar:
    """The libraries' calendar under the office's own table (two queries; one where the office has entered no day).

    A year counts as published when its schedule is complete, never by its row alone.
    """
    overlay = {
        row.day: OverlayDay(is_rest_day=row.is_rest_day, is_statutory=row.is_statutory)
        for row in CalendarDay.objects.all()
    }
    rows = CalendarYear.objects.values_list("year", flat=True) if overlay else ()
    years = {year for year in rows if not missing_holidays(overlay, year)}
    return Calendar(overlay=overlay, published_years=years)


def batch(contract_ids: Iterable[int], as_of: date) -> Batch:
    """Everything that checks share, for these contracts (six queries, however many; one more where the
    program came into use in mid-term)."""
    ids = list(contract_ids)
    terms = _dated(Term.objects.filter(contract_id__in=ids))
    policies = _dated(Policy.objects.filter(contract_id__in=ids))
    obligations: dict[int, dict[str, str]] = defaultdict(dict)
    for contract_id, check_id, ref in Obligation.objects.filter(contract_id__in=ids).values_list(
        "contract_id", "check_id", "clause__ref"
    ):
        obligations[contract_id][check_id] = ref
    rows = list(Contract.objects.filter(pk__in=ids).select_related("vendor").order_by("pk"))
    settled = _settled([row.pk for row in rows if row.in_use_from])
    contracts = tuple(
        _facts(contract, terms[contract.pk], policies[contract.pk], obligations[contract.pk], settled[contract.pk])
        for contract in rows
    )
    return Batch(contracts=contracts, as_of=as_of, calendar=calendar())


def batch_of(contract: Contract, as_of: date) -> Batch:
    """One contract that is at hand with its vendor, for pages that run no check: no obligations (four queries)."""
    terms = _dated(Term.objects.filter(contract=contract))
    policies = _dated(Policy.objects.filter(contract=contract))
    facts = _facts(contract, terms[contract.pk], policies[contract.pk], {})
    return Batch(contracts=(facts,), as_of=as_of, calendar=calendar())


def _facts(
    contract: Contract,
    terms: list[DatedValue],
    policies: list[DatedValue],
    obligations: Mapping[str, str],
    settled: Iterable[Settled] = (),
) -> ContractFacts:
    return ContractFacts(
        pk=contract.pk,
        number=contract.number,
        title=contract.title,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        terminated_on=contract.terminated_on,
        terms=Book(TERMS, terms),
        policies=Book(POLICIES, _with_size(policies, contract)),
        obligations=obligations,
        signed_on=contract.signed_on,
        in_use_from=contract.in_use_from,
        settled=tuple(settled),
    )


def contract_facts(contract_id: int, as_of: date) -> ContractFacts:
    """The facts of one contract, for pages and documents."""
    return batch([contract_id], as_of).contracts[0]


def _settled(contract_ids: list[int]) -> dict[int, list[Settled]]:
    """The opening facts of contracts that are judged from a day in mid-term only."""
    found: dict[int, list[Settled]] = defaultdict(list)
    if contract_ids:
        for row in OpeningFact.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True):
            found[row.contract_id].append(Settled(row.kind, row.first, row.last))
    return found


SIZE = "vendor_is_small_enterprise"


def _with_size(rows: list[DatedValue], contract: Contract) -> list[DatedValue]:
    """The readings; the size of the vendor as its own record has it where none was kept at signing."""
    if not contract.vendor.is_small_enterprise or any(row.key == SIZE for row in rows):
        return rows
    return [*rows, DatedValue(SIZE, contract.starts_on, True, confirmed=False)]


def _dated(rows: QuerySet[Any]) -> dict[int, list[DatedValue]]:
    books: dict[int, list[DatedValue]] = defaultdict(list)
    for row in rows:
        if row.key in row.DEFINITIONS:
            confirmed = getattr(row, "confirmed_on", row.effective_from) is not None
            amended = getattr(row, "amendment_id", None) is not None
            books[row.contract_id].append(DatedValue(row.key, row.effective_from, row.typed, confirmed, amended))
    return books
