"""The nightly evaluation, the nights that were missed, and the watch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contract import tasks
from contract.choices import RunStatus, RunTrigger
from contract.models import EvaluationRun
from kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: Any) -> date:
    settings.DEMONSTRATION_DAY = "2025-03-10"
    return date(2025, 3, 10)


def run_on(day: date, *, finished: datetime | None = None) -> EvaluationRun:
    at = finished or clock.now()
    return EvaluationRun.objects.create(
        as_of=day, trigger=RunTrigger.SCHEDULE, status=RunStatus.SUCCEEDED, started_at=at, finished_at=at
    )


def test_the_first_night_evaluates_today_only() -> None:
    assert tasks.evaluate_due_days() == ["2025-03-10"]


def test_missed_nights_are_caught_up_in_order_with_their_own_dates() -> None:
    run_on(date(2025, 3, 7))
    assert tasks.evaluate_due_days() == ["2025-03-08", "2025-03-09", "2025-03-10"]
    triggers = EvaluationRun.objects.order_by("pk").values_list("trigger", flat=True)
    assert list(triggers) == ["schedule", "catch_up", "catch_up", "schedule"]


def test_a_job_that_runs_twice_evaluates_today_again_and_nothing_else() -> None:
    tasks.evaluate_due_days()
    assert tasks.evaluate_due_days() == ["2025-03-10"]


def test_a_long_absence_is_caught_up_in_portions() -> None:
    run_on(date(2024, 12, 1))
    assert len(tasks.evaluate_due_days()) == tasks.DAYS_AT_ONCE
    assert len(tasks.evaluate_due_days()) == 99 - tasks.DAYS_AT_ONCE


def test_an_evaluation_of_a_later_day_is_not_undone_by_an_earlier_today() -> None:
    run_on(date(2025, 3, 20))
    assert tasks.evaluate_due_days() == ["2025-03-20"]


def test_the_watch_does_nothing_while_the_last_run_is_fresh(today: date) -> None:
    run_on(today)
    assert tasks.watch_for_stale_run() == []


def test_the_watch_evaluates_when_the_last_run_is_stale(today: date) -> None:
    run_on(today, finished=clock.now() - timedelta(hours=27))
    assert tasks.watch_for_stale_run() == ["2025-03-10"]


def test_the_watch_closes_a_run_whose_worker_died() -> None:
    dead = EvaluationRun.objects.create(
        as_of=date(2025, 3, 10), trigger=RunTrigger.SCHEDULE, started_at=datetime(2025, 3, 9, 16, 20, tzinfo=UTC)
    )
    tasks.watch_for_stale_run()
    dead.refresh_from_db()
    assert dead.status == RunStatus.FAILED
