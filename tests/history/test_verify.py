"""A change behind the program's back is named: row, field, what should stand there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from contract.acting import acting
from contract.choices import ChangeKind, Route, RunTrigger
from contract.history import content, log, seals, verification
from contract.history import services as history
from contract.history.models import AccessEntry, ChainHead, ChangeCheck, ChangeEntry, ChangeLink
from contract.history.problems import Fault, Problem
from contract.models import Alert, Assessment, Contract, Term
from contract.models.base import watched
from contract.services import evaluate
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models import Attendance, Gap, Operator
from staffing.services import assignments, attendance
from tests.factories import make_contract, make_team, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2025, 3, 5, 2, tzinfo=UTC)
DAYS = [date(2025, 3, n) for n in (3, 4)]


@pytest.fixture
def contract() -> Contract:
    """A contract with people, attendance, a gap, and two evaluations."""
    contract = make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"])
    team = make_team(contract, 3)
    report(contract, "on_duty")
    assignments.correct(team[0], ends_on=date(2025, 3, 4), end_reason="resignation")
    report(contract, "sick", DAYS[:1])
    for day in (date(2025, 3, 4), date(2025, 3, 25)):
        evaluate(as_of=day, today=day, at=AT, trigger=RunTrigger.COMMAND)
    return contract


def report(contract: Contract, status: str, days: list[date] = DAYS) -> None:
    rows = [
        attendance.AttendanceRow(operator_id=operator, day=day, status=AttendanceStatus(status))
        for operator in contract.assignments.values_list("operator_id", flat=True)
        for day in days
    ]
    attendance.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.API, at=AT, today=date(2025, 3, 5))


def problems() -> list[Problem]:
    return history.check(timezone.now())[1]


def only() -> Problem:
    found = problems()
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def by_hand(sql: str, *params: Any) -> None:
    """What somebody does who has the database, but not the program."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount > 0


@pytest.fixture
def unchecked() -> Iterator[None]:
    """Foreign keys do not hold somebody back who drops them first."""
    if connection.vendor == "sqlite":  # PostgreSQL looks at them at the commit as it is
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
    yield
    connection.set_rollback(True)


def test_what_the_program_writes_agrees(contract: Contract) -> None:
    assert [str(problem) for problem in problems()] == []
    assert ChangeLink.objects.count() == ChangeEntry.objects.count() > 30


def test_a_changed_row_is_named_with_field_and_value(contract: Contract) -> None:
    term = Term.objects.get(contract=contract, key="headcount")
    by_hand("UPDATE contract_term SET value = '2' WHERE id = %s", term.pk)
    problem = only()
    assert (problem.fault, problem.label, problem.pk) == (Fault.ROW_CHANGED, "contract.Term", term.pk)
    assert (problem.field, problem.expected, problem.found) == ("value", "3", "2")
    assert "应为“3”" in str(problem) and "contract.Term" in str(problem)


@pytest.mark.parametrize(
    ("table", "label", "column"),
    [
        ("contract_assessment", "contract.Assessment", "outcome"),
        ("contract_alert", "contract.Alert", "status"),
        ("contract_alertevent", "contract.AlertEvent", "to_status"),
        ("staffing_attendancechange", "staffing.AttendanceChange", "old"),
        ("staffing_attendancebatch", "staffing.AttendanceBatch", "route"),
        ("staffing_gap", "staffing.Gap", "cause"),
        ("contract_evaluationrun", "contract.EvaluationRun", "status"),
    ],
)
def test_rows_that_machines_write_are_watched_too(contract: Contract, table: str, label: str, column: str) -> None:
    by_hand(f"UPDATE {table} SET {column} = 'leave' WHERE id = (SELECT MAX(id) FROM {table})")
    problem = only()
    assert (problem.fault, problem.label, problem.field) == (Fault.ROW_CHANGED, label, column)


