"""Silence is an alarm: in health, in the metrics, and on every page of the admin, by name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contract import registry, tasks
from contract.alarms import disk, heartbeats, standing
from contract.choices import RunStatus, RunTrigger
from contract.delivery.tasks import deliver_messages
from contract.models import EvaluationRun, Heartbeat
from contract.roles import AUDIT_ADMIN, STAFF, SYSTEM_ADMIN
from kit import clock
from tests.contract.cases import person
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 3, 10, 4, tzinfo=UTC)  # of Beijing


@pytest.fixture(autouse=True)
def now(settings: Any) -> Any:
    settings.SILENT_AFTER = timedelta(minutes=10)
    with time_machine.travel(NOON, tick=False) as traveller:
        heartbeats.expect(NOON)
        yield traveller


def names() -> list[str]:
    return [alarm.name for alarm in standing(clock.now(), clock.today())]


def health(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/health/ready")
    return response.status_code, response.json()


def all_but(silent: str) -> None:
    for name in heartbeats.PARTS:
        if name != silent:
            heartbeats.leave(name, clock.now())


# --- Signs of life --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", heartbeats.PARTS)
def test_whichever_part_is_silent_is_named_within_a_quarter_of_an_hour(part: str, client: Client, now: Any) -> None:
    now.shift(timedelta(minutes=10))
    all_but(part)
    assert health(client)[0] == 200
    now.shift(timedelta(seconds=1))
    code, body = health(client)
    assert code == 503 and body["status"] == "alarm"
    assert [alarm["name"] for alarm in body["alarms"]] == [part]
    assert "2025-03-10 12:00" in body["alarms"][0]["zh"] and "2025-03-10 12:00" in body["alarms"][0]["en"]
    assert body["alarms"][0]["zh"] != body["alarms"][0]["en"]
    heartbeats.leave(part, clock.now())
    assert health(client)[0] == 200


def test_a_part_that_was_never_heard_of_is_silent() -> None:
    Heartbeat.objects.filter(name="beat").delete()
    assert names() == ["beat"]


def test_each_job_leaves_its_own_sign(now: Any) -> None:
    now.shift(timedelta(hours=1))
    assert names() == list(heartbeats.PARTS)
    deliver_messages()
    assert names() == ["beat", "worker", "queue", "disk"]
    tasks.sign_of_life()
    assert names() == ["beat", "worker"]  # processes: tests/kills has real ones


def test_a_disk_that_takes_no_file_is_named_and_the_queue_is_not(now: Any, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "documents").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "documents"
    now.shift(timedelta(minutes=11))
    all_but("disk")
    with pytest.raises(OSError):
        tasks.sign_of_life()
    assert names() == ["disk"]


def test_the_trial_on_the_disk_leaves_nothing(tmp_path: Path) -> None:
    disk.try_to_write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_nearly_full_is_an_alarm(settings: Any) -> None:
    free = disk.left()
    assert free is not None
    settings.DISK_FREE_MIN_MB = free // 2
    assert names() == []
    settings.DISK_FREE_MIN_MB = free * 2
    assert names() == ["disk_full"]


# --- The evaluation -------------------------------------------------------------------------------


def test_a_contract_that_was_not_evaluated_today_is_an_alarm_half_an_hour_after_the_night(now: Any) -> None:
    contract = make_contract(number="LATE")
    now.move_to(NOON.replace(hour=16))  # midnight: 11 March
    assert tasks.evaluate_due_days() == ["2025-03-11"]
    all_but("")
    assert names() == []
    now.move_to(datetime(2025, 3, 11, 16, 49, 59, tzinfo=UTC))
    all_but("")
    assert names() == []
    now.move_to(datetime(2025, 3, 11, 16, 50, tzinfo=UTC))
    all_but("")
    (alarm,) = standing(clock.now(), clock.today())
    assert alarm.name == "evaluation_behind" and "2025-03-11" in alarm.zh
    assert tasks.watch_for_stale_run() == ["2025-03-12"]
    assert names() == [] and contract.evaluations.count() == 2


def test_a_new_contract_may_wait_an_hour_for_its_first_evaluation(now: Any) -> None:
    make_contract()
    assert names() == []
    now.shift(timedelta(hours=1, seconds=1))
    all_but("")
    assert names() == ["evaluation_behind"]


def test_an_evaluation_of_a_day_to_come_is_an_alarm(client: Client) -> None:
    run(as_of=clock.today() + timedelta(days=1))
    code, body = health(client)
    assert code == 503 and body["alarms"][0]["name"] == "evaluation_ahead"
    assert "2025-03-11" in body["alarms"][0]["zh"] and "withdraw_evaluation" in body["alarms"][0]["en"]


def test_a_failed_evaluation_is_an_alarm_until_one_succeeds_and_names_no_person(client: Client) -> None:
    run(status=RunStatus.FAILED, error="ValueError: 张三 110101199001011234")
    code, body = health(client)
    assert code == 503 and [alarm["name"] for alarm in body["alarms"]] == ["evaluation_failed"]
    assert "ValueError" in body["alarms"][0]["zh"] and "张三" not in str(body)
    run()
    assert health(client)[0] == 200


def test_a_check_that_crashed_is_an_alarm_until_it_ends_whatever_else_is_evaluated(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashes(batch: Any) -> Any:
        raise ZeroDivisionError("张三")

    contract, other = make_contract(check_ids=["staffing.headcount"]), make_contract(check_ids=())
    check = registry._checks["staffing.headcount"]
    with monkeypatch.context() as patch:
        patch.setitem(registry._checks, check.check_id, replace(check, function=crashes))
        tasks.evaluate_due_days()
    assert contract.evaluations.get().status == RunStatus.PARTIAL
    call_command("evaluate", contract=other.number, stdout=StringIO(), stderr=StringIO())
    code, body = health(client)
    assert code == 503 and [alarm["name"] for alarm in body["alarms"]] == ["evaluation_partial"]
    assert "staffing.headcount" in body["alarms"][0]["zh"] and "张三" not in str(body)
    tasks.evaluate_due_days()
    assert health(client)[0] == 200


def run(**fields: Any) -> EvaluationRun:
    given = {"as_of": clock.today(), "status": RunStatus.SUCCEEDED, "trigger": RunTrigger.SCHEDULE, **fields}
    return EvaluationRun.objects.create(started_at=clock.now(), finished_at=clock.now(), **given)


# --- Where it is told -----------------------------------------------------------------------------

PAGES = [
    reverse("admin:index"),
    reverse("admin:contract_alert_changelist"),
    reverse("admin:contract_contract_add"),
    reverse("admin:contract_known_then"),
    reverse("admin:app_list", args=["billing"]),
    reverse("admin:password_change"),
]


@pytest.mark.parametrize("page", PAGES)
def test_the_banner_stands_on_every_page_in_chinese_and_english(page: str, client: Client, now: Any) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    assert "data-alarm" not in client.get(page).content.decode()
    now.shift(timedelta(minutes=11))
    all_but("worker")
    shown = client.get(page).content.decode()
    assert shown.count('data-alarm="worker"') == 1 and shown.count("data-alarm") == 1
    assert "执行作业的进程" in shown and "The worker has been silent since 2025-03-10 12:00" in shown


def test_a_page_asks_no_query_of_its_own_for_the_banner_and_learns_of_an_end_half_a_minute_later(
    client: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    page = reverse("admin:app_list", args=["billing"])
    now.shift(timedelta(minutes=11))
    all_but("worker")
    assert 'data-alarm="worker"' in client.get(page).content.decode()
    heartbeats.leave("worker", clock.now())
    with django_assert_max_num_queries(3):  # none for the banner
        assert 'data-alarm="worker"' in client.get(page).content.decode()
    now.shift(timedelta(seconds=30))
    assert "data-alarm" not in client.get(page).content.decode()
    assert health(client)[0] == 200


def test_who_is_not_signed_in_is_told_nothing(client: Client, now: Any) -> None:
    now.shift(timedelta(minutes=11))
    assert "data-alarm" not in client.get(reverse("admin:login")).content.decode()


def test_a_silent_worker_does_not_take_the_pages_out_of_service(client: Client, now: Any) -> None:
    now.shift(timedelta(minutes=11))
    assert client.get("/health/serving").status_code == 200


def test_the_metrics_are_what_prometheus_reads(client: Client, now: Any) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    make_contract()
    now.shift(timedelta(minutes=11))
    all_but("outbox")
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    silence = {sample.labels["part"]: sample.value for sample in families["hotline_silence_seconds"].samples}
    assert silence["outbox"] == 660 and silence["beat"] == 0
    assert [sample.labels["name"] for sample in families["hotline_alarm"].samples] == ["outbox"]
    assert families["hotline_contracts_behind"].samples[0].value == 1
    assert families["hotline_disk_free_bytes"].samples[0].value > 0


def test_the_questions_cost_a_few_queries(django_assert_max_num_queries: Any) -> None:
    make_contract()
    with django_assert_max_num_queries(8):
        standing(timezone.now(), clock.today())


def test_what_the_evaluation_lacks_is_told_to_who_works_on_contracts_or_keeps_the_jobs(client: Client) -> None:
    EvaluationRun.objects.create(
        as_of=NOON.date(), trigger=RunTrigger.SCHEDULE, status=RunStatus.FAILED, started_at=NOON
    )
    told = {}
    for role in (STAFF, SYSTEM_ADMIN, AUDIT_ADMIN):
        client.force_login(person(make_contract(), role) if role == STAFF else administrator(role))
        told[role] = 'data-alarm="evaluation_failed"' in client.get(reverse("admin:index")).content.decode()
    assert told == {STAFF: True, SYSTEM_ADMIN: True, AUDIT_ADMIN: False}


def administrator(role: str) -> Any:
    make_roles([role])
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
