"""A night as one run and a batch for each worker that is free, on this host or another.

A batch recomputes from the database and may run twice, or at once on two workers: what it finds is recorded
under the lock of its contracts, and it is finished once. Whoever finishes the last one closes the run. What a
killed worker had in hand is sent again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from contract.choices import RunStatus, RunTrigger
from contract.models import Assessment, EvaluationBatch, EvaluationRun
from contract.rules.nights import days_due
from contract.selectors.evaluation import evaluated_to
from contract.services.evaluation import Evaluation, chunks, ended, leave_alone, opened, record_apart

Send = Callable[[int], object]
# Longer than a batch waits and takes; sent again too early, it is done twice and written once.
LOST_AFTER = timedelta(minutes=10)


def plan(
    contract_ids: Collection[int], *, today: date, at: datetime, send: Send, after: date = date.min
) -> EvaluationRun | None:
    """Open the run of the first day that one of these contracts has missed (later than `after`), or of today, and
    send its batches by their numbers; None where no day is left.

    The days of a catch-up come one after the other: whoever closes the run of one plans the next.
    """
    due = ((day, ids) for day, ids in days_due(today, evaluated_to(contract_ids)) if day > after and ids)
    day, ids = next(due, (today, []))
    if not ids:
        return None
    trigger = RunTrigger.SCHEDULE if day == today else RunTrigger.CATCH_UP
    with transaction.atomic():
        run = opened(ids, as_of=day, at=at, trigger=trigger)
        rows = [EvaluationBatch(run=run, contracts=chunk, sent_at=at) for chunk in chunks(sorted(ids))]
        batches = EvaluationBatch.objects.bulk_create(rows)
    _send(batches, send)
    return run


def work(pk: int, *, now: Callable[[], datetime]) -> EvaluationRun | None:
    """Evaluate a batch; the run, where this one has closed it.

    Nothing happens where the batch is finished, or its run closed or withdrawn.
    """
    batch = EvaluationBatch.objects.select_related("run").filter(pk=pk).first()
    if batch is None or batch.finished_at is not None or batch.run.status != RunStatus.RUNNING:
        return None
    evaluation = Evaluation(batch.run.as_of, batch.run, keeps=False)
    if rest := leave_alone(batch.contracts, evaluation, batch.run.started_at):
        record_apart(rest, evaluation, batch.run.started_at)
    return _finish(batch, evaluation, now())


def still_open() -> set[int]:
    """The contracts that a batch of a run that goes on will evaluate."""
    return {pk for ids in _open().values_list("contracts", flat=True) for pk in ids}


def send_again(now: datetime, send: Send) -> int:
    """Send what was sent long ago and is not finished: its message, or its worker, may be lost; how many."""
    with transaction.atomic():
        lost = list(_open().filter(sent_at__lte=now - LOST_AFTER).select_for_update(of=("self",)))
        EvaluationBatch.objects.filter(pk__in=[batch.pk for batch in lost]).update(sent_at=now)
    _send(lost, send)
    return len(lost)


def _open() -> QuerySet[EvaluationBatch]:
    return EvaluationBatch.objects.filter(finished_at=None, run__status=RunStatus.RUNNING).order_by("pk")


def _send(batches: Iterable[EvaluationBatch], send: Send) -> None:
    for batch in batches:
        send(batch.pk)


@transaction.atomic
def _finish(batch: EvaluationBatch, evaluation: Evaluation, at: datetime) -> EvaluationRun | None:
    """Under the lock of the run, so that of two last ones one comes after the other."""
    run = EvaluationRun.objects.select_for_update().get(pk=batch.run_id)
    batches = run.batches.select_for_update()
    errors = [[pk, check, cause] for (pk, check), cause in evaluation.errors.items()]
    done = batches.filter(pk=batch.pk, finished_at=None).update(
        finished_at=at, counts=dict(evaluation.counts), errors=errors
    )
    if not done or run.status != RunStatus.RUNNING or batches.filter(finished_at=None).exists():
        return None
    counts: Counter[str] = Counter()
    found: dict[tuple[int, str], str] = {}
    for one in run.batches.all():
        counts.update(one.counts)
        found |= {(pk, check): cause for pk, check, cause in one.errors}
    # Counted, not added up: of a batch that was done in two attempts as well.
    run.written = Assessment.objects.filter(run=run).count()
    ended(run, found, counts, at)
    return run