def test_a_changed_day_of_a_person_is_named(contract: Contract) -> None:
    row = Attendance.objects.order_by("pk").last()
    assert row is not None
    by_hand("UPDATE staffing_attendance SET status = 'absent' WHERE id = %s", row.pk)
    problem = only()
    assert problem.fault == Fault.ROW_CHANGED and problem.found == "absent"
    assert f"operator {row.operator_id}" in problem.about and str(row.day) in problem.about


def test_a_removed_and_an_added_day_are_named(contract: Contract) -> None:
    first = Attendance.objects.earliest("pk")
    by_hand("DELETE FROM staffing_attendance WHERE id = %s", first.pk)
    assert only().fault == Fault.ROW_GONE
    by_hand(
        "INSERT INTO staffing_attendance (contract_id, day, operator_id, status, batch_id) "
        "VALUES (%s, '2025-03-20', %s, 'on_duty', %s)",
        first.contract_id,
        first.operator_id,
        first.batch_id,
    )
    assert [problem.fault for problem in problems()] == [Fault.ROW_ADDED, Fault.ROW_GONE]


def test_a_removed_row_is_named(contract: Contract) -> None:
    gap = Gap.objects.latest("pk")
    by_hand("DELETE FROM staffing_gap WHERE id = %s", gap.pk)
    assert (only().fault, only().pk) == (Fault.ROW_GONE, gap.pk)


def test_an_added_row_is_named(contract: Contract) -> None:
    by_hand(
        "INSERT INTO contract_calendaryear (year, source, created_at, updated_at) VALUES (2030, 'x', %s, %s)", AT, AT
    )
    assert (only().fault, only().label) == (Fault.ROW_ADDED, "contract.CalendarYear")


def test_versions_of_a_record_are_watched(contract: Contract) -> None:
    contract.title = "x"
    contract.save()
    version = contract.history.first()
    by_hand("UPDATE contract_historicalcontract SET title = 'y' WHERE history_id = %s", version.history_id)
    assert (only().fault, only().field) == (Fault.VERSION_CHANGED, "title")
    by_hand("DELETE FROM contract_historicalcontract WHERE history_id = %s", version.history_id)
    assert (only().fault, only().pk) == (Fault.VERSION_GONE, contract.pk)


def test_who_and_when_in_a_version_are_watched(contract: Contract) -> None:
    user = make_user("x")
    by_hand("UPDATE contract_historicalterm SET history_user_id = %s", user.pk)
    assert {(p.fault, p.field) for p in problems()} == {(Fault.VERSION_CHANGED, "history_user_id")}


def test_an_encrypted_value_that_was_replaced_is_named_and_not_shown(contract: Contract) -> None:
    first, second = Operator.objects.order_by("pk")[:2]
    assert first.resident_id not in str(list(ChangeEntry.objects.values_list("changes", flat=True)))
    by_hand(
        "UPDATE staffing_operator SET resident_id = "
        "(SELECT resident_id FROM staffing_operator WHERE id = %s) WHERE id = %s",
        second.pk,
        first.pk,
    )
    problem = only()
    assert (problem.pk, problem.field) == (first.pk, "resident_id")
    by_hand("UPDATE staffing_operator SET resident_id = 'rubbish' WHERE id = %s", first.pk)
    assert only().found == "unreadable"


# --- The log itself ---------------------------------------------------------------------------


def test_an_edited_entry_is_named(contract: Contract) -> None:
    seals.seal()
    entry = ChangeEntry.objects.filter(label="contract.EvaluationRun").latest("pk")
    by_hand("UPDATE contract_changeentry SET route = 'screen' WHERE id = %s", entry.pk)
    assert (only().fault, only().pk) == (Fault.ENTRY_CHANGED, entry.pk)


