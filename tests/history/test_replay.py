"""A replay: what was known then, in a database of its own; the real one is not touched."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contract.acting import acting
from contract.choices import Outcome, RunTrigger
from contract.history.models import ChangeEntry
from contract.history.replay import comparison, scratch
from contract.history.replay.evaluation import replay
from contract.history.replay.scratch import in_scratch
from contract.history.replay.state import end_of, rows_known
from contract.models import Contract, RulesVersion, Term
from contract.services import evaluate, look
from kit.errors import Conflict
from staffing.models import Assignment, Operator
from staffing.services import assignments
from tests.factories import make_contract, make_team

pytestmark = pytest.mark.django_db
START = datetime(2025, 1, 1, 2, tzinfo=UTC)
KNOWN = date(2025, 3, 10)
LATER = datetime(2025, 3, 20, 2, tzinfo=UTC)
AS_OF = date(2025, 3, 10)


@pytest.fixture
def contract() -> Contract:
    """Three people are owed; that one has left is told ten days later."""
    with acting(at=START):
        contract = make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"])
        team = make_team(contract, 3)
    evaluate(as_of=AS_OF, today=AS_OF, at=datetime(2025, 3, 10, 15, tzinfo=UTC), trigger=RunTrigger.COMMAND)
    with acting(at=LATER):
        assignments.correct(team[0], ends_on=date(2025, 2, 1), end_reason="resignation")
    return contract


def compared(contract: Contract) -> comparison.Comparison:
    return comparison.compare(as_of=AS_OF, known_on=KNOWN, contract_id=contract.pk)


def test_what_came_later_is_not_known(contract: Contract) -> None:
    found = compared(contract)
    (line,) = [x for x in found.differing if x.key.endswith(":")]
    assert line.recorded and line.then and line.now
    assert (line.recorded.outcome, line.then.outcome) == (Outcome.MET, Outcome.MET)
    assert line.now.outcome != Outcome.MET and line.now.measured == "2"
    assert line.data_changed and not line.rules_changed
    assert found.same_rules


def test_what_came_later_is_named(contract: Contract) -> None:
    (arrival,) = compared(contract).arrivals
    assert arrival.entry.label == "staffing.Assignment"
    assert ("截止日", "", "2025-02-01") in arrival.changes


@pytest.mark.parametrize("later", [timedelta(seconds=-1), timedelta(0)])
def test_a_day_ends_at_midnight_in_beijing(contract: Contract, later: timedelta) -> None:
    midnight = datetime(2025, 3, 10, 16, tzinfo=UTC)
    assert end_of(KNOWN) == midnight
    with acting(at=midnight + later):
        Term.objects.create(contract=contract, key="annual_fee", effective_from=KNOWN, value="1.00")
    known = rows_known([contract.pk], end_of(KNOWN))[Term]
    assert (KNOWN in {row.effective_from for row in known}) == (later < timedelta(0))


def test_other_rules_are_told_apart_from_other_data(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "rules_version", lambda: "9.9.9+other")
    monkeypatch.setattr(comparison, "sources", lambda: {**RulesVersion.objects.get().files, "x/rules.py": "new"})
    found = compared(contract)
    assert found.same_rules is False
    assert found.changed_files == ["x/rules.py"]


def test_without_a_record_of_then_it_says_so(contract: Contract) -> None:
    found = comparison.compare(as_of=date(2025, 2, 1), known_on=date(2025, 2, 1), contract_id=contract.pk)
    assert found.rules_then is None and found.same_rules is None
    assert all(line.recorded is None for line in found.lines)


def test_encrypted_values_are_known_too(contract: Contract) -> None:
    rows = rows_known([contract.pk], end_of(KNOWN))[Operator]
    assert {row.resident_id for row in rows} == {o.resident_id for o in Operator.objects.all()}


def test_nothing_is_written_to_the_real_database(contract: Contract) -> None:
    before = ChangeEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        replay(as_of=AS_OF, known_on=KNOWN, contract_ids=[contract.pk])
    assert {query["sql"].split()[0] for query in queries} <= {"SELECT", "DECLARE"}
    assert ChangeEntry.objects.count() == before
    assert Assignment.objects.filter(ends_on=date(2025, 2, 1)).count() == 1


def test_writes_in_the_scratch_stay_there(contract: Contract) -> None:
    def spoil() -> int:
        with transaction.atomic():
            Term.objects.all().delete()
        return Contract.objects.count()

    rows = rows_known([contract.pk], timezone.now())
    assert in_scratch(rows, spoil) == 1
    assert Term.objects.filter(contract=contract).exists()


def test_an_error_in_the_scratch_is_raised_here(contract: Contract) -> None:
    with pytest.raises(ZeroDivisionError):
        in_scratch({}, lambda: 1 // 0)
    assert Contract.objects.exists()


def test_too_many_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "WAIT_SECONDS", 0)
    assert scratch._places.acquire() and scratch._places.acquire()
    try:
        with pytest.raises(Conflict, match="回放"):
            in_scratch({}, lambda: None)
    finally:
        scratch._places.release()
        scratch._places.release()


def test_the_queries_do_not_grow_with_the_rows(contract: Contract) -> None:
    counts = []
    for more in (0, 5):
        with acting(at=START):
            make_team(contract, more)
        with CaptureQueriesContext(connection) as queries:
            rows_known([contract.pk], timezone.now())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_today_a_replay_is_a_look(contract: Contract) -> None:
    today = timezone.now().date() + timedelta(days=1)
    then = replay(as_of=AS_OF, known_on=today, contract_ids=[contract.pk])
    now = look(as_of=AS_OF, contract_ids=[contract.pk])
    assert [f.fingerprint for f in then.findings] == [f.fingerprint for f in now.findings] != []


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="--known-on"):
        call_command("evaluate", known_on="gestern", stdout=StringIO())


def test_the_comparison_as_data(contract: Contract, capsys: Any) -> None:
    call_command("evaluate", as_of="2025-03-10", known_on="2025-03-10", format="json")
    told = json.loads(capsys.readouterr().out)[contract.number]
    assert told["arrivals"][0]["label"] == "staffing.Assignment"
    assert any(f["data_changed"] for f in told["findings"])
