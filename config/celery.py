"""The Celery application. The schedule is code: it is reviewed, tested and deployed with it."""

import logging
import os
import time
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.beat import PersistentScheduler
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

logger = logging.getLogger(__name__)
# Seconds between two signs of life.
EVERY = 60.0

broker.use()
app = Celery("hotline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["contract.access", "contract.delivery", "contract.history", "contract.keeping"])

app.conf.beat_schedule = {
    # Beijing time. The evaluation of a day runs after its end, as of the new day.
    "nightly-evaluation": {"task": "contract.tasks.evaluate_due_days", "schedule": crontab(hour="0", minute="20")},
    "expired-accounts": {"task": "contract.access.tasks.end_expired_accounts", "schedule": crontab(minute="25")},
    "quarterly-files": {"task": "billing.tasks.watch_quarter_files", "schedule": crontab(minute="*")},
    # Hourly: what a morning missed is made good. A report comes once the time to report its last day has passed.
    "bulletins": {"task": "billing.tasks.keep_bulletins", "schedule": crontab(hour="6-20", minute="50")},
    # The watch is also the second chance: it evaluates what the night missed.
    "stale-run-watch": {"task": "contract.tasks.watch_for_stale_run", "schedule": crontab(minute="*/15")},
    "sign-of-life": {"task": "contract.tasks.sign_of_life", "schedule": crontab(minute="*")},
    "outbox": {"task": "contract.delivery.tasks.deliver_messages", "schedule": crontab(minute="*")},
    "change-log-seal": {"task": "contract.history.tasks.seal_change_log", "schedule": crontab(minute="5-59/10")},
    # What is new every night, and on Sunday everything.
    "change-log-check": {
        "task": "contract.history.tasks.verify_change_log",
        "schedule": crontab(day_of_week="mon-sat", hour="3", minute="40"),
    },
    "whole-change-log-check": {
        "task": "contract.history.tasks.verify_change_log",
        "schedule": crontab(day_of_week="sunday", hour="3", minute="40"),
        "kwargs": {"full": True},
    },
    # Hourly: a morning that was missed is made good, and a day's digest is put in once.
    "daily-digest": {"task": "contract.delivery.tasks.send_digests", "schedule": crontab(hour="7-20", minute="30")},
    "nightly-backup": {"task": "contract.keeping.tasks.back_up", "schedule": crontab(hour="2", minute="10")},
    "documents": {
        "task": "contract.keeping.tasks.look_at_documents",
        "schedule": crontab(day_of_week="sunday", hour="4", minute="40"),
    },
    "outbox-retention": {"task": "contract.delivery.tasks.purge_messages", "schedule": crontab(hour="3", minute="10")},
}


def leave_sign_of_life(name: str) -> None:
    """Of a process that has no jobs of its own. Where the database is away, its absence is the louder alarm."""
    from django.db import DatabaseError, connection

    from contract.alarms import heartbeats
    from kit import clock

    try:
        heartbeats.leave(name, clock.now())
    except DatabaseError as error:
        logger.warning("no sign of life of the %s: %s", name, type(error).__name__)
    finally:
        connection.close()  # no idle connection beside those of the jobs


class Schedule(PersistentScheduler):
    """Beat's schedule, which leaves a sign of life as long as it ticks."""

    heard = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        pause = super().tick(*args, **kwargs)
        if time.monotonic() - self.heard >= EVERY:
            self.heard = time.monotonic()
            leave_sign_of_life("beat")
        return min(pause, EVERY)


class SignOfLife(bootsteps.StartStopStep):
    """The worker's own process leaves a sign of life, whatever its jobs do."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        leave_sign_of_life("worker")
        worker.timer.call_repeatedly(EVERY, leave_sign_of_life, ("worker",))


app.steps["worker"].add(SignOfLife)


@worker_init.connect
def mark_as_jobs(**kwargs: object) -> None:
    """What a worker writes is logged as written by a job."""
    from contract.acting import process_route
    from contract.choices import Route

    process_route(Route.JOB)


@worker_init.connect
@beat_init.connect
def stop_unless_fit(**kwargs: object) -> None:
    """Wrong keys stop the start here, too."""
    from contract.keeping import start

    start.stop_unless_fit()


if str(app.conf.broker_url).startswith("filesystem"):
    for folder in ("data_folder_in", "control_folder", "processed_folder"):
        Path(app.conf.broker_transport_options[folder]).mkdir(parents=True, exist_ok=True)