def test_row_and_entry_changed_together_are_named_by_the_chain(contract: Contract) -> None:
    term = Term.objects.get(contract=contract, key="headcount")
    seals.seal()
    entry = ChangeEntry.objects.get(label="contract.Term", row_pk=term.pk)
    by_hand("UPDATE contract_term SET value = '2' WHERE id = %s", term.pk)
    by_hand("UPDATE contract_historicalterm SET value = '2' WHERE id = %s", term.pk)
    changed = {**entry.changes, "value": "2"}
    QuerySet.update(ChangeEntry.objects.filter(pk=entry.pk), changes=changed)
    assert (only().fault, only().pk) == (Fault.ENTRY_CHANGED, entry.pk)


@pytest.mark.usefixtures("unchecked")
def test_a_removed_entry_is_named(contract: Contract) -> None:
    seals.seal()
    entry = ChangeEntry.objects.filter(label="contract.Assessment").earliest("pk")
    by_hand("DELETE FROM contract_changeentry WHERE id = %s", entry.pk)
    faults = {problem.fault for problem in problems()}
    assert Fault.ENTRY_GONE in faults


@pytest.mark.usefixtures("unchecked")
def test_a_removed_link_is_named(contract: Contract) -> None:
    seals.seal()
    by_hand("DELETE FROM contract_changelink WHERE sequence = 7")
    found = problems()
    assert (found[0].fault, found[0].pk) == (Fault.LINKS_GONE, 7)


def test_an_end_cut_off_is_named_by_the_head(contract: Contract) -> None:
    seals.seal()
    by_hand("UPDATE contract_chainhead SET sequence = sequence + 1")
    assert only().fault == Fault.HEAD_CHANGED


def test_a_chain_forged_as_a_whole_is_named_by_the_head_kept_outside(contract: Contract) -> None:
    kept = head()
    assert call_command("verify_history", since=kept, stdout=StringIO()) is None
    by_hand("UPDATE contract_term SET value = '2' WHERE key = 'headcount'")
    by_hand("UPDATE contract_historicalterm SET value = '2' WHERE key = 'headcount'")
    forged = ChangeEntry.objects.get(label="contract.Term", changes__key="headcount")
    by_hand("DELETE FROM contract_changelink")
    by_hand("UPDATE contract_chainhead SET sequence = 0, hash = %s", "0" * 64)
    forged.changes["value"] = "2"
    forged._state.adding = True
    by_hand("DELETE FROM contract_changeentry WHERE id = %s", forged.pk)
    forged.save(force_insert=True)
    assert problems() == []
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_history", since=kept, stdout=out)
    assert "保存在外" in out.getvalue()


def head() -> str:
    out = StringIO()
    call_command("verify_history", head=True, stdout=out)
    return out.getvalue().strip()


def test_an_entry_that_nobody_sealed_is_named_after_its_time(contract: Contract) -> None:
    now = timezone.now()
    assert not list(verification.chain(now, verification.Checked()))
    late = list(verification.chain(now + 2 * seals.SEALED_WITHIN, verification.Checked()))
    assert {problem.fault for problem in late} == {Fault.UNSEALED}


# --- Taking over ------------------------------------------------------------------------------


def test_rows_from_before_the_log_are_taken_over_with_a_reason(contract: Contract) -> None:
    seals.seal()
    for table in ("contract_changelink", "contract_changeentry", "contract_chainhead"):
        by_hand(f"DELETE FROM {table}")
    assert {problem.fault for problem in problems()} >= {Fault.ROW_ADDED, Fault.VERSION_ADDED}
    call_command("verify_history", adopt="首次启用", stdout=StringIO(), stderr=StringIO())
    assert problems() == []
    assert {e.note for e in ChangeEntry.objects.filter(kind=ChangeKind.ADOPTED)} == {"首次启用"}
    by_hand("UPDATE contract_historicalterm SET value = '9' WHERE key = 'headcount'")
    assert only().fault == Fault.VERSION_CHANGED


