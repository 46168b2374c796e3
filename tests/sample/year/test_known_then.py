"""The sample year as known on its days: a replay finds what was recorded; the log is whole."""

from datetime import date
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from contract.choices import Outcome
from contract.history import seals, services
from contract.history.replay.comparison import Comparison, Line, compare
from contract.models import Contract
from tests.examples import LONG_WALKS

pytestmark = pytest.mark.django_db


@cache  # the year stays as it is
def compared(contract: Contract, as_of: date, known_on: date | None = None) -> Comparison:
    return compare(as_of=as_of, known_on=known_on or as_of, contract_id=contract.pk)


def line(found: Comparison, check_id: str, words: str) -> Line:
    (one,) = [x for x in found.lines if x.check_id == check_id and words in x.subject]
    return one


def test_the_log_of_the_untouched_year_agrees(year: Any) -> None:
    seals.seal()
    assert [str(problem) for problem in services.check(timezone.now())[1]] == []


NIGHTS = [date(2024, 11, 30), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30)]


@pytest.mark.parametrize("night", [*NIGHTS, *([date(2025, 2, 5), date(2025, 9, 24)] if LONG_WALKS else [])])
def test_a_replay_of_a_night_finds_what_that_night_recorded(contract: Contract, night: date) -> None:
    found = compared(contract, night)
    assert [(x.check_id, x.subject) for x in found.lines if x.rules_changed] == []
    assert found.same_rules and not found.changed_files and not found.errors
    assert len(found.lines) > 100


def test_on_the_last_day_then_is_now(contract: Contract) -> None:
    found = compared(contract, date(2025, 9, 30))
    assert not found.differing and not found.arrivals


def test_a_consent_that_came_a_day_late_was_not_known_then(contract: Contract) -> None:
    found = compared(contract, date(2025, 4, 1), date(2025, 3, 31))
    change = line(found, "staffing.unapproved_change", "HT007")
    assert change.then is None and change.now is not None
    assert change.now.outcome == Outcome.NOT_MET
    assert change.data_changed and not change.rules_changed
    letters = [str(arrival.changes) for arrival in found.arrivals]
    assert any("热线办函〔2025〕7号" in said for said in letters)


def test_the_invoice_that_was_returned_later_counted_then(contract: Contract) -> None:
    found = compared(contract, date(2025, 4, 30), date(2025, 4, 5))
    (invoice,) = [x for x in found.lines if x.check_id == "billing.invoice_first" and x.key.endswith("2025-01-01")]
    assert invoice.then is not None and invoice.now is not None
    assert (invoice.then.measured, invoice.now.measured) == ("2025-03-20", "2025-04-08")
    assert invoice.data_changed
    assert any("请重新开具" in str(arrival.changes) for arrival in found.arrivals)


def test_the_command_prints_then_and_now(contract: Contract, capsys: Any) -> None:
    call_command("evaluate", as_of="2025-04-01", known_on="2025-03-31")
    told = capsys.readouterr().out
    assert "当时数据回放" in told and "HT007" in told
    assert "规则与当时相同" in told
