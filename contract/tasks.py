"""Jobs. Each recomputes from the database and may run twice."""

import logging
from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings

from contract import services
from contract.alarms import heartbeats
from contract.alarms.disk import try_to_write
from contract.choices import RunStatus, RunTrigger
from contract.models import Contract, EvaluationBatch, EvaluationRun
from contract.selectors.evaluation import lagging
from contract.services import batches
from kit import clock
from kit.api import idempotency
from law.periods import BEIJING

logger = logging.getLogger(__name__)

# Days caught up in one task: the watch comes back for the rest.
DAYS_AT_ONCE = 62
# From here on the watch evaluates what the night has not.
NIGHT = time(0, 20)


@shared_task
def evaluate_due_days() -> list[str]:
    """Evaluate today, and before it every day that a contract missed, in order.

    Returns the days evaluated, or begun in batches (ISO). Two of these at once write nothing twice.
    """
    done = _evaluate()
    idempotency.purge(clock.now())
    return done


@shared_task
def evaluate_batch(pk: int) -> str | None:
    """Evaluate one batch of a run; returns the day of the run where this was the last one (ISO).

    After a day that was missed the next one follows.
    """
    run = batches.work(pk, now=clock.now)
    if run is None:
        return None
    if run.as_of < clock.today():
        _evaluate(lagging(clock.today()).values_list("pk", flat=True), after=run.as_of)
    return run.as_of.isoformat()


@shared_task
def sign_of_life() -> None:
    """That a job comes through the queue to a worker, and that the disk of the documents takes a file."""
    heartbeats.leave("queue", clock.now())
    try_to_write(Path(settings.MEDIA_ROOT))
    heartbeats.leave("disk", clock.now())


@shared_task
def watch_for_stale_run() -> list[str]:
    """Send lost batches again, close runs whose worker died, and evaluate the contracts that the night left out."""
    limit = clock.now() - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    goes_on = EvaluationBatch.objects.filter(finished_at__gte=limit).values("run")
    EvaluationRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=limit).exclude(pk__in=goes_on).update(
        status=RunStatus.FAILED, finished_at=clock.now(), error="the worker died"
    )
    if lost := batches.send_again(clock.now(), evaluate_batch.delay):
        logger.warning("%d batches of an evaluation were not finished in time: sent again", lost)
    behind = list(lagging(clock.today()).exclude(pk__in=batches.still_open()).values_list("pk", flat=True))
    if not behind or clock.now().astimezone(BEIJING).time() < NIGHT:
        return []
    logger.error("%d contracts were not evaluated as of today: evaluating now", len(behind))
    return _evaluate(behind)


def _evaluate(contract_ids: Iterable[int] | None = None, after: date = date.min) -> list[str]:
    """Evaluate here; or, where a broker has other workers and there is more than one batch, plan the first day."""
    try:
        services.refuse_while_ahead(clock.today())
    except services.WrongDay as error:  # contracts that are not ahead go on
        logger.error("%s", error)
    ids = Contract.objects.values_list("pk", flat=True) if contract_ids is None else contract_ids
    ids = sorted(ids)
    if settings.REDIS_URL and len(ids) > settings.EVALUATION_BATCH:
        run = batches.plan(ids, today=clock.today(), at=clock.now(), send=evaluate_batch.delay, after=after)
        return [run.as_of.isoformat()] if run else []
    found = services.catch_up(
        until=clock.today(),
        today=clock.today(),
        now=clock.now,
        trigger=RunTrigger.SCHEDULE,
        contract_ids=ids,
        at_most=DAYS_AT_ONCE,
        keep=False,
    )
    return [evaluation.as_of.isoformat() for evaluation in found]
