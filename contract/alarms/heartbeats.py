"""Signs of life: each part leaves one every minute, and is an alarm when it has not for a while."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_noop as _

from contract.alarms import Alarm, register
from contract.findings import Message
from contract.models import Heartbeat
from law.periods import BEIJING

# Who leaves the sign: the process of the schedule, that of the worker, a job that came through the
# queue, the job of the outbox, and a job that wrote a file beside the documents and read it again.
PARTS = {
    "beat": _("The schedule of jobs (beat) has been silent since %(at)s: no job is begun."),
    "worker": _("The worker has been silent since %(at)s: no job is done."),
    "queue": _("No job has come through the queue since %(at)s: look at Redis, the schedule and the worker."),
    "outbox": _("The outbox has not been emptied since %(at)s: messages wait."),
    "disk": _("Nothing could be written beside the documents since %(at)s: look at the disk."),
}


def leave(name: str, at: datetime) -> None:
    """A sign of life. Raises DatabaseError where the database is away."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def expect(at: datetime) -> None:
    """From now on every part is expected: one that never comes is missed like one that stopped."""
    for name in PARTS:
        leave(name, at)


@register
def silent(now: datetime, today: date) -> Iterable[Alarm]:
    """The parts that were not heard of lately, or only in a time to come (one query)."""
    heard = dict(Heartbeat.objects.values_list("name", "at"))
    for name, sentence in PARTS.items():
        at = heard.get(name)
        if at is None or abs(now - at) > settings.SILENT_AFTER:
            yield Alarm(name, Message(sentence, at=spoken(at)))


def spoken(at: datetime | None) -> str:
    """An instant as a page writes it, in the time of Beijing; a dash where there is none."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if at else "–"


def ages(now: datetime) -> dict[str, timedelta]:
    """How long ago each part was heard of, for measurements (one query)."""
    return {row.name: now - row.at for row in Heartbeat.objects.all()}
