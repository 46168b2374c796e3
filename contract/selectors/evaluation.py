"""Up to which day the contracts were evaluated. What was withdrawn counts for nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from contract.batch import CRASHED
from contract.choices import RunStatus
from contract.models import Assessment, Contract, EvaluationRun


def evaluated_to(contract_ids: Iterable[int], until: date | None = None) -> dict[int, date | None]:
    """The last day evaluated of each contract, up to `until`; None where there is none (one query)."""
    found = _covered().filter(contract_id__in=list(contract_ids))
    if until is not None:
        found = found.filter(evaluationrun__as_of__lte=until)
    newest = dict(found.values_list("contract_id").annotate(Max("evaluationrun__as_of")))
    return {pk: newest.get(pk) for pk in contract_ids}


def of_newest(column: str) -> Subquery:
    """A column of the newest evaluation of each contract, for a query that reads the contracts."""
    runs = EvaluationRun.objects.filter(covers=OuterRef("pk"), finished_at__isnull=False)
    runs = runs.exclude(status=RunStatus.WITHDRAWN).order_by("-as_of", "-pk")
    return Subquery(runs.values(column)[:1])


def lagging(day: date) -> QuerySet[Contract]:
    """The contracts that were not evaluated as of `day` or later (one query, however long the past)."""
    reached = _covered().filter(evaluationrun__as_of__gte=day).values("contract_id")
    return Contract.objects.exclude(pk__in=reached).order_by("pk")


def ahead(today: date) -> QuerySet[EvaluationRun]:
    """Evaluations that speak of a day that has not come: nothing in them can be true."""
    return EvaluationRun.objects.filter(as_of__gt=today).exclude(status=RunStatus.WITHDRAWN).order_by("pk")


def last_run() -> EvaluationRun | None:
    """The newest evaluation that was recorded, wholly or with failed checks."""
    ended = EvaluationRun.objects.filter(status__in=[RunStatus.SUCCEEDED, RunStatus.PARTIAL])
    return ended.order_by("-as_of", "-pk").first()


def crashes() -> QuerySet[Assessment]:
    """Checks that crashed when their contract was evaluated last; each is undetermined until one ends."""
    return Assessment.objects.filter(is_current=True, is_withdrawn=False, subject_label=CRASHED).order_by()


def _covered() -> Any:
    """Which run took in which contract, committed with what it recorded of it."""
    return EvaluationRun.covers.through._default_manager.exclude(evaluationrun__status=RunStatus.WITHDRAWN)
