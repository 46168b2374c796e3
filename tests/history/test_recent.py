"""A comparison goes on from the head of the last one: it sees what is new; `--full` sees everything."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from contract.choices import RunTrigger
from contract.history import services as history
from contract.history.dashboard import log_check
from contract.history.models import ChangeCheck, ChangeEntry
from contract.history.problems import Fault
from contract.models import Contract, Term
from contract.services import evaluate
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models import Attendance
from staffing.services import attendance
from tests.history.test_verify import AT, by_hand, contract  # noqa: F401

pytestmark = pytest.mark.django_db
NEW = [date(2025, 3, 5)]


def report(contract: Contract, status: str, days: list[date] = NEW) -> None:  # noqa: F811
    """Days of those who have not left."""
    people = contract.assignments.exclude(end_reason="resignation").values_list("operator_id", flat=True)
    rows = [attendance.AttendanceRow(who, day, AttendanceStatus(status)) for who in people for day in days]
    attendance.enter(
        contract=contract, rows=rows, actor=None, route=AttendanceRoute.API, at=AT, today=date(2025, 3, 15)
    )


def faults(**options: Any) -> list[tuple[Fault, str]]:
    found = history.check(timezone.now(), **options)[1]
    return [(problem.fault, problem.label) for problem in found]


@pytest.fixture
def verified(contract: Contract) -> Contract:  # noqa: F811
    """The contract with everything compared, and a day of attendance and an evaluation after that."""
    assert faults() == []
    report(contract, "rest")
    evaluate(as_of=date(2025, 3, 26), today=date(2025, 3, 26), at=AT, trigger=RunTrigger.COMMAND)
    return contract


def test_what_is_new_agrees_and_only_that_is_counted(verified: Contract) -> None:
    before = ChangeCheck.objects.get()
    result, problems = history.check(timezone.now(), full=False)
    assert problems == [] and not result.is_full
    assert result.entries == ChangeEntry.objects.count() - before.entries > 0
    assert result.head_sequence == ChangeEntry.objects.count() == result.heads["1"][0]
    # From there nothing is new.
    result, problems = history.check(timezone.now(), full=False)
    assert (problems, result.entries, result.head_sequence) == ([], 0, ChangeEntry.objects.count())


LAST_LINK = "SELECT MAX(sequence) FROM contract_changelink"


@pytest.mark.parametrize(
    ("sql", "fault", "label"),
    [
        ("UPDATE staffing_attendance SET status = 'absent' WHERE day = '2025-03-05'", "ROW_CHANGED", "Attendance"),
        ("UPDATE contract_evaluationrun SET error = 'x' WHERE as_of = '2025-03-26'", "ROW_CHANGED", "EvaluationRun"),
        ("DELETE FROM staffing_attendance WHERE day = '2025-03-05'", "ROW_GONE", "Attendance"),
        ("UPDATE contract_changeentry SET note = 'x' WHERE id = (SELECT MAX(id) FROM contract_changeentry)", "", ""),
        (f"UPDATE contract_changelink SET digest = 'x' WHERE sequence = ({LAST_LINK})", "", ""),
    ],
)
def test_new_rows_entries_and_links_that_were_changed_by_hand_are_named(
    verified: Contract, sql: str, fault: str, label: str
) -> None:
    history.seals.seal()
    by_hand(sql)
    found = faults(full=False)
    assert found and found == faults()
    if fault:
        assert {(one.name, name.partition(".")[2]) for one, name in found} == {(fault, label)}


def test_an_old_row_is_found_by_the_comparison_of_everything_only_and_then_not_forgotten(verified: Contract) -> None:
    by_hand("UPDATE staffing_attendance SET status = 'absent' WHERE day = '2025-03-03'")
    by_hand("UPDATE contract_term SET value = '2' WHERE key = 'headcount'")
    assert faults(full=False) == []
    found = faults()
    assert {label for _fault, label in found} == {"staffing.Attendance", "contract.Term"}
    # Until it is mended or taken over, every comparison is one of everything.
    assert faults(full=False) == found and ChangeCheck.objects.latest("pk").is_full
    history.adopt("looked at, and right")
    assert faults(full=False) == [] and ChangeCheck.objects.latest("pk").is_full
    assert faults(full=False) == [] and not ChangeCheck.objects.latest("pk").is_full


def test_an_old_row_that_is_written_again_is_compared_with_all_of_its_entries(verified: Contract) -> None:
    term = Term.objects.get(key="headcount")
    by_hand("UPDATE contract_term SET note = 'by hand' WHERE id = %s", term.pk)
    by_hand("UPDATE staffing_attendance SET status = 'absent' WHERE day = '2025-03-03'")
    term.value = "4"
    term.save(update_fields=["value"])
    assert faults(full=False) == [(Fault.ROW_CHANGED, "contract.Term")]


def test_a_day_reported_anew_stands_as_reported_last(verified: Contract) -> None:
    history.check(timezone.now(), full=False)
    report(verified, "sick")
    report(verified, "on_duty")
    assert faults(full=False) == []
    assert Attendance.objects.filter(day=NEW[0], status="on_duty").exists()


def test_a_chain_rewritten_before_its_verified_head_no_longer_leads_through_it(verified: Contract) -> None:
    by_hand(
        "UPDATE contract_changelink SET hash = %s WHERE sequence = %s",
        "0" * 64,
        ChangeCheck.objects.get().heads["1"][0],
    )
    assert (Fault.OTHER_CHAIN, "contract.ChangeLink") in faults(full=False)


def test_without_a_comparison_before_or_after_one_that_was_cut_off_everything_is_compared(contract: Contract) -> None:  # noqa: F811
    history.check(timezone.now(), full=False)
    assert ChangeCheck.objects.get().is_full
    ChangeCheck.objects.update(finished_at=None)
    history.check(timezone.now(), full=False)
    assert ChangeCheck.objects.latest("pk").is_full


def test_more_new_rows_need_no_more_queries(verified: Contract, django_assert_max_num_queries: Any) -> None:
    history.check(timezone.now(), full=False)
    report(verified, "sick")
    with django_assert_max_num_queries(60) as few:
        assert faults(full=False) == []
    report(verified, "on_duty", [date(2025, 3, day) for day in range(1, 15)])
    with django_assert_max_num_queries(len(few)):
        assert faults(full=False) == []


def test_the_command_says_what_it_compared_and_when_everything_was(verified: Contract) -> None:
    def said(*words: str) -> str:
        out = StringIO()
        call_command("verify_history", *words, stdout=out)
        return out.getvalue()

    day = timezone.localtime(ChangeCheck.objects.get().finished_at).strftime("%Y-%m-%d %H:%M")
    assert f"全部内容上次核验于 {day}" in said() and "--full" in said()
    assert "--full" not in said("--full")
    told = json.loads(said("--format", "json"))
    assert told["full"] is False and told["last_full"] == history.last_full().finished_at.isoformat()  # type: ignore[union-attr]


def test_only_a_comparison_of_everything_is_in_time_for_the_week(contract: Contract, settings: Any) -> None:  # noqa: F811
    now = timezone.now()
    limit = timedelta(days=settings.CHANGE_LOG_CHECK_STALE_AFTER_DAYS)
    history.check(now - limit)
    history.check(now, full=False)
    assert not log_check(now).is_stale and log_check(now + timedelta(seconds=1)).is_stale
    assert log_check(now).full == ChangeCheck.objects.order_by("pk").first()