def test_taking_over_asks_for_a_reason() -> None:
    with pytest.raises(CommandError, match="--adopt"):
        call_command("verify_history", adopt=" ", stdout=StringIO())


@pytest.mark.parametrize("rubbish", ["", "5", "x:y", "5:" + "0" * 63])
def test_a_head_that_is_none_is_refused(rubbish: str) -> None:
    with pytest.raises(CommandError, match="--since"):
        call_command("verify_history", since=rubbish, stdout=StringIO())


# --- Who, when, by which way ------------------------------------------------------------------


def test_an_entry_says_who_when_and_by_which_way(contract: Contract) -> None:
    user = make_user("someone")
    with acting(route=Route.FILE, actor=user, at=AT):
        contract.title = "新名称"
        contract.save()
    entry = ChangeEntry.objects.latest("pk")
    assert (entry.route, entry.actor, entry.at) == (Route.FILE, user, AT)
    assert entry.written_at > AT
    assert entry.changes["title"][1] == "新名称" and entry.contract_pk == contract.pk
    version = contract.history.latest("history_id")
    assert (version.history_user, version.history_date) == (user, AT)
    assert problems() == []


def test_a_set_of_attendance_leaves_one_entry() -> None:
    contract = make_contract(terms={"headcount": 3})
    make_team(contract, 3)
    report(contract, "on_duty")
    entries = ChangeEntry.objects.filter(label="staffing.Attendance")
    assert [entry.kind for entry in entries] == [ChangeKind.SET]


def test_the_comparison_needs_a_number_of_queries_that_does_not_grow(
    contract: Contract, django_assert_max_num_queries: Any
) -> None:
    seals.seal()
    # Of each table its entries, its rows and their versions; then the seals.
    with django_assert_max_num_queries(3 * len(watched()) + 20) as few:
        list(verification.verify(timezone.now()))
    report(contract, "rest")
    make_team(contract, 5)
    seals.seal()
    with django_assert_max_num_queries(len(few)):
        list(verification.verify(timezone.now()))


def test_the_result_is_kept(contract: Contract) -> None:
    by_hand("UPDATE contract_alert SET status = 'cured'")
    problems()
    result = ChangeCheck.objects.latest("pk")
    assert result.problems == Alert.objects.count() == 1
    assert result.found[0]["label"] == "contract.Alert"
    assert result.head_hash == ChainHead.objects.get(pk=1).hash
    assert Assessment.objects.exists()


# --- A column more in the log ---------------------------------------------------------------------


def test_the_newest_digest_speaks_of_every_column_of_the_log() -> None:
    """Whoever adds a column adds a version to DIGESTED, and changes none that is there."""
    assert set(content.DIGESTED[content.DIGEST_VERSION]) == {field.attname for field in ChangeEntry._meta.fields}
    newest = content.ACCESS_DIGESTED[max(content.ACCESS_DIGESTED)]
    assert set(newest) == {field.attname for field in AccessEntry._meta.fields}


