"""Jobs. Each recomputes from the database and may run twice."""

import logging
from datetime import date, timedelta

from celery import shared_task
from django.conf import settings

from contract import selectors, services
from contract.choices import RunStatus, RunTrigger
from contract.models import EvaluationRun
from kit import clock
from kit.api import idempotency

logger = logging.getLogger(__name__)

# Days caught up in one task: the watch comes back for the rest.
DAYS_AT_ONCE = 62


@shared_task
def evaluate_due_days() -> list[str]:
    """Evaluate today, and before it every day missed since the last evaluation, in order.

    Returns the days evaluated (ISO). Two of these at once write nothing twice.
    """
    done = []
    for day in days_due(clock.today())[:DAYS_AT_ONCE]:
        trigger = RunTrigger.SCHEDULE if day == clock.today() else RunTrigger.CATCH_UP
        services.evaluate(as_of=day, at=clock.now(), trigger=trigger)
        done.append(day.isoformat())
    idempotency.purge(clock.now())
    return done


@shared_task
def watch_for_stale_run() -> list[str]:
    """Close runs whose worker died, and evaluate where the last evaluation is stale."""
    limit = clock.now() - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    EvaluationRun.objects.filter(status=RunStatus.RUNNING, started_at__lt=limit).update(
        status=RunStatus.FAILED, finished_at=clock.now(), error="the worker died"
    )
    last = selectors.last_run()
    stale_since = clock.now() - timedelta(hours=settings.EVALUATION_STALE_AFTER_HOURS)
    fresh = last is not None and last.finished_at is not None and last.finished_at > stale_since
    if fresh and last is not None and last.as_of >= clock.today() - timedelta(days=1):
        return []
    logger.error("the last evaluation is stale: evaluating now")
    done: list[str] = evaluate_due_days()
    return done


def days_due(today: date) -> list[date]:
    """The days to evaluate, oldest first: those missed since the last run, then today."""
    last = selectors.last_run()
    if last is None or last.as_of >= today:
        return [max(today, last.as_of)] if last else [today]
    missed = (today - last.as_of).days
    return [last.as_of + timedelta(days=n) for n in range(1, missed + 1)]
