"""Jobs about money: they make documents, and never move an amount."""

import logging

from celery import shared_task
from django.conf import settings

from billing import services
from kit import clock
from kit.deadline import within

logger = logging.getLogger(__name__)


@shared_task
def make_quarter_files() -> list[str]:
    """Make every quarterly file that waits, as long as a slot is free. Returns their numbers."""
    return services.make_waiting_files(clock.now)


@shared_task
def watch_quarter_files() -> list[str]:
    """Find jobs that died, and make what waits: the second chance of a lost message."""
    services.requeue_dead_files(clock.now())
    return services.make_waiting_files(clock.now)


@shared_task
def keep_bulletins() -> list[str]:
    """Keep the reports to the leader whose day has come: month, quarter, year. Returns their numbers."""
    return services.keep_due_bulletins(clock.today(), clock.now)


def send_to_worker() -> None:
    """Tell a worker that a file waits. Without a broker its page offers to make it, and waits for nothing."""
    try:
        within(settings.BROKER_WAIT, lambda: make_quarter_files.apply_async(retry=False))
    except Exception as error:  # whatever a broker raises: nothing is lost
        logger.warning("no broker took the message: %s", type(error).__name__)
