"""A night in batches: planned once, done anywhere and in any order, closed by the last one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as all_settings

from contract import services, tasks
from contract.choices import RunStatus
from contract.history.models import ChangeEntry
from contract.models import AlertEvent, Assessment, Contract, EvaluationBatch, EvaluationRun
from contract.selectors.evaluation import lagging
from contract.services import batches, evaluation
from tests.contract.test_tasks import BEIJING_NOON, run_on
from tests.factories import make_contract, make_team

pytestmark = pytest.mark.django_db
TODAY = BEIJING_NOON.date()


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(BEIJING_NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sent(monkeypatch: Any, settings: Any) -> list[int]:
    """The messages: two contracts make a batch, and nobody takes them but the test."""
    found: list[int] = []
    settings.REDIS_URL, settings.EVALUATION_BATCH = "redis://nowhere", 2
    monkeypatch.setattr(tasks.evaluate_batch, "delay", found.append)
    return found


@pytest.fixture
def five() -> list[Contract]:
    found = [make_contract() for _number in range(5)]
    make_team(found[0], 2)
    return found


def recorded() -> dict[int, list[str]]:
    rows = Assessment.objects.filter(is_current=True).order_by("contract", "fingerprint")
    found: dict[int, list[str]] = {}
    for pk, fingerprint in rows.values_list("contract", "fingerprint"):
        found.setdefault(pk, []).append(fingerprint)
    return found


def as_looked_at() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for finding in services.look(as_of=TODAY).findings:
        found.setdefault(finding.contract_id, []).append(finding.fingerprint)
    return {pk: sorted(fingerprints) for pk, fingerprints in found.items()}


def test_the_last_batch_closes_the_run_whatever_their_order(five: list[Contract], sent: list[int]) -> None:
    assert tasks.evaluate_due_days() == ["2025-03-10"]
    assert [batch.contracts for batch in EvaluationBatch.objects.order_by("pk")] == [
        [five[0].pk, five[1].pk],
        [five[2].pk, five[3].pk],
        [five[4].pk],
    ]
    run = EvaluationRun.objects.get()
    assert (run.status, run.contracts, recorded()) == (RunStatus.RUNNING, 5, {})
    assert [tasks.evaluate_batch(pk) for pk in reversed(sent)] == [None, None, "2025-03-10"]
    run.refresh_from_db()
    assert recorded() == as_looked_at() and len(recorded()) == 5
    assert (run.status, run.written, run.error) == (RunStatus.SUCCEEDED, Assessment.objects.count(), "")
    assert run.counts == dict(services.look(as_of=TODAY).counts) and set(run.covers.all()) == set(five)


def test_a_message_that_comes_twice_or_late_changes_nothing(five: list[Contract], sent: list[int]) -> None:
    tasks.evaluate_due_days()
    first, *others = sent
    assert [tasks.evaluate_batch(first), tasks.evaluate_batch(first)] == [None, None]
    for pk in others:
        tasks.evaluate_batch(pk)
    once, events = Assessment.objects.count(), AlertEvent.objects.count()
    entries = ChangeEntry.objects.count()
    assert [tasks.evaluate_batch(pk) for pk in (*sent, 10**6)] == [None, None, None, None]
    assert (Assessment.objects.count(), AlertEvent.objects.count()) == (once, events)
    assert ChangeEntry.objects.count() == entries


def test_a_batch_done_but_not_finished_by_a_killed_worker_is_done_again_and_counted_once(
    five: list[Contract], sent: list[int], monkeypatch: Any
) -> None:
    tasks.evaluate_due_days()
    with monkeypatch.context() as patched:
        patched.setattr(batches, "_finish", lambda *args: None)
        tasks.evaluate_batch(sent[0])
    for pk in reversed(sent):
        tasks.evaluate_batch(pk)
    run = EvaluationRun.objects.get()
    assert run.status == RunStatus.SUCCEEDED and run.written == Assessment.objects.count()
    assert recorded() == as_looked_at() and run.counts == dict(services.look(as_of=TODAY).counts)


def test_days_that_were_missed_follow_each_other_with_their_own_dates(five: list[Contract], sent: list[int]) -> None:
    run_on(date(2025, 3, 7), *five[:2])
    run_on(date(2025, 3, 9), *five[2:])
    assert tasks.evaluate_due_days() == ["2025-03-08"]
    for pk in sent:  # grows while it is gone through
        tasks.evaluate_batch(pk)
    runs = EvaluationRun.objects.order_by("pk")[2:]
    assert [(run.as_of.day, run.contracts, run.trigger, run.status) for run in runs] == [
        (8, 2, "catch_up", "succeeded"),
        (9, 2, "catch_up", "succeeded"),
        (10, 5, "schedule", "succeeded"),
    ]
    assert not lagging(TODAY).exists()


def test_a_contract_that_cannot_be_recorded_holds_up_neither_the_others_nor_the_next_day(
    five: list[Contract], sent: list[int], monkeypatch: Any
) -> None:
    run_on(date(2025, 3, 8), *five)
    real = evaluation.record

    def record(*, batch: Any, **options: Any) -> int:
        if five[1].pk in batch.ids:
            raise ArithmeticError("no number")
        return real(batch=batch, **options)

    monkeypatch.setattr(evaluation, "record", record)
    tasks.evaluate_due_days()
    for pk in sent:
        tasks.evaluate_batch(pk)
    runs = EvaluationRun.objects.order_by("pk")[1:]
    assert [(run.as_of.day, run.status) for run in runs] == [(9, "partial"), (10, "partial")]
    assert all(run.error == f"* {five[1].number}: ArithmeticError: no number" for run in runs)
    assert list(lagging(TODAY)) == [five[1]]


def test_the_watch_sends_again_what_was_lost_and_nothing_else(
    five: list[Contract], sent: list[int], clock: Any
) -> None:
    tasks.evaluate_due_days()
    first, lost, last = sent
    tasks.evaluate_batch(first)
    clock.move_to(BEIJING_NOON + batches.LOST_AFTER - timedelta(seconds=1))
    assert tasks.watch_for_stale_run() == [] and len(sent) == 3
    clock.move_to(BEIJING_NOON + batches.LOST_AFTER)
    tasks.watch_for_stale_run()
    assert sent[3:] == [lost, last]
    tasks.watch_for_stale_run()
    assert len(sent) == 5
    assert [tasks.evaluate_batch(pk) for pk in sent[3:]] == [None, "2025-03-10"]


def test_a_run_goes_on_as_long_as_a_batch_was_finished_and_is_closed_after(
    five: list[Contract], sent: list[int], clock: Any
) -> None:
    limit = timedelta(seconds=all_settings.CELERY_TASK_TIME_LIMIT)
    tasks.evaluate_due_days()
    clock.move_to(BEIJING_NOON + limit)
    tasks.evaluate_batch(sent[0])
    done: datetime = BEIJING_NOON + limit
    clock.move_to(done + limit)
    tasks.watch_for_stale_run()
    assert EvaluationRun.objects.get().status == RunStatus.RUNNING
    clock.move_to(done + limit + timedelta(seconds=1))
    # Three contracts are left, and are planned anew.
    assert tasks.watch_for_stale_run() == ["2025-03-10"]
    old, new = EvaluationRun.objects.order_by("pk")
    assert (old.status, new.contracts) == (RunStatus.FAILED, 3)
    assert tasks.evaluate_batch(sent[1]) is None and len(recorded()) == 2
    for pk in sent[-2:]:
        tasks.evaluate_batch(pk)
    assert recorded() == as_looked_at()


@pytest.mark.parametrize(("size", "broker"), [(5, "redis://nowhere"), (2, "")])
def test_one_batch_or_no_broker_is_evaluated_in_one_process(
    five: list[Contract], sent: list[int], settings: Any, size: int, broker: str
) -> None:
    settings.EVALUATION_BATCH, settings.REDIS_URL = size, broker
    assert tasks.evaluate_due_days() == ["2025-03-10"]
    assert sent == [] and not EvaluationBatch.objects.exists() and recorded() == as_looked_at()
