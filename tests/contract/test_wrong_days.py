"""A wrong day is never recorded, no day is skipped, and what was recorded too early is taken back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from contract import registry, services, tasks
from contract.batch import Batch
from contract.choices import AlertStatus, Outcome, RunStatus, RunTrigger, Side
from contract.findings import Finding, Message, Subject
from contract.history import seals, verification
from contract.models import Alert, Assessment, Contract, EvaluationRun, RulesVersion
from contract.rules.nights import days_due
from contract.selectors.evaluation import lagging
from kit import clock
from tests.factories import make_contract, make_party

pytestmark = pytest.mark.django_db

START, LAST = date(2025, 3, 3), date(2025, 3, 24)


class Deadlines:
    """A check of one duty for each day from 4 March on: missed on its day, made good ten days later."""

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        for contract in batch.begun():
            for number in range(1, (batch.as_of - START).days + 1):
                due = START + timedelta(days=number)
                late = (batch.as_of - due).days < 10
                yield Finding(
                    check_id="test.deadline",
                    contract_id=contract.pk,
                    outcome=Outcome.NOT_MET if late else Outcome.MET,
                    subject=Subject("test.Duty", number, f"duty {number}"),
                    message=Message("due on %(day)s", day=due),
                    nominal_due_on=due,
                    legal_due_on=due,
                )


@pytest.fixture(autouse=True)
def deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_checks", {})
    registry.register("test.deadline", owed_by=Side.VENDOR, title="deadline")(Deadlines())


def at_night(day: date) -> Any:
    """Half past midnight of a Beijing day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) - timedelta(hours=8))


def night(day: date, *contracts: Contract) -> None:
    """What a night on which nothing is wrong does for these contracts (all of them by default)."""
    with at_night(day):
        services.evaluate(
            as_of=day,
            today=day,
            at=clock.now(),
            trigger=RunTrigger.SCHEDULE,
            contract_ids=[contract.pk for contract in contracts] or None,
        )


def evaluate(*args: str) -> str:
    out = StringIO()
    call_command("evaluate", *args, stdout=out, stderr=out)
    return out.getvalue()


def state(contract: Contract) -> Any:
    """What stands of a contract: its alerts with their dates, and its current findings."""
    alerts = Alert.objects.filter(contract=contract).exclude(status=AlertStatus.WITHDRAWN)
    findings = Assessment.objects.filter(contract=contract, is_current=True, is_withdrawn=False)
    return (
        set(alerts.values_list("key", "status", "outcome", "raised_on")),
        set(findings.values_list("key", "outcome", "message_params__day")),
    )


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def undisturbed() -> Any:
    """What stands of a contract on which every night came."""
    contract = make_contract(number="STEADY")
    for day in days(START, LAST):
        night(day, contract)
    return state(contract)


@pytest.fixture
def author() -> User:
    return User.objects.create_superuser("admin", password="x")


def disagreeing() -> list[Any]:
    """What does not agree with the change log."""
    seals.seal()
    return list(verification.verify(clock.now()))


# --- A day to come ------------------------------------------------------------------------------


def test_a_day_to_come_is_refused_by_the_service_and_nothing_is_written() -> None:
    make_contract()
    with pytest.raises(services.WrongDay):
        services.evaluate(as_of=date(2025, 3, 4), today=START, at=clock.now(), trigger=RunTrigger.COMMAND)
    assert not EvaluationRun.objects.exists() and not Assessment.objects.exists()


@pytest.mark.parametrize("day", ["2025-03-04", "2025-12-31", "9999-12-31"])
def test_the_command_ends_with_code_2_and_a_sentence_for_a_day_to_come(settings: Any, day: str) -> None:
    settings.DEMONSTRATION_DAY = START.isoformat()
    make_contract()
    with pytest.raises(CommandError, match=day) as refused:
        evaluate("--as-of", day)
    assert refused.value.returncode == 2
    assert not EvaluationRun.objects.exists()
    evaluate("--as-of", START.isoformat())
    assert EvaluationRun.objects.get().as_of == START


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_today_is_the_day_of_beijing_whatever_the_zone_of_the_host(zone: str, monkeypatch: Any) -> None:
    make_contract()
    monkeypatch.setenv("TZ", zone)
    with time_machine.travel(datetime(2025, 3, 3, 15, 59, tzinfo=UTC)), pytest.raises(CommandError):
        evaluate("--as-of", "2025-03-04")
    with time_machine.travel(datetime(2025, 3, 3, 16, 0, tzinfo=UTC)):
        assert tasks.evaluate_due_days() == ["2025-03-04"]


# --- Missed days --------------------------------------------------------------------------------


def test_each_day_is_due_once_for_every_contract_that_missed_it() -> None:
    found = list(days_due(date(2025, 3, 5), {1: date(2025, 3, 3), 2: date(2025, 3, 5), 3: None, 4: date(2025, 3, 6)}))
    assert found == [(date(2025, 3, 4), [1]), (date(2025, 3, 5), [1, 2, 3])]


@pytest.mark.parametrize(
    "evaluates", [evaluate, tasks.evaluate_due_days, tasks.watch_for_stale_run], ids=["command", "job", "watch"]
)
def test_a_week_missed_comes_to_the_same_as_a_week_of_nights(evaluates: Any) -> None:
    away = make_contract(number="AWAY")
    for day in days(START, LAST - timedelta(days=7)):
        night(day, away)
    with at_night(LAST):
        evaluates()
    assert state(away) == undisturbed()
    assert len(state(away)[0]) == (LAST - START).days


