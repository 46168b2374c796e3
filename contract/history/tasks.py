"""Jobs of the change log: seal what was left unsealed, and compare the tables with the log."""

import logging

from celery import shared_task

from contract.history import seals, services
from kit import clock

logger = logging.getLogger(__name__)


@shared_task
def seal_change_log() -> int:
    """Seal the entries of processes that died after their commit; returns the last one's number."""
    seals.seal(seals.ACCESSES)
    return seals.seal()


@shared_task
def verify_change_log(full: bool = False) -> int:
    """Compare what is new, or everything; the result shows on the home page. Returns how many things differ."""
    result, problems = services.check(clock.now(), full=full)
    for problem in problems[: services.KEPT_PROBLEMS]:
        # What stands there may name people: the command shows it.
        logger.error("change log: %s %s %s %s", problem.fault.value, problem.label, problem.pk, problem.field)
    return result.problems
