"""Workers and their Redis, really killed: nothing is lost, nothing is twice.

A task is held in hand by a lock on its contract: so every kill comes at the same moment. Afterwards
what stands has to equal what an undisturbed evaluation finds. Each step has its limit of time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone
from kombu import Connection

from contract import services, tasks
from contract.alarms import heartbeats
from contract.choices import RunTrigger
from contract.history import seals, verification
from contract.models import Alert, AlertEvent, Assessment, Contract, EvaluationBatch, EvaluationRun, Heartbeat
from contract.services import batches
from kit import clock
from tests.factories import make_contract
from tests.kills.processes import CELERY, MARKS, SHAPES, Program
from tests.servers import Cluster, Redis, eventually

pytestmark = MARKS


def send(broker: Redis, task: Any) -> None:
    with Connection(broker.url) as connected:
        task.apply_async(connection=connected)


@contextmanager
def in_hand(broker: Redis) -> Iterator[None]:
    """Inside, a worker has the evaluation in hand and waits for the contract."""
    before = EvaluationRun.objects.count()
    with transaction.atomic():
        list(Contract.objects.select_for_update())
        send(broker, tasks.evaluate_due_days)
        # Seen from outside of this transaction: the level is "read committed".
        eventually(lambda: EvaluationRun.objects.count() > before, "the task is in hand")
        yield


def takes_the_next_job(broker: Redis) -> None:
    began = timezone.now()
    send(broker, tasks.sign_of_life)
    eventually(lambda: Heartbeat.objects.filter(name="queue", at__gte=began), "the worker takes the next job")


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


def test_redis_flushed_with_a_task_in_hand_and_another_in_the_queue(worker: Program, broker: Redis) -> None:
    with in_hand(broker):
        send(broker, tasks.watch_for_stale_run)
        broker.client.flushall()
    eventually(lambda: not EvaluationRun.objects.filter(status="running"), "the task in hand ends")
    takes_the_next_job(broker)
    undisturbed()


def test_postgresql_restarted_while_the_worker_evaluates(worker: Program, broker: Redis, cluster: Cluster) -> None:
    holder = cluster.connected(connection.settings_dict["NAME"])
    holder.cursor().execute("SELECT 1 FROM contract_contract FOR UPDATE")
    send(broker, tasks.evaluate_due_days)
    eventually(cluster.someone_waits, "the evaluation waits for the contract")
    cluster.stop()
    time.sleep(1)
    connection.close()
    cluster.start()
    assert not Assessment.objects.exists() and worker.lives
    takes_the_next_job(broker)
    undisturbed()


def test_two_beats_catch_a_week_up_once_with_its_true_dates(worker: Program, broker: Redis) -> None:
    """Two schedules send every job twice, and two processes of the worker take them at once."""
    week = [clock.today() - timedelta(days=number) for number in range(7, -1, -1)]
    services.evaluate(as_of=week[0], today=clock.today(), at=clock.now(), trigger=RunTrigger.SCHEDULE)
    with transaction.atomic():
        list(Contract.objects.select_for_update())
        send(broker, tasks.evaluate_due_days)
        send(broker, tasks.evaluate_due_days)
        eventually(lambda: EvaluationRun.objects.filter(status="running").count() == 2, "both are in hand")
    # Between two days no run is open: so both conditions together.
    caught_up = EvaluationRun.objects.filter(covers__isnull=False)
    eventually(
        lambda: (
            sorted(set(caught_up.values_list("as_of", flat=True))) == week
            and not EvaluationRun.objects.filter(status="running")
        ),
        "both end, and no day of the week is missing",
    )
    twice = Assessment.objects.values("contract", "check_id", "key", "fingerprint").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1, is_withdrawn=False)
    raised = AlertEvent.objects.filter(from_status="")
    assert raised.count() == Alert.objects.count() and all(event.as_of == event.alert.raised_on for event in raised)
    seals.seal()
    assert list(verification.verify(clock.now())) == []


@pytest.mark.parametrize("whom", ["the busy children", "the parent", "the group"])
def test_a_worker_killed_with_the_evaluation_in_hand(worker: Program, broker: Redis, whom: str) -> None:
    kill = {"the busy children": worker.kill_children, "the parent": worker.kill_parent, "the group": worker.kill}
    with in_hand(broker):
        kill[whom]()
        time.sleep(1)
    undisturbed()
    if whom == "the parent":
        worker.kill()  # what was left behind


@pytest.mark.parametrize("worker", SHAPES, indirect=True)
def test_the_worker_outlives_the_loss_of_redis_with_a_task_in_hand(worker: Program, broker: Redis) -> None:
    with in_hand(broker):
        broker.stop()
        time.sleep(2)
    eventually(lambda: not EvaluationRun.objects.filter(status="running"), "the task in hand ends")
    time.sleep(1)
    broker.start()
    assert worker.lives
    takes_the_next_job(broker)
    undisturbed()


def test_of_three_workers_that_share_a_night_one_is_killed_with_a_batch_in_hand(
    broker: Redis, cluster: Cluster, programs: dict[str, Program], folder: Path
) -> None:
    """As on three hosts. Each has a batch of two contracts in hand; the dead one's is sent again by the watch."""
    for name in SHAPES:
        programs[name].kill()  # it would take a batch as well
    contracts = [make_contract() for _number in range(6)]
    alone = [*CELERY, "worker", "--concurrency", "1", "--loglevel", "WARNING"]
    host = ["-n", "host{}@%h"]
    workers = [
        Program([*alone, host[0], host[1].format(number)], broker, folder / "programs.log", EVALUATION_BATCH="2")
        for number in range(3)
    ]
    try:
        for one in workers:
            one.start()
        with transaction.atomic():
            list(Contract.objects.select_for_update())
            send(broker, tasks.evaluate_due_days)
            eventually(lambda: cluster.waiting() == 3, "each worker has a batch in hand")
            workers[0].kill()
        finished = EvaluationBatch.objects.exclude(finished_at=None)
        eventually(lambda: finished.count() == 2, "the others finish theirs")
        run = EvaluationRun.objects.get()
        assert run.status == "running" and run.covers.count() == 4
        EvaluationBatch.objects.update(sent_at=F("sent_at") - batches.LOST_AFTER)
        send(broker, tasks.watch_for_stale_run)
        eventually(lambda: not EvaluationRun.objects.filter(status="running"), "the last batch closes the run")
    finally:
        for one in workers:
            one.kill()
    run.refresh_from_db()
    assert run.status == "succeeded" and set(run.covers.all()) == set(contracts)
    assert run.written == Assessment.objects.count() == sum(run.counts.values())
    undisturbed()


def test_a_beat_that_is_killed_is_named_by_health(broker: Redis, client: Any, tmp_path: Path, settings: Any) -> None:
    settings.SILENT_AFTER = timedelta(minutes=10)
    schedule = str(tmp_path / "schedule")
    beat = Program([*CELERY, "beat", "--schedule", schedule, "--loglevel", "WARNING"], broker, tmp_path / "log", "beat")
    try:
        beat.start()
    finally:
        beat.kill()
    stopped = timezone.now()
    for part in ("worker", "queue", "outbox", "disk"):
        heartbeats.leave(part, stopped + timedelta(minutes=15))
    with time_machine.travel(stopped + timedelta(minutes=15), tick=False):
        body = client.get("/health/ready").json()
    assert "beat" in [alarm["name"] for alarm in body["alarms"]]
    assert not {"worker", "queue", "outbox", "disk"} & {alarm["name"] for alarm in body["alarms"]}