def test_one_contract_evaluated_alone_makes_no_other_look_fresh() -> None:
    alone, other = make_contract(number="ALONE"), make_contract(number="OTHER")
    night(START)
    with at_night(LAST):
        evaluate("--contract", "ALONE")
        assert list(lagging(LAST)) == [other]
        evaluate()
        assert not lagging(LAST)
    assert state(alone) == state(other) == undisturbed()


# --- The way back -------------------------------------------------------------------------------


def withdraw(author: User) -> str:
    out = StringIO()
    call_command("withdraw_evaluation", by=author.username, reason="时钟走快", stdout=out, stderr=out)
    return out.getvalue()


def test_a_clock_that_ran_ahead_for_a_night_is_taken_back(author: User) -> None:
    hasty = make_contract(number="HASTY")
    for day in days(START, date(2025, 3, 10)):
        night(day)
    with at_night(date(2025, 5, 10)):
        tasks.evaluate_due_days()
    with at_night(date(2025, 3, 12)):
        rows = Assessment.objects.count()
        with pytest.raises(CommandError, match="2025-05-10") as refused:
            evaluate()
        assert refused.value.returncode == 2
        tasks.evaluate_due_days()
        assert Assessment.objects.count() == rows  # no night makes it worse
        withdraw(author)
        run = EvaluationRun.objects.filter(status=RunStatus.WITHDRAWN).latest("as_of")
        assert (run.as_of, run.withdrawn_by, run.withdrawal_reason) == (date(2025, 5, 10), author, "时钟走快")
        assert not Alert.objects.filter(raised_on__gt=clock.today()).exclude(status=AlertStatus.WITHDRAWN)
    for day in days(date(2025, 3, 13), LAST):
        with at_night(day):
            tasks.evaluate_due_days()
    assert state(hasty) == undisturbed()
    assert disagreeing() == []


def test_a_wrong_day_that_an_older_version_recorded_is_taken_back_with_the_days_it_hid(author: User) -> None:
    contract = make_contract(number="HASTY")
    for day in days(START, date(2025, 3, 10)):
        night(day)
    for _ in range(3):  # and night after night again
        night(date(2025, 12, 31))
    assert Alert.objects.filter(raised_on=date(2025, 12, 31)).exists()
    with at_night(LAST):
        withdraw(author)
    assert state(contract) == undisturbed()
    assert disagreeing() == []


def test_who_was_heard_before_is_heard_still(author: User) -> None:
    make_contract()
    night(date(2025, 3, 4))
    told = {"notified_on": date(2025, 3, 4), "answer_due_on": date(2025, 3, 6)}
    Alert.objects.filter().update(status=AlertStatus.NOTIFIED, **told)
    night(date(2025, 3, 8))  # silent
    night(date(2025, 4, 30))  # cured
    alert = Alert.objects.get(key__contains="1", raised_on=date(2025, 3, 4))
    assert (alert.status, alert.heard_on) == (AlertStatus.CURED, date(2025, 3, 8))
    with at_night(date(2025, 3, 5)):
        withdraw(author)
        alert.refresh_from_db()
        assert (alert.status, alert.heard_on, alert.outcome) == (AlertStatus.NOTIFIED, None, Outcome.NOT_MET)
        assert (alert.notified_on, alert.answer_due_on, alert.round) == (*told.values(), 1)


def test_nothing_is_taken_back_without_need_reason_or_author(author: User) -> None:
    make_contract()
    night(START)
    with at_night(START), pytest.raises(CommandError, match="2025-03-03"):
        withdraw(author)
    night(date(2025, 4, 1))
    with at_night(START):
        with pytest.raises(CommandError, match="nobody"):
            call_command("withdraw_evaluation", by="nobody", reason="x")
        with pytest.raises(CommandError):
            call_command("withdraw_evaluation", by=author.username, reason=" ")
        stranger = User.objects.create_user("stranger")
        with pytest.raises(CommandError):
            call_command("withdraw_evaluation", by=stranger.username, reason="x")
    assert not EvaluationRun.objects.filter(status=RunStatus.WITHDRAWN).exists()


def test_a_proposal_is_decided_before_its_alert_is_taken_back(author: User) -> None:
    make_contract()
    night(START)
    night(date(2025, 3, 8))
    Alert.objects.filter().update(status=AlertStatus.PROPOSED)
    with at_night(START), pytest.raises(CommandError, match=str(Alert.objects.first().pk)):  # type: ignore[union-attr]
        withdraw(author)
    assert not EvaluationRun.objects.filter(status=RunStatus.WITHDRAWN).exists()


# --- One commit ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_row_and_its_entry_in_the_log_are_one_commit(author: User) -> None:
    """As if the process were killed between the two, for every way a row can be written alone."""
    party = make_party()

    def cut(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "contract_changeentry" in sql:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    def run() -> None:
        EvaluationRun.objects.create(as_of=START, trigger=RunTrigger.COMMAND, started_at=clock.now())

    def version() -> None:
        RulesVersion(code="1", first_used_at=clock.now()).save()

    def record() -> None:
        party.name = "另一单位"
        party.save()

    for write in (run, version, record, make_party, make_party().delete):
        with connection.execute_wrapper(cut), pytest.raises(KeyboardInterrupt):
            write()
        assert disagreeing() == [], write
