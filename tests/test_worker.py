"""The jobs in a real Celery worker, over Redis, on PostgreSQL: as in production."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config.celery import app
from contract.choices import RunStatus
from contract.models import Assessment, EvaluationRun
from contract.tasks import evaluate_due_days

pytestmark = [
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (settings.REDIS_URL and connection.vendor == "postgresql"),
        reason="needs DATABASE_URL (PostgreSQL) and REDIS_URL",
    ),
]


@pytest.fixture
def worker(transactional_db: None) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own with two processes, on the database of the tests."""
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(database)
    app.control.purge()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-q",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "WARNING",
            "--hostname",
            "tests@%h",
        ],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
    )
    try:
        assert eventually(lambda: bool(app.control.ping(timeout=1))), "the worker does not answer"
        yield process
    finally:
        process.terminate()
        process.wait(30)


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def finished(runs: int) -> bool:
    return EvaluationRun.objects.exclude(status=RunStatus.RUNNING).count() >= runs


def test_it_knows_every_job_of_the_schedule(worker: subprocess.Popen[bytes]) -> None:
    (known,) = app.control.inspect(timeout=5).registered().values()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled <= set(known)


def test_jobs_sent_at_once_write_every_assessment_once(worker: subprocess.Popen[bytes]) -> None:
    call_command("seed_reference")
    for _ in range(4):
        evaluate_due_days.delay()
    assert eventually(lambda: finished(4)), "the jobs did not end"
    assert set(EvaluationRun.objects.values_list("status", flat=True)) == {RunStatus.SUCCEEDED}
    written = sum(EvaluationRun.objects.values_list("written", flat=True))
    assert written == Assessment.objects.count() > 0
    evaluate_due_days()  # a last time, here: nothing is left to write
    assert Assessment.objects.count() == written
