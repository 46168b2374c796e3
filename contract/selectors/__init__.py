"""Reads of the core. Facts for all contracts come in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet, Value

from contract.batch import Batch, ContractFacts, Settled
from contract.choices import Side
from contract.models import (
    Alert,
    CalendarDay,
    CalendarYear,
    Clause,
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


def usual_contract(user: User | AnonymousUser, today: date) -> int | None:
    """What a new record is about where nothing is chosen: the only contract, or the only one in force (two queries)."""
    every = visible_contracts(user)
    running = every.filter(starts_on__lte=today, ends_on__gte=today).exclude(terminated_on__lt=today)
    for rows in (every, running):
        found = list(rows.order_by().values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return found[0]
    return None


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


def batch(contract_ids: Iterable[int], as_of: date, at_hand: Iterable[Contract] | None = None) -> Batch:
    """Everything that checks share, for these contracts (five queries, however many; one more where the
    program came into use in mid-term). `at_hand`: the same contracts, read already with their vendors."""
    ids = list(contract_ids)
    terms, policies = _dated(ids)
    obligations: dict[int, dict[str, str]] = defaultdict(dict)
    for contract_id, check_id, ref in Obligation.objects.filter(contract_id__in=ids).values_list(
        "contract_id", "check_id", "clause__ref"
    ):
        obligations[contract_id][check_id] = ref
    if at_hand is None:
        at_hand = Contract.objects.filter(pk__in=ids).select_related("vendor")
    rows = sorted(at_hand, key=lambda contract: contract.pk)
    settled = _settled([row.pk for row in rows if row.in_use_from])
    days = calendar()
    contracts = tuple(
        replace(
            _facts(contract, terms[contract.pk], policies[contract.pk], obligations[contract.pk], settled[contract.pk]),
            calendar=days,
        )
        for contract in rows
    )
    return Batch(contracts=contracts, as_of=as_of, calendar=days)


def batch_of(contract: Contract, as_of: date) -> Batch:
    """One contract that is at hand with its vendor, for pages that run no check: no obligations (three queries)."""
    return batch_at_hand([contract], as_of)


def batch_at_hand(contracts: Iterable[Contract], as_of: date) -> Batch:
    """The same of several contracts, in as many queries."""
    rows = list(contracts)
    terms, policies = _dated([row.pk for row in rows])
    days = calendar()
    facts = tuple(replace(_facts(row, terms[row.pk], policies[row.pk], {}), calendar=days) for row in rows)
    return Batch(contracts=facts, as_of=as_of, calendar=days)


def clauses_of(contract: Contract) -> dict[str, str]:
    """The contract's clauses by the check that each carries, in the order of the contract."""
    rows = Obligation.objects.filter(contract=contract).order_by("clause__position", "check_id")
    return dict(rows.values_list("check_id", "clause__ref"))


def clause_of(contract: Contract, check_id: str) -> str:
    """The clause that carries a check, as the contract prints it; empty where none does."""
    found = Obligation.objects.filter(contract=contract, check_id=check_id).values_list("clause__ref", flat=True)
    return found.first() or ""


def clause_positions(contract_id: int) -> dict[str, int]:
    """Where each clause stands in the contract, by the article that it bears: to sort what refers to it."""
    return dict(Clause.objects.filter(contract_id=contract_id).values_list("ref", "position"))


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


def _dated(ids: list[int]) -> tuple[dict[int, list[DatedValue]], dict[int, list[DatedValue]]]:
    """By contract its figures and its readings (one query)."""
    books: dict[str, dict[int, list[DatedValue]]] = {"term": defaultdict(list), "policy": defaultdict(list)}
    columns = ("book", "contract_id", "key", "effective_from", "value", "settled")
    terms = Term.objects.filter(contract_id__in=ids).annotate(book=Value("term"), settled=Q(amendment__isnull=False))
    policies = Policy.objects.filter(contract_id__in=ids).annotate(
        book=Value("policy"), settled=Q(confirmed_on__isnull=False)
    )
    both = terms.order_by().values_list(*columns).union(policies.order_by().values_list(*columns), all=True)
    for book, contract_id, key, day, value, settled in both:
        definition = (TERMS if book == "term" else POLICIES).get(key)
        if definition is not None:
            typed = definition.parse(value)
            row = (
                DatedValue(key, day, typed, amended=settled)
                if book == "term"
                else DatedValue(key, day, typed, confirmed=settled)
            )
            books[book][contract_id].append(row)
    return books["term"], books["policy"]
