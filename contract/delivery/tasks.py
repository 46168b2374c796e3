"""Jobs of the outbox. Each may run twice: a message is claimed before it is sent."""

import logging
from datetime import timedelta

from celery import shared_task

from contract.alarms import heartbeats
from contract.delivery.services import digest, outbox
from kit import clock

logger = logging.getLogger(__name__)

# A run ends before the next begins; what is left then is taken by that one.
RUN = timedelta(seconds=50)


@shared_task
def deliver_messages() -> int:
    """Deliver what is due. Returns how many were taken over by their receivers."""
    done = outbox.deliver_due(now=clock.now, until=clock.now() + RUN)
    heartbeats.leave("outbox", clock.now())
    if done.failed or done.refused:
        logger.warning("outbox: %d failed, %d refused", done.failed, done.refused)
    return done.accepted


@shared_task
def send_digests() -> int:
    """Put today's digest into the outbox, once. Returns for how many people."""
    return len(digest.send_digests(on=clock.today(), at=clock.now()))


@shared_task
def purge_messages() -> None:
    """Remove what has been kept long enough."""
    outbox.purge(clock.now())
