"""The nightly evaluation, the nights that were missed, and the watch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from contract import tasks
from contract.choices import RunStatus, RunTrigger
from contract.models import Contract, EvaluationRun
from tests.factories import make_contract

pytestmark = pytest.mark.django_db
BEIJING_NOON = datetime(2025, 3, 10, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(BEIJING_NOON, tick=False):
        yield BEIJING_NOON.date()


def run_on(day: date, *contracts: Contract) -> EvaluationRun:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    run = EvaluationRun.objects.create(
        as_of=day, trigger=RunTrigger.SCHEDULE, status=RunStatus.SUCCEEDED, started_at=at, finished_at=at
    )
    run.covers.add(*contracts)
    return run


def test_the_first_night_evaluates_today_only() -> None:
    make_contract()
    assert tasks.evaluate_due_days() == ["2025-03-10"]


def test_missed_nights_are_caught_up_in_order_with_their_own_dates() -> None:
    run_on(date(2025, 3, 7), make_contract())
    assert tasks.evaluate_due_days() == ["2025-03-08", "2025-03-09", "2025-03-10"]
    triggers = EvaluationRun.objects.order_by("pk").values_list("trigger", flat=True)
    assert list(triggers) == ["schedule", "catch_up", "catch_up", "schedule"]


def test_each_contract_is_caught_up_for_the_days_that_it_missed_itself() -> None:
    behind, fresh = make_contract(), make_contract()
    run_on(date(2025, 3, 8), behind, fresh)
    run_on(date(2025, 3, 10), fresh)
    tasks.evaluate_due_days()
    taken = {run.as_of.day: set(run.covers.all()) for run in EvaluationRun.objects.order_by("pk")[2:]}
    assert taken == {9: {behind}, 10: {behind, fresh}}


def test_a_job_that_runs_twice_evaluates_today_again_and_nothing_else() -> None:
    make_contract()
    tasks.evaluate_due_days()
    assert tasks.evaluate_due_days() == ["2025-03-10"]


def test_a_long_absence_is_caught_up_in_portions() -> None:
    run_on(date(2024, 12, 1), make_contract(check_ids=[]))
    assert len(tasks.evaluate_due_days()) == tasks.DAYS_AT_ONCE
    assert len(tasks.evaluate_due_days()) == 99 - tasks.DAYS_AT_ONCE


def test_a_contract_that_is_ahead_of_today_is_left_alone_and_the_others_go_on() -> None:
    ahead, other = make_contract(), make_contract()
    run_on(date(2025, 3, 20), ahead)
    assert tasks.evaluate_due_days() == ["2025-03-10"]
    assert list(EvaluationRun.objects.latest("pk").covers.all()) == [other]


def test_the_watch_does_nothing_once_today_is_evaluated(today: date) -> None:
    run_on(today, make_contract())
    assert tasks.watch_for_stale_run() == []


def test_the_watch_evaluates_a_night_that_was_missed_but_not_before_its_hour(today: date) -> None:
    run_on(today - timedelta(days=1), make_contract())
    with time_machine.travel(datetime(2025, 3, 9, 16, 19, tzinfo=UTC), tick=False):
        assert tasks.watch_for_stale_run() == []
    with time_machine.travel(datetime(2025, 3, 9, 16, 20, tzinfo=UTC), tick=False):
        assert tasks.watch_for_stale_run() == ["2025-03-10"]
        assert tasks.watch_for_stale_run() == []


def test_one_contract_that_was_left_out_is_enough_for_the_watch(today: date) -> None:
    left_out = make_contract()
    run_on(today, make_contract())
    assert tasks.watch_for_stale_run() == ["2025-03-10"]
    assert list(EvaluationRun.objects.latest("pk").covers.all()) == [left_out]


def test_the_watch_closes_a_run_whose_worker_died() -> None:
    dead = EvaluationRun.objects.create(
        as_of=date(2025, 3, 10), trigger=RunTrigger.SCHEDULE, started_at=datetime(2025, 3, 9, 16, 20, tzinfo=UTC)
    )
    tasks.watch_for_stale_run()
    dead.refresh_from_db()
    assert dead.status == RunStatus.FAILED
