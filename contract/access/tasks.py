"""Jobs of the door."""

import logging

from celery import shared_task

from contract.access import handover
from kit import clock

logger = logging.getLogger(__name__)


@shared_task
def end_expired_accounts() -> list[str]:
    """Close the accounts whose last day is over and hand over what waits for them; the names of those closed now."""
    ended = handover.end_expired(today=clock.today(), at=clock.now())
    for name in ended:
        logger.info("the account %s has ended: its last day is over", name)
    return ended
