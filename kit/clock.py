"""The only place that reads the clock.

Commands, tasks and views call it once and pass the day on; rules and services never do. The
legal day is a Beijing day, whatever the time zone of the host.
"""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from law.periods import beijing_day


def now() -> datetime:
    """The present instant, in UTC."""
    return timezone.now()


def today() -> date:
    """The Beijing day of now; with the sample year loaded, the day it is frozen at."""
    if settings.DEMONSTRATION_DAY:
        return date.fromisoformat(settings.DEMONSTRATION_DAY)
    return beijing_day(now())
