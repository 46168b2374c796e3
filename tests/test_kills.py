"""Processes that are really killed, over a Redis of their own: nothing is lost, nothing is twice.

A task is held in hand by a lock on its contract: so every kill comes at the same moment. Afterwards
what stands has to equal what an undisturbed evaluation finds. Each step has its limit of time.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from kombu import Connection

from contract import services, tasks
from contract.alarms import heartbeats
from contract.choices import RunTrigger
from contract.history import seals, verification
from contract.management.commands.run import job_runners
from contract.models import Alert, AlertEvent, Assessment, Contract, EvaluationRun, Heartbeat
from kit import clock

# Beside another worker's jobs a task is not always in hand in time: one process, in `.ci/run full`.
pytestmark = [
    pytest.mark.kills,
    pytest.mark.worker,
    pytest.mark.xdist_group("worker"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (settings.REDIS_URL and connection.vendor == "postgresql" and shutil.which("redis-server")),
        reason="needs DATABASE_URL (PostgreSQL), REDIS_URL and redis-server",
    ),
]

LIMIT = 60.0


def eventually(condition: Callable[[], Any], what: str, seconds: float = LIMIT) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.2)


class Broker:
    """A Redis that belongs to the test."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        eventually(self.answers, "Redis answers")

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    @property
    def client(self) -> Any:
        return redis.Redis(port=self.port)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def send(self, task: Any) -> None:
        with Connection(self.url) as connected:
            task.apply_async(connection=connected)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    found.start()
    yield found
    found.stop()