def test_entries_sealed_before_a_column_came_still_agree(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log as it was one column ago, sealed; then the column comes."""
    older = tuple(name for name in content.DIGESTED[1] if name != "party_pk")
    newest = {1: older, 2: content.DIGESTED[1]}
    monkeypatch.setattr(content, "DIGESTED", newest)
    monkeypatch.setattr(seals, "DIGEST_VERSION", 1)
    ChangeLink.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    ChainHead.objects.filter(pk=1).update(sequence=0, hash="0" * 64)
    seals.seal()
    monkeypatch.setattr(seals, "DIGEST_VERSION", 2)
    report(contract, "sick", DAYS[1:])
    assert problems() == []
    assert set(ChangeLink.objects.values_list("version", flat=True)) == {1, 2}
    newest_entry = ChangeEntry.objects.latest("pk").pk
    by_hand("UPDATE contract_changeentry SET party_pk = 999 WHERE id = %s", newest_entry)
    assert only().fault == Fault.ENTRY_CHANGED


def test_a_digest_of_a_version_that_never_was_is_named(contract: Contract) -> None:
    seals.seal()
    by_hand("UPDATE contract_changelink SET version = 9 WHERE sequence = 1")
    assert only().fault == Fault.ENTRY_CHANGED


@pytest.mark.parametrize(
    ("table", "children"),
    [
        ("staffing_attendance", ()),
        ("staffing_gap", ()),
        ("contract_alertevent", ()),
        ("contract_term", ("contract_historicalterm",)),
    ],
)
def test_rows_that_were_deleted_by_hand_are_taken_over_as_gone(
    contract: Contract, unchecked: None, table: str, children: tuple[str, ...]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {table}")
        pk = cursor.fetchone()[0]
    by_hand(f"DELETE FROM {table} WHERE id = %s", pk)
    for child in children:  # with what the history said of it
        by_hand(f"DELETE FROM {child} WHERE id = %s", pk)
    assert problems()
    assert history.adopt("removed by hand, seen by the auditor") >= 1
    assert [str(problem) for problem in problems()] == []
    entry = ChangeEntry.objects.filter(note__startswith="removed by hand").latest("pk")
    assert entry.contract_pk == contract.pk


# --- Sets are compared contract by contract ------------------------------------------------------------


@pytest.fixture
def other(contract: Contract) -> Contract:
    """A second contract with attendance of its own."""
    other = make_contract(terms={"headcount": 3}, check_ids=[])
    make_team(other, 2)
    report(other, "on_duty")
    return other


def test_a_day_that_was_moved_to_another_contract_is_missed_here_and_named_there(
    contract: Contract, other: Contract
) -> None:
    row = Attendance.objects.filter(contract=other).latest("pk")
    by_hand("UPDATE staffing_attendance SET contract_id = %s WHERE id = %s", contract.pk, row.pk)
    found = {(problem.fault, problem.pk) for problem in problems()}
    assert found == {(Fault.ROW_ADDED, row.pk), (Fault.ROW_GONE, 0)}


def test_an_entry_about_several_contracts_is_read_for_each_of_them(contract: Contract, other: Contract) -> None:
    """As an adoption once wrote them: what came later in one contract stands, what it says of the other too."""
    by_hand("UPDATE staffing_attendance SET status = 'absent'")
    log.keep([log.set_entry(Attendance, Attendance.objects.order_by("contract", "pk"), note="as found")])
    seals.seal()
    assert verification.spread("staffing.Attendance", Attendance) != []
    assert problems() == []
    report(other, "on_duty")
    assert problems() == []
    by_hand("UPDATE staffing_attendance SET status = 'sick' WHERE contract_id = %s", other.pk)
    assert {problem.about.split()[1] for problem in problems()} == {str(other.pk)}


def test_rows_of_two_contracts_are_taken_over_by_an_entry_each(contract: Contract, other: Contract) -> None:
    by_hand("UPDATE staffing_attendance SET status = 'absent'")
    assert history.adopt("changed by a migration") == 2
    entries = ChangeEntry.objects.filter(label="staffing.Attendance", note="changed by a migration")
    assert sorted(entries.values_list("contract_pk", flat=True)) == [contract.pk, other.pk]
    assert verification.spread("staffing.Attendance", Attendance) == [] and problems() == []


def test_no_more_rows_are_held_than_those_of_one_contract(
    contract: Contract, other: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    expected = verification.expected_rows

    def held(*args: Any) -> Any:
        found = expected(*args)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(verification, "expected_rows", held)
    assert problems() == []
    assert sorted(size for size in sizes if size) == [4, 6]


@pytest.mark.parametrize("model", [model for model in watched().values() if content.set_key(model)])
def test_what_is_written_in_sets_is_known_by_its_contract_first(model: Any) -> None:
    assert content.set_key(model)[0] == verification.OWNER
