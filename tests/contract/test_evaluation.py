"""Running the checks and keeping what they found."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contract import registry, services
from contract.batch import Batch, RunResult
from contract.choices import AlertStatus, Outcome, RunStatus, RunTrigger, Side
from contract.findings import Finding, Message, Subject
from contract.models import Alert, AlertEvent, Assessment, CalendarDay, Contract, EvaluationRun
from contract.services import evaluation
from tests.factories import make_contract, set_term

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 3)
AT = datetime(2025, 3, 3, 16, 20, tzinfo=UTC)


class FakeCheck:
    """A check whose answer the test sets: outcome by subject number."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {1: Outcome.NOT_MET}
        self.measured = "44"
        self.late = 0
        self.crash = False

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        if self.crash:
            raise ZeroDivisionError("boom")
        for contract in batch.begun():
            for pk, outcome in self.outcomes.items():
                yield Finding(
                    check_id="test.fake",
                    contract_id=contract.pk,
                    outcome=outcome,
                    subject=Subject("test.Thing", pk, f"thing {pk}"),
                    message=Message("measured %(measured)s", measured=self.measured),
                    measured=self.measured,
                    required="45",
                    today={"days_late": self.late},
                    figures={"late_since": DAY},
                    note=Message("（%(days)d 日）", days=self.late),
                )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeCheck:
    monkeypatch.setattr(registry, "_checks", {})
    check = FakeCheck()
    registry.register("test.fake", owed_by=Side.VENDOR, title="fake")(check)
    return check


def evaluate(day: date = DAY, **kwargs: Any) -> services.Evaluation:
    return services.evaluate(as_of=day, today=day, at=AT, trigger=RunTrigger.COMMAND, **kwargs)


def test_the_first_evaluation_raises_an_alert_dated_to_its_day(fake: FakeCheck) -> None:
    make_contract()
    run = evaluate().run
    assert run is not None and run.status == RunStatus.SUCCEEDED
    assert run.counts == {"not_met": 1} and run.written == 1
    alert = Alert.objects.get()
    assert alert.status == AlertStatus.OPEN and alert.raised_on == DAY
    assert alert.assessment.explanation == "measured 44"
    assert AlertEvent.objects.get().as_of == DAY