class Worker:
    """A Celery worker on the tests' database, in a process group of its own."""

    def __init__(self, broker: Broker, log: Path, command: list[str]) -> None:
        self.command = command
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(connection.settings_dict)
        self.env = os.environ | {
            "DATABASE_URL": url,
            "REDIS_URL": broker.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }
        self.log = log
        self.process: Any = None

    def start(self) -> None:
        began = timezone.now()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True, stdout=log, stderr=log)
        eventually(lambda: Heartbeat.objects.filter(name="worker", at__gte=began), "the worker lives")

    def kill(self) -> None:
        """The parent and its children, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def children(self) -> list[int]:
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]


# As the containers start it, and as `manage.py run` does.
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "config"]
CONTAINER = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING"]
SHAPES = {"containers": CONTAINER, "run": list(job_runners()[0].command)}


@pytest.fixture
def worker(broker: Broker, tmp_path: Path, transactional_db: None, request: Any) -> Iterator[Worker]:
    call_command("seed_reference")
    found = Worker(broker, tmp_path / "worker.log", SHAPES[getattr(request, "param", "containers")])
    found.start()
    yield found
    found.kill()
    print(found.log.read_text()[-4000:])  # shown where the test failed


@contextmanager
def in_hand(broker: Broker) -> Iterator[None]:
    """Inside, a worker has the evaluation in hand and waits for the contract."""
    before = EvaluationRun.objects.count()
    with transaction.atomic():
        list(Contract.objects.select_for_update())
        broker.send(tasks.evaluate_due_days)
        # Seen from outside of this transaction: the level is "read committed".
        eventually(lambda: EvaluationRun.objects.count() > before, "the task is in hand")
        yield


def undisturbed() -> None:
    """What stands equals what an evaluation finds on which nothing was killed; each thing once."""
    tasks.watch_for_stale_run()  # what beat does within a quarter of an hour
    found = services.look(as_of=clock.today()).findings
    rows = Assessment.objects.filter(is_current=True, is_withdrawn=False)
    assert sorted(rows.values_list("fingerprint", flat=True)) == sorted(one.fingerprint for one in found)
    assert len(found) > 5 and Assessment.objects.count() == len(found)
    assert set(Alert.objects.values_list("raised_on", flat=True)) <= {clock.today()}
    tasks.evaluate_due_days()
    assert Assessment.objects.count() == len(found)
    seals.seal()
    assert list(verification.verify(clock.now())) == []


@pytest.mark.parametrize("whom", ["the busy children", "the parent", "the group"])
def test_a_worker_killed_with_the_evaluation_in_hand(worker: Worker, broker: Broker, whom: str) -> None:
    with in_hand(broker):
        if whom == "the busy children":
            for pid in worker.children():
                os.kill(pid, signal.SIGKILL)
        elif whom == "the parent":
            os.kill(worker.process.pid, signal.SIGKILL)
        else:
            worker.kill()
        time.sleep(1)
    undisturbed()


def test_redis_flushed_with_a_task_in_hand_and_another_in_the_queue(worker: Worker, broker: Broker) -> None:
    with in_hand(broker):
        broker.send(tasks.watch_for_stale_run)
        broker.client.flushall()
    eventually(lambda: not EvaluationRun.objects.filter(status="running"), "the task in hand ends")
    broker.send(tasks.sign_of_life)
    began = timezone.now()
    eventually(lambda: Heartbeat.objects.filter(name="queue", at__gte=began), "the worker takes the next job")
    undisturbed()


@pytest.mark.parametrize("worker", SHAPES, indirect=True)
def test_the_worker_outlives_the_loss_of_redis_with_a_task_in_hand(worker: Worker, broker: Broker) -> None:
    with in_hand(broker):
        broker.stop()
        time.sleep(3)
    eventually(lambda: not EvaluationRun.objects.filter(status="running"), "the task in hand ends")
    time.sleep(2)
    broker.start()
    assert worker.process.poll() is None
    began = timezone.now()
    broker.send(tasks.sign_of_life)
    eventually(lambda: Heartbeat.objects.filter(name="queue", at__gte=began), "the worker takes the next job")
    undisturbed()


def test_two_beats_catch_a_week_up_once_with_its_true_dates(worker: Worker, broker: Broker) -> None:
    """Two schedules send every job twice, and two processes of the worker take them at once."""
    week = [clock.today() - timedelta(days=number) for number in range(7, -1, -1)]
    services.evaluate(as_of=week[0], today=clock.today(), at=clock.now(), trigger=RunTrigger.SCHEDULE)
    with transaction.atomic():
        list(Contract.objects.select_for_update())
        broker.send(tasks.evaluate_due_days)
        broker.send(tasks.evaluate_due_days)
        eventually(lambda: EvaluationRun.objects.filter(status="running").count() == 2, "both are in hand")
    eventually(lambda: not EvaluationRun.objects.filter(status="running"), "both end")
    days = EvaluationRun.objects.filter(covers__isnull=False).values_list("as_of", flat=True)
    assert sorted(set(days)) == week
    twice = Assessment.objects.values("contract", "check_id", "key", "fingerprint").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1, is_withdrawn=False)
    raised = AlertEvent.objects.filter(from_status="")
    assert raised.count() == Alert.objects.count() and all(event.as_of == event.alert.raised_on for event in raised)
    seals.seal()
    assert list(verification.verify(clock.now())) == []


def test_a_beat_that_is_killed_is_named_by_health(worker: Worker, client: Any, tmp_path: Path, settings: Any) -> None:
    settings.SILENT_AFTER = timedelta(minutes=10)
    call_command("evaluate", stdout=StringIO(), stderr=StringIO())
    Heartbeat.objects.all().delete()
    command = [*CELERY, "beat", "--schedule", str(tmp_path / "schedule"), "--loglevel", "WARNING"]
    with worker.log.open("ab") as log:
        beat = subprocess.Popen(command, env=worker.env, stdout=log, stderr=log)
    try:
        eventually(lambda: Heartbeat.objects.filter(name="beat"), "beat ticks")
    finally:
        beat.kill()
        beat.wait(10)
    stopped = timezone.now()
    for part in ("worker", "queue", "outbox", "disk"):
        heartbeats.leave(part, stopped + timedelta(minutes=15))
    with time_machine.travel(stopped + timedelta(minutes=15), tick=False):
        body = client.get("/health/ready").json()
    assert "beat" in [alarm["name"] for alarm in body["alarms"]]
    assert not {"worker", "queue", "outbox", "disk"} & {alarm["name"] for alarm in body["alarms"]}


# --- PostgreSQL ---------------------------------------------------------------------------------


class Cluster:
    """A PostgreSQL that belongs to the test, with what stands in the tests' database."""

    def __init__(self, folder: Path) -> None:
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = folder / "cluster"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        if os.geteuid() == 0:  # the server refuses root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=LIMIT)

    def make(self) -> None:
        self.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            for parent in self.folder.parents:  # as many as there are: each worker of the tests has a level more
                if parent == Path(tempfile.gettempdir()):
                    break
                parent.chmod(0o755)
        self.run("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()
        source = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(connection.settings_dict)
        dump = subprocess.run(
            [str(self.bin / "pg_dump"), "--no-owner", source], check=True, capture_output=True, timeout=LIMIT
        )
        subprocess.run(
            [str(self.bin / "psql"), "-q", "-v", "ON_ERROR_STOP=1", self.url],
            input=dump.stdout,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT,
        )

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", "immediate", "stop")

    def django(self, *arguments: str) -> subprocess.Popen[bytes]:
        env = os.environ | {"DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([sys.executable, "-m", "django", *arguments], env=env, **quiet)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.url)) as connected, connected.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()


def test_postgresql_restarted_while_evaluating(tmp_path: Path, transactional_db: None) -> None:
    call_command("seed_reference")
    cluster = Cluster(tmp_path)
    cluster.make()
    try:
        holder = psycopg2.connect(cluster.url)
        holder.cursor().execute("SELECT 1 FROM contract_contract FOR UPDATE")
        evaluating = cluster.django("evaluate")
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        eventually(lambda: cluster.ask(waiting), "the evaluation waits for the contract")
        cluster.stop()
        assert evaluating.wait(LIMIT) != 0
        cluster.start()
        standing = "SELECT check_id, key, outcome, fingerprint FROM contract_assessment WHERE is_current"
        assert cluster.ask(standing) == []
        assert cluster.django("evaluate").wait(LIMIT) == 0
        assert cluster.django("verify_history").wait(LIMIT) == 0
        tasks.evaluate_due_days()  # on the tests' own database, undisturbed
        rows = Assessment.objects.filter(is_current=True).values_list("check_id", "key", "outcome", "fingerprint")
        assert sorted(cluster.ask(standing)) == sorted(rows)
        twice = "SELECT 1 FROM contract_assessment GROUP BY contract_id, check_id, key HAVING count(*) > 1"
        assert cluster.ask(twice) == []
    finally:
        cluster.stop()
