"""People on contracts and what is on file of them, for many contracts at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from contract.models import Contract
from staffing.choices import Education, ProofKind, Sex
from staffing.models import (
    Assignment,
    EmploymentContract,
    Post,
    QualificationProof,
    ServicePlace,
    Training,
    TrialAssessment,
)
from staffing.rules.people import EmploymentFact, PersonFact, PlacesFact, Span, TrainingFact, TrialFact
from staffing.rules.postings import PostFact

RANKS = {value: rank for rank, value in enumerate(Education.values)}

People = dict[int, list[PersonFact]]
Fact = TypeVar("Fact")


def people(contract_ids: Collection[int], as_of: date) -> People:
    """Everybody whose assignment had begun by a day, with what is proved of them (two queries)."""
    rows: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in (
        Assignment.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
        .select_related("operator")
        .order_by("contract_id", "operator__employee_number", "starts_on")
    ):
        if row.starts_on <= as_of:
            rows[row.contract_id, row.operator_id].append(row)
    proofs = _proofs(contract_ids, as_of)
    found: People = defaultdict(list)
    for (contract_id, operator_id), assignments in rows.items():
        person = assignments[0].operator
        proved = set(proofs.get(operator_id, ()))
        if person.clean_record_proved_on and person.clean_record_proved_on <= as_of:
            proved.add(ProofKind.CLEAN_RECORD)
        found[contract_id].append(
            PersonFact(
                pk=operator_id,
                name=str(person),
                hired_on=person.hired_on,
                born_on=person.born_on,
                spans=tuple(Span(a.pk, a.starts_on, a.ends_on, a.post_id, a.place) for a in assignments),
                education_rank=RANKS.get(person.education),
                is_full_time_degree=person.is_full_time_degree,
                proofs=frozenset(proved),
                is_woman=person.sex == Sex.FEMALE if person.sex else None,
            )
        )
    return found


def trainings(contract_ids: Collection[int], as_of: date) -> dict[int, dict[int, list[TrainingFact]]]:
    """Trainings that had begun, by contract and operator (one query)."""
    rows = Training.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
    begun = (row for row in rows if row.starts_on <= as_of)
    return _by_contract(begun, lambda row: TrainingFact(row.starts_on, row.trial_starts_on, row.ends_on, row.hours))


def trials(contract_ids: Collection[int]) -> dict[int, dict[int, list[TrialFact]]]:
    """Results of assessments on trial, by contract and operator (one query)."""
    rows = TrialAssessment.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
    return _by_contract(rows, lambda row: TrialFact(row.assessed_on, row.is_passed))


def employments(contract_ids: Collection[int]) -> dict[int, list[EmploymentFact]]:
    """Labour contracts on file, by operator (one query)."""
    rows = EmploymentContract.objects.filter(withdrawn_on__isnull=True, operator__in=_operators(contract_ids))
    return _by_operator(rows, lambda row: EmploymentFact(row.starts_on, row.ends_on))


def posts(contract_ids: Collection[int]) -> dict[int, list[PostFact]]:
    """Active posts, by contract (two queries)."""
    found: dict[int, list[PostFact]] = defaultdict(list)
    rows = Post.objects.filter(contract_id__in=contract_ids, is_active=True).order_by("code")
    for post in rows.prefetch_related("sizes"):
        sizes = tuple((size.effective_from, size.people) for size in post.sizes.all())
        found[post.contract_id].append(PostFact(post.pk, post.name, post.planned_headcount, sizes))
    return found


def places(contract_ids: Collection[int]) -> dict[int, PlacesFact]:
    """Where the service may be done, by contract (two queries)."""
    designated: dict[int, dict[str, tuple[date, date | None]]] = defaultdict(dict)
    for place in ServicePlace.objects.filter(contract_id__in=contract_ids):
        for name in {place.name, place.address}:
            designated[place.contract_id][name] = (place.designated_on, place.closed_on)
    return {
        pk: PlacesFact(named, designated[pk])
        for pk, named in Contract.objects.filter(pk__in=contract_ids).values_list("pk", "place_of_service")
    }


def _proofs(contract_ids: Collection[int], as_of: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for operator_id, kind, dated_on in QualificationProof.objects.filter(
        operator__in=_operators(contract_ids), withdrawn_on__isnull=True
    ).values_list("operator_id", "kind", "dated_on"):
        if dated_on <= as_of:
            found[operator_id].add(kind)
    return found


def _operators(contract_ids: Collection[int]) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(contract_id__in=contract_ids).values("operator_id")


def _by_operator(rows: Iterable[Any], fact: Callable[[Any], Fact]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for row in rows:
        found[row.operator_id].append(fact(row))
    return found


def _by_contract(rows: Iterable[Any], fact: Callable[[Any], Fact]) -> dict[int, dict[int, list[Fact]]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.contract_id].append(row)
    return defaultdict(dict, {pk: _by_operator(own, fact) for pk, own in found.items()})