def test_evaluating_twice_writes_nothing_the_second_time(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    before = Assessment.objects.count(), AlertEvent.objects.count()
    assert evaluate().run.written == 0  # type: ignore[union-attr]
    assert (Assessment.objects.count(), AlertEvent.objects.count()) == before


def test_a_night_on_which_only_the_day_changed_writes_nothing(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    fake.late = 1
    later = evaluate(DAY + timedelta(days=1))
    assert later.run is not None and later.run.written == 0
    assert later.findings[0].sentence == "measured 44（1 日）"
    assessment = Assessment.objects.get()
    assert (assessment.as_of, assessment.explanation) == (DAY, "measured 44")
    assert assessment.days_late(DAY + timedelta(days=9)) == 9
    fake.measured = "43"  # what is superseded stands still
    evaluate(DAY + timedelta(days=2))
    assessment.refresh_from_db()
    assert assessment.days_late(DAY + timedelta(days=9)) is None


def test_a_changed_figure_supersedes_and_the_old_assessment_stays(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    old = Assessment.objects.get()
    fake.measured = "43"
    evaluate()
    new = Assessment.objects.get(is_current=True)
    assert new.supersedes == old and new.measured == "43"
    assert Assessment.objects.get(pk=old.pk).measured == "44"
    assert Alert.objects.get().assessment == new


def test_an_alert_is_cured_when_the_duty_is_met_and_opens_again(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    fake.outcomes[1] = Outcome.MET
    evaluate()
    assert Alert.objects.get().status == AlertStatus.CURED
    fake.outcomes[1] = Outcome.NOT_MET
    evaluate()
    assert Alert.objects.get().status == AlertStatus.OPEN
    assert [event.to_status for event in AlertEvent.objects.all()] == ["open", "cured", "open"]


def test_a_finding_whose_facts_are_gone_is_withdrawn_once(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    fake.outcomes = {}
    evaluate()
    evaluate()
    assert Assessment.objects.count() == 2
    assert Assessment.objects.get(is_current=True).is_withdrawn
    assert Alert.objects.get().status == AlertStatus.CURED
    fake.outcomes = {1: Outcome.NOT_MET}
    evaluate()
    assert Assessment.objects.count() == 3
    assert Alert.objects.get().status == AlertStatus.OPEN


def test_a_crashed_check_is_undetermined_and_withdraws_nothing(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    fake.crash = True
    result = evaluate()
    assert result.run is not None and result.run.status == RunStatus.PARTIAL
    assert "ZeroDivisionError: boom" in result.run.error
    current = Assessment.objects.filter(is_current=True)
    assert sorted(row.outcome for row in current) == ["not_met", "undetermined"]
    fake.crash = False
    evaluate()
    crashed = Assessment.objects.get(is_current=True, subject_label="contract.Check")
    assert crashed.is_withdrawn


def test_an_earlier_day_can_only_be_looked_at(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    with pytest.raises(services.WrongDay, match=r"only be looked at|只能查看"):
        evaluate(DAY - timedelta(days=1))
    assert len(services.look(as_of=DAY - timedelta(days=1)).findings) == 1
    assert Assessment.objects.count() == 1


def test_what_is_written_while_the_checks_run_is_looked_at_again(
    fake: FakeCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, busy = make_contract(), make_contract()
    asked: list[list[int]] = []
    run = evaluation._run

    def slow(batch: Batch) -> RunResult:
        asked.append(batch.ids)
        result = run(batch)
        if len(asked) == 1:  # somebody reports after the facts were read
            fake.measured = "45"
            set_term(busy, "headcount", 44, DAY)
        return result

    monkeypatch.setattr(evaluation, "_run", slow)
    found = evaluate()
    assert asked == [[quiet.pk, busy.pk], [busy.pk]]
    measured = dict(Assessment.objects.filter(is_current=True).values_list("contract_id", "measured"))
    assert measured == {quiet.pk: "44", busy.pk: "45"}
    assert found.counts == {"not_met": 2} and found.run is not None and found.run.written == 2


def test_a_write_of_no_contract_makes_all_be_looked_at_again(fake: FakeCheck, monkeypatch: pytest.MonkeyPatch) -> None:
    contracts = [make_contract(), make_contract()]
    asked: list[list[int]] = []
    run = evaluation._run

    def slow(batch: Batch) -> RunResult:
        asked.append(batch.ids)
        result = run(batch)
        if len(asked) == 1:
            CalendarDay.objects.create(day=DAY, is_rest_day=True, name="x")
        return result

    monkeypatch.setattr(evaluation, "_run", slow)
    evaluate()
    assert asked == [[contract.pk for contract in contracts]] * 2


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_checks(fake: FakeCheck, monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract can be locked by who reports, as long as nothing is recorded of it yet."""
    contract = make_contract()
    locked: list[int] = []

    def report() -> None:
        with transaction.atomic():
            held = Contract.objects.select_for_update(nowait=connection.vendor == "postgresql").get(pk=contract.pk)
            locked.append(held.pk)
        connection.close()

    run = evaluation._run

    def slow(batch: Batch) -> RunResult:
        result = run(batch)
        other = threading.Thread(target=report)
        other.start()
        other.join()
        return result

    monkeypatch.setattr(evaluation, "_run", slow)
    evaluate()
    assert locked == [contract.pk] and Assessment.objects.count() == 1


def test_a_night_keeps_counts_and_not_the_findings_of_all_contracts(fake: FakeCheck) -> None:
    make_contract()
    make_contract()
    fake.outcomes = {1: Outcome.NOT_MET, 2: Outcome.MET}
    [night] = services.catch_up(until=DAY, today=DAY, now=lambda: AT, trigger=RunTrigger.SCHEDULE, keep=False)
    assert night.findings == [] and night.counts == {"not_met": 2, "met": 2}
    assert night.run is not None and night.run.counts == {"not_met": 2, "met": 2}
    assert Assessment.objects.count() == 4 and Alert.objects.count() == 2
    assert len(evaluate().findings) == 4


def test_a_contract_without_the_obligation_is_not_checked(fake: FakeCheck) -> None:
    make_contract(check_ids=[])
    assert evaluate().findings == []


def test_two_findings_with_one_key_are_believed_neither(fake: FakeCheck) -> None:
    make_contract()
    twice = FakeCheck()

    def doubled(batch: Batch) -> list[Finding]:
        return [*twice(batch), *twice(batch)]

    registry._checks["test.fake"] = registry.Check("test.fake", doubled, Side.VENDOR, "1", "x")
    assert "share a key" in evaluate().errors.popitem()[1]
    assert Assessment.objects.get().outcome == Outcome.UNDETERMINED
    assert EvaluationRun.objects.get().status == RunStatus.PARTIAL


def test_a_batch_that_crashes_is_run_again_contract_by_contract(fake: FakeCheck) -> None:
    good, bad = make_contract(), make_contract()

    def reads_all_of_them(batch: Batch) -> Iterator[Finding]:
        if bad.pk in batch.ids:
            raise ValueError("open pair of days")
        yield from fake(batch)

    registry._checks["test.fake"] = registry.Check("test.fake", reads_all_of_them, Side.VENDOR, "1", "x")
    result = evaluate()
    assert list(result.errors) == [(bad.pk, "test.fake")]
    assert result.run is not None and bad.number in result.run.error and good.number not in result.run.error
    outcomes = dict(Assessment.objects.values_list("contract_id", "outcome"))
    assert outcomes == {good.pk: "not_met", bad.pk: "undetermined"}
    assert "open pair of days" in Assessment.objects.get(contract=bad).explanation


def test_a_contract_that_cannot_even_be_read_does_not_stop_the_others(
    fake: FakeCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make_contract(), make_contract()
    read = evaluation.excuses.apply

    def refuses(findings: Any, *args: Any) -> Any:
        findings = list(findings)
        if any(finding.contract_id == bad.pk for finding in findings):
            raise ValueError("no such excuse")
        return read(findings, *args)

    monkeypatch.setattr(evaluation.excuses, "apply", refuses)
    result = evaluate()
    assert {key for key in result.errors} == {(bad.pk, "test.fake")}
    assert dict(Assessment.objects.values_list("contract_id", "outcome")) == {
        good.pk: "not_met",
        bad.pk: "undetermined",
    }


def test_a_database_that_is_away_is_no_finding(fake: FakeCheck) -> None:
    make_contract()

    def cut(batch: Batch) -> list[Finding]:
        raise OperationalError("server closed the connection")

    registry._checks["test.fake"] = registry.Check("test.fake", cut, Side.VENDOR, "1", "x")
    with pytest.raises(OperationalError):
        evaluate()
    assert not Assessment.objects.exists()
    assert EvaluationRun.objects.get().status == RunStatus.FAILED


def test_assessments_and_events_are_never_changed_or_deleted(fake: FakeCheck) -> None:
    make_contract()
    evaluate()
    row = Assessment.objects.get()
    row.measured = "45"
    with pytest.raises(TypeError, match="never changed"):
        row.save()
    with pytest.raises(TypeError, match="never deleted"):
        row.delete()
    with pytest.raises(TypeError, match="never deleted"):
        Alert.objects.all().delete()


def test_the_queries_of_an_evaluation_do_not_grow_with_contracts(fake: FakeCheck) -> None:
    counts = []
    for more in (1, 3):
        for _number in range(more):
            make_contract()
        with CaptureQueriesContext(connection) as queries:
            evaluate()
        counts.append(len(queries))
    # The second evaluation has an assessment to keep besides the new ones.
    assert counts[1] <= counts[0] <= 44
