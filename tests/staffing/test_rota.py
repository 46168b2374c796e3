"""The rota is taken in by sets, and the daily duty follows in the same transaction."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contract import records, registry
from contract import selectors as core
from contract.choices import Outcome
from contract.findings import Finding
from contract.history.verification import verify
from contract.models import Contract
from contract.services.dates import dates_changed
from staffing.models import Assignment, DutyDay, LabourMatter, Leave, PayProof, Shift, ShiftBatch
from staffing.rules.spans import Span, parse
from staffing.services import assignments, leaves, rota
from staffing.services.duty import differing_duty, refresh_duty
from tests.factories import make_assignment, make_contract, make_operator, make_team
from tests.staffing.helpers import NOON, report, span

pytestmark = pytest.mark.django_db

DAY = date(2024, 11, 12)
ONE = timedelta(days=1)
CHECKS = [
    "staffing.coverage",
    "staffing.working_hours",
    "staffing.overtime_pay",
    "staffing.wages_paid",
    "staffing.labour_dispute",
]


def send(contract: Contract, *rows: tuple[Assignment, date, Iterable[str]], actor: Any = None) -> rota.RotaResult:
    return rota.enter(
        contract=contract,
        rows=[rota.RotaRow(who.operator_id, day, tuple(parse(text) for text in texts)) for who, day, texts in rows],
        actor=actor,
        route="api",
        at=NOON,
    )


def refused(contract: Contract, *rows: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(rota.RotaErrors) as caught:
        send(contract, *rows)
    assert not ShiftBatch.objects.exists() and not DutyDay.objects.exists()
    return [(error.index, error.field, error.code) for error in caught.value.errors]


def find(check_id: str, contract: Contract, as_of: date) -> list[Finding]:
    return list(registry.get(check_id).function(core.batch([contract.pk], as_of)))


@pytest.fixture
def contract() -> Contract:
    return make_contract(check_ids=CHECKS)


@pytest.fixture
def one(contract: Contract) -> Assignment:
    return make_assignment(contract)


# --- Writing ----------------------------------------------------------------------------------


def test_a_set_writes_shifts_and_the_days_that_follow_from_them(contract, one) -> None:
    result = send(contract, (one, DAY, ["20:00-08:00"]), (one, DAY + 2 * ONE, []))
    assert (result.created, result.replaced, result.unchanged) == (1, 0, 0)
    shift = Shift.objects.get()
    assert (shift.day, shift.hours, shift.batch) == (DAY, "20:00-08:00", result.batch)
    first, second = DutyDay.objects.order_by("day")
    assert (first.day, first.planned, first.steps) == (DAY, 1, [[0, 0, 0], [1200, 0, 1]])
    assert (second.day, second.planned, second.steps) == (DAY + ONE, 1, [[0, 0, 1], [480, 0, 0]])
    assert first.worked == {str(one.operator_id): 720} and second.worked == {}


def test_the_same_set_again_writes_nothing(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    again = send(contract, (one, DAY, ["20:00-08:00"]))
    assert (again.created, again.unchanged, again.batch) == (0, 1, None)
    assert ShiftBatch.objects.count() == 1


def test_a_day_that_is_sent_again_takes_the_place_of_what_stood_there(contract, one) -> None:
    send(contract, (one, DAY, ["08:00-12:00", "13:00-17:00"]), (one, DAY + ONE, ["08:00-16:00"]))
    result = send(contract, (one, DAY, ["08:00-16:00"]))
    assert (result.created, result.replaced) == (1, 2)
    live = Shift.objects.filter(replaced_by=None).order_by("day")
    assert [(shift.day, shift.hours) for shift in live] == [(DAY, "08:00-16:00"), (DAY + ONE, "08:00-16:00")]
    gone = Shift.objects.exclude(replaced_by=None)
    assert {shift.hours for shift in gone} == {"08:00-12:00", "13:00-17:00"}
    assert {shift.replaced_by for shift in gone} == {result.batch}


def test_the_change_log_agrees_with_what_was_sent_and_replaced(contract, one) -> None:
    two = make_assignment(contract)
    send(contract, *((who, DAY + n * ONE, ["20:00-08:00"]) for who in (one, two) for n in (0, 1)))
    send(contract, (one, DAY, ["08:00-16:00"]), (two, DAY, []))
    problems = [p for p in verify(timezone.now()) if p.label == "staffing.Shift"]
    assert problems == []
    models.QuerySet.update(Shift.objects.filter(day=DAY + ONE), kind="office")
    assert len([p for p in verify(timezone.now()) if p.label == "staffing.Shift"]) == 2


def test_an_empty_row_clears_the_day(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    assert send(contract, (one, DAY, [])).replaced == 1
    assert not Shift.objects.filter(replaced_by=None).exists()
    assert not DutyDay.objects.exists()


def test_every_bad_row_is_told_and_nothing_is_written(contract, one) -> None:
    stranger = make_assignment(make_contract(check_ids=()))
    left = make_assignment(contract, ends_on=DAY - ONE, end_reason="resignation")
    assert refused(
        contract,
        (one, DAY, ["08:00-16:00"]),
        (one, DAY, ["16:00-20:00"]),
        (stranger, DAY, ["08:00-16:00"]),
        (left, DAY, ["08:00-16:00"]),
        (one, contract.ends_on + ONE, ["08:00-16:00"]),
        (one, DAY + ONE, ["08:00-12:00", "11:59-16:00"]),
        (one, DAY + 3 * ONE, ["01:00-02:00", "03:00-04:00", "05:00-06:00", "07:00-08:00", "09:00-10:00"]),
    ) == [
        (1, "day", "duplicate"),
        (2, "operator", "unknown_operator"),
        (3, "operator", "not_assigned"),
        (4, "day", "outside_term"),
        (5, "shifts", "overlap"),
        (6, "shifts", "too_many"),
    ]


@pytest.mark.parametrize(("begins", "fits"), [("08:00-16:00", True), ("07:59-16:00", False)])
def test_a_night_shift_and_the_morning_after_it_may_touch_and_not_overlap(
    contract, one, begins: str, fits: bool
) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    if fits:
        assert send(contract, (one, DAY + ONE, [begins])).created == 1
    else:
        with pytest.raises(rota.RotaErrors):
            send(contract, (one, DAY + ONE, [begins]))


def test_a_longer_night_is_refused_where_the_next_morning_stands_already(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]), (one, DAY + ONE, ["08:00-16:00"]))
    with pytest.raises(rota.RotaErrors) as caught:
        send(contract, (one, DAY, ["20:00-09:00"]))
    assert [(e.index, e.code) for e in caught.value.errors] == [(0, "overlap")]


def test_nobody_is_on_duty_on_two_contracts_at_once(contract) -> None:
    other = make_contract(check_ids=(), vendor=contract.vendor)
    operator = make_operator(contract.vendor)
    here = make_assignment(contract, operator, ends_on=DAY, end_reason="transfer")
    there = make_assignment(other, operator, starts_on=DAY + ONE)
    send(contract, (here, DAY, ["20:00-08:00"]))
    with pytest.raises(rota.RotaErrors):
        send(other, (there, DAY + ONE, ["07:00-15:00"]))
    assert send(other, (there, DAY + ONE, ["08:00-15:00"])).created == 1


def test_the_database_refuses_an_overlap_past_every_validation(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    copy = Shift.objects.get()
    copy.pk, copy.day = None, DAY + ONE
    copy.starts_at += timedelta(hours=11, minutes=59)
    copy.ends_at += timedelta(hours=12)
    with pytest.raises(IntegrityError, match="shift_no_overlap"), transaction.atomic():
        Shift.objects.bulk_create([copy])
    copy.starts_at += timedelta(minutes=1)
    Shift.objects.bulk_create([copy])
    with pytest.raises(IntegrityError, match="shift_no_overlap"), transaction.atomic():
        Shift.objects.filter(pk=copy.pk).update(starts_at=copy.starts_at - timedelta(minutes=1))


def test_shifts_are_never_deleted(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    with pytest.raises(TypeError):
        Shift.objects.all().delete()


def test_a_month_of_a_team_takes_as_many_queries_as_a_day_of_it(contract) -> None:
    """But for the inserts, which SQLite takes by the hundred."""
    team = make_team(contract, 12)

    def queries(rows: list[Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            send(contract, *rows)
        inserts = sum(q["sql"].startswith("INSERT") for q in captured.captured_queries)
        return len(captured) - inserts

    small = queries([(who, DAY, ["08:00-16:00"]) for who in team[:2]])
    month = [day for day in span(date(2024, 12, 1), date(2024, 12, 31))]
    large = queries([(who, day, ["08:00-16:00"]) for who in team for day in month])
    assert small == large <= 16


# --- What follows -----------------------------------------------------------------------------


def test_attendance_leaves_and_departures_change_the_duty_of_their_days(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]), (one, DAY + 5 * ONE, ["08:00-16:00"]))
    day = DutyDay.objects.get(day=DAY)
    assert day.steps[1] == [1200, 0, 1]
    report(contract, one, DAY, "D")
    assert [d.steps for d in DutyDay.objects.filter(day__lte=DAY + ONE).order_by("day")] == [
        [[0, 0, 0], [1200, 1, 0]],
        [[0, 1, 0], [480, 0, 0]],
    ]
    report(contract, one, DAY, "S")
    assert DutyDay.objects.get(day=DAY).steps == [[0, 0, 0]]
    assert DutyDay.objects.get(day=DAY).worked == {}
    leave = leaves.enter(
        Leave(
            contract=contract,
            operator=one.operator,
            kind="sick",
            starts_on=DAY + 5 * ONE,
            ends_on=DAY + 6 * ONE,
            reported_at=NOON,
        )
    )
    assert DutyDay.objects.get(day=DAY + 5 * ONE).steps == [[0, 0, 0]]
    leaves.withdraw(leave, on=DAY, reason="未休")
    assert DutyDay.objects.get(day=DAY + 5 * ONE).steps[1] == [480, 0, 1]
    assignments.correct(one, ends_on=DAY + ONE, end_reason="resignation")
    assert not DutyDay.objects.filter(day=DAY + 5 * ONE).exists()
    assert differing_duty(contract=contract) == []


def test_who_is_on_duty_without_a_shift_counts_for_that_day_and_the_night_after_it(contract, one) -> None:
    two = make_assignment(contract)
    send(contract, *((one, DAY + n * ONE, ["08:00-16:00"]) for n in range(3)))
    report(contract, two, DAY, "D")
    assert list(DutyDay.objects.order_by("day").values_list("loose", flat=True)) == [1, 1, 0]


def test_the_days_follow_the_dates_of_the_contract(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    contract.terminated_on = DAY
    contract.save()
    dates_changed(contract=contract)
    assert list(DutyDay.objects.values_list("day", flat=True)) == [DAY]


def test_the_command_names_a_day_that_does_not_agree_and_mends_it(contract, one, capsys) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    DutyDay.objects.filter(day=DAY).update(planned=7)
    with pytest.raises(SystemExit):
        call_command("rebuild_staff_days", check=True)
    assert DAY.isoformat() in capsys.readouterr().out
    call_command("rebuild_staff_days")
    assert DutyDay.objects.get(day=DAY).planned == 1
    assert differing_duty(contract=contract) == []


def test_a_day_from_before_the_marks_is_no_difference_and_is_marked(contract, one) -> None:
    send(contract, (one, DAY, ["20:00-08:00"]))
    marks = dict(DutyDay.objects.values_list("day", "mark"))
    assert all(marks.values()) and len(set(marks.values())) == len(marks)
    DutyDay.objects.update(mark="")
    assert differing_duty(contract=contract) == []
    assert refresh_duty(contract=contract) == len(marks)
    assert dict(DutyDay.objects.values_list("day", "mark")) == marks
    assert refresh_duty(contract=contract) == 0


def test_two_people_who_change_the_night_with_each_other_change_the_mark(contract, one) -> None:
    """As many minutes for each, as many on duty at every minute: other people after midnight."""
    other = make_assignment(contract)
    send(contract, (one, DAY, ["20:00-08:00"]), (other, DAY, ["08:00-20:00"]))
    before = DutyDay.objects.get(day=DAY)
    send(contract, (one, DAY, ["08:00-20:00"]), (other, DAY, ["20:00-08:00"]))
    after = DutyDay.objects.get(day=DAY)
    assert (before.worked, before.steps) == (after.worked, after.steps)
    assert before.mark != after.mark


def test_a_gap_reaches_the_finding_from_the_tables(contract) -> None:
    team = make_team(contract, 3)
    hours = ["00:00-08:00", "08:00-20:00", "20:00-24:00"]
    november = span(date(2024, 11, 1), date(2024, 12, 10))
    send(contract, *((who, day, [text]) for who, text in zip(team, hours, strict=True) for day in november))
    for who in team:
        report(contract, who, november[0], "D" * len(november))
    send(contract, (team[1], DAY, ["08:30-20:00"]))
    found = {f.period[0].month: f for f in find("staffing.coverage", contract, date(2024, 12, 5))}
    assert found[10].outcome == Outcome.UNDETERMINED
    assert found[11].outcome == Outcome.NOT_MET
    assert found[11].figures["uncovered"] == ["2024-11-12 08:00–08:30"]
    assert found[12].outcome == Outcome.PENDING


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_takes_the_same_queries_for_one_contract_and_for_three(check_id: str) -> None:
    contracts = [eventful() for _ in range(3)]

    def queries(ids: list[int]) -> tuple[int, int]:
        batch = core.batch(ids, date(2025, 1, 31))
        with CaptureQueriesContext(connection) as captured:
            found = list(registry.get(check_id).function(batch))
        return len(captured), len(found)

    one, findings = queries([contracts[0].pk])
    three, more = queries([contract.pk for contract in contracts])
    assert one == three <= 5
    assert more == 3 * findings > 0


@pytest.mark.parametrize("check_id", CHECKS)
def test_every_sentence_of_a_check_can_be_read_in_both_languages(check_id: str) -> None:
    from django.utils import translation

    contract = eventful()
    for as_of in (date(2024, 11, 14), date(2024, 12, 3), date(2025, 1, 31), date(2026, 1, 1)):
        for finding in find(check_id, contract, as_of):
            with translation.override("en"):
                english = str(finding.message)
            with translation.override("zh-hans"):
                chinese = str(finding.message)
            assert english != chinese
            assert not any(word in chinese for word in ("%(", "vendor"))


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_says_nothing_before_the_contract_begins(check_id: str) -> None:
    assert find(check_id, eventful(), date(2024, 9, 30)) == []


def eventful() -> Contract:
    """A contract on which every check has something to say."""
    contract = make_contract(check_ids=CHECKS)
    one, two = make_team(contract, 2)
    days = [day for day in span(DAY, DAY + 30 * ONE)]
    rota.enter(
        contract=contract,
        rows=[rota.RotaRow(one.operator_id, day, (Span(0, 720),)) for day in days]
        + [rota.RotaRow(two.operator_id, day, (Span(720, 1430),)) for day in days],
        actor=None,
        route="api",
        at=NOON,
    )
    report(contract, one, DAY, "DDDDSDD")
    records.enter(
        LabourMatter(contract=contract, kind="dispute", title="工资争议", occurred_on=DAY, known_on=DAY),
        today=DAY + 40 * ONE,
    )
    records.enter(
        PayProof(
            contract=contract,
            kind="wages",
            month=DAY,
            paid_on=DAY + 30 * ONE,
            declared_by="乙方",
            document="凭据1",
            arrived_on=DAY + 40 * ONE,
        ),
        today=DAY + 60 * ONE,
    )
    return contract
