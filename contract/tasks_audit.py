"""Jobs of the change log: seal what was left unsealed, and compare the tables with the log."""

import logging

from celery import shared_task

from contract import clock
from contract.audit import checking, sealing

logger = logging.getLogger(__name__)


@shared_task
def seal_change_log() -> int:
    """Seal the entries of processes that died after their commit; returns the last one's number."""
    return sealing.seal()


@shared_task
def verify_change_log() -> int:
    """Compare everything; the result shows on the home page. Returns how many things differ."""
    result, problems = checking.check(clock.now())
    for problem in problems[: checking.KEPT_PROBLEMS]:
        logger.error("change log: %s", problem)
    return result.problems
