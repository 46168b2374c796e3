"""Jobs of the door."""

import logging

from celery import shared_task

from contract.access import accounts
from kit import clock

logger = logging.getLogger(__name__)


@shared_task
def end_expired_accounts() -> list[str]:
    """Close the accounts whose last day is over; the names of those that were closed now."""
    ended = accounts.end_expired(clock.today())
    for name in ended:
        logger.info("the account %s has ended: its last day is over", name)
    return ended
