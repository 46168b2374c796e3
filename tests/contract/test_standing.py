"""A night looks at what can have changed, and comes to the same as one that looks at everything."""

import datetime
import operator
from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from django.conf import settings as settings_
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import registry, services
from contract.batch import Batch
from contract.choices import Outcome, RunTrigger, Side
from contract.findings import Finding, Message, Subject
from contract.history import seals
from contract.models import Assessment, CalendarDay, Contract, Standing, Term
from contract.rules import foresight
from contract.rules.foresight import Watch
from contract.services import standing
from contract.version import sources
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models import Operator, StaffDay
from staffing.services import attendance
from staffing.services.attendance import AttendanceRow
from tests.factories import make_assignment, make_contract, make_team, set_term
from tests.standing import differences

DAY = date(2025, 3, 3)
ONE_DAY = timedelta(days=1)


def night(day: date = DAY, *, full: bool = False) -> services.Evaluation:
    at = datetime.datetime(day.year, day.month, day.day, 16, 20, tzinfo=UTC)
    return services.evaluate(as_of=day, today=day, at=at, trigger=RunTrigger.SCHEDULE, keep=full)


# --- The day that notes what it is asked -----------------------------------------------------------


def until(ask: Callable[[Any], object]) -> date | None:
    """The last day on which an answer about DAY holds; None: always."""
    watch = Watch(DAY)
    assert ask(watch.day) == ask(DAY)
    return watch.until.get(watch.place)


@pytest.mark.parametrize(
    ("ask", "last"),
    [
        (lambda day: day <= DAY + timedelta(days=7), DAY + timedelta(days=6)),
        (lambda day: day < DAY + ONE_DAY, DAY),
        (lambda day: day <= DAY, DAY),
        (lambda day: day == DAY, DAY),
        (lambda day: day > DAY - ONE_DAY, None),
        (lambda day: day == DAY - ONE_DAY, None),
        (lambda day: min(day, date(2025, 5, 1)) is None, date(2025, 4, 30)),
        (lambda day: day is None, None),
        (lambda day: (day - date(2025, 1, 1)).days, DAY),
        (lambda day: (date(2025, 12, 1) - day).days, DAY),
        (lambda day: day + ONE_DAY, DAY),
        (lambda day: day.month, DAY),
        (lambda day: day.replace(day=1), DAY),
        (lambda day: f"{day}", DAY),
        (lambda day: f"{day:%Y}", DAY),
        (lambda day: {DAY: 1}.get(day), DAY),
        (lambda day: day in {date(2025, 1, 1)}, DAY),
    ],
)
def test_a_day_notes_how_long_an_answer_about_it_holds(ask: Callable[[Any], object], last: date | None) -> None:
    assert until(ask) == last


def test_whatever_a_date_can_be_asked_the_day_notes() -> None:
    names = set(dir(date)) - foresight.ABOUT_NO_DAY
    assert {name for name in names if name not in vars(foresight.Day)} == set()


def test_no_rule_puts_the_day_into_a_moment_which_it_could_not_notice() -> None:
    taking = [name for name in sources() if "combine(" in (settings_.BASE_DIR / name).read_text(encoding="utf-8")]
    assert taking == ["staffing/rules/spans.py"]  # of the day of a shift


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt]),
            st.integers(-5, 20),
            st.booleans(),
        )
    )
)
def test_until_the_day_that_is_noted_every_comparison_answers_alike(asked: list[Any]) -> None:
    def answers(day: date) -> list[bool]:
        others = [(compare, DAY + timedelta(days=shift), turned) for compare, shift, turned in asked]
        return [compare(other, day) if turned else compare(day, other) for compare, other, turned in others]

    watch = Watch(DAY)
    found = answers(watch.day)
    last = watch.until.get(watch.place, DAY + timedelta(days=30))
    assert all(answers(DAY + timedelta(days=n)) == found for n in range((last - DAY).days + 1))


@pytest.mark.django_db
def test_a_query_about_the_day_holds_for_that_day_alone() -> None:
    watch = Watch(DAY)
    list(StaffDay.objects.filter(day__lte=watch.day))
    assert watch.until == {watch.place: DAY}


# --- What a night leaves alone ---------------------------------------------------------------------


class Counting:
    """A check that counts how often each contract is looked at: what is due on `due`, read from the terms."""

    def __init__(self) -> None:
        self.looked: list[int] = []
        self.due = DAY + timedelta(days=10)
        self.crash = False
        self.read: Callable[[], object] = lambda: None

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        self.read()
        for contract in batch.begun():
            self.looked.append(contract.pk)
            if self.crash:
                raise ZeroDivisionError
            late = batch.as_of > self.due
            yield Finding(
                check_id="test.counting",
                contract_id=contract.pk,
                outcome=Outcome.NOT_MET if late else Outcome.PENDING,
                subject=Subject("test.Thing", 1, "thing"),
                message=Message("due"),
                today={"days": str(batch.as_of)} if late else {},
            )


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Counting:
    monkeypatch.setattr(registry, "_checks", {})
    check = Counting()
    registry.register("test.counting", owed_by=Side.VENDOR, title="counting")(check)
    return check


def looked_at(check: Counting, day: date = DAY, **options: Any) -> bool:
    """Whether a night looks at the contract; what it records is what a full look finds."""
    before = len(check.looked)
    night(day, **options)
    found = len(check.looked) > before
    assert differences(day) == set()
    return found


@pytest.mark.django_db
def test_what_stands_is_not_looked_at_until_its_day(check: Counting) -> None:
    make_contract()
    assert looked_at(check)
    assert not looked_at(check)
    assert not looked_at(check, DAY + timedelta(days=9))
    assert looked_at(check, DAY + timedelta(days=10))  # compared with its own day, it may turn out otherwise tomorrow
    assert looked_at(check, DAY + timedelta(days=11))
    assert Assessment.objects.get(is_current=True).outcome == Outcome.NOT_MET
    assert looked_at(check, DAY + timedelta(days=12))  # it counts the days


@pytest.mark.django_db
def test_nights_that_were_missed_hide_no_day(check: Counting) -> None:
    make_contract()
    night()
    assert looked_at(check, DAY + timedelta(days=40))
    assert Assessment.objects.get(is_current=True).outcome == Outcome.NOT_MET


@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        lambda contract: set_term(contract, "headcount", 44, DAY),
        lambda contract: Contract.objects.get(pk=contract.pk).save(),
        lambda contract: setattr(contract.vendor, "name", "别名") or contract.vendor.save(),
        lambda contract: CalendarDay.objects.create(day=DAY, is_rest_day=True),
        lambda contract: Term.objects.filter(contract=contract, key="headcount").get().delete(),
    ],
)
def test_what_every_check_rests_on_makes_all_of_them_looked_at(check: Counting, write: Any) -> None:
    contract = make_contract()
    night()
    write(contract)
    assert looked_at(check)
    assert not looked_at(check)


@pytest.mark.django_db
def test_what_a_check_does_not_read_leaves_it_alone(check: Counting) -> None:
    contract = make_contract()
    check.read = lambda: list(Operator.objects.all())
    night()
    make_assignment(contract)
    assert looked_at(check)  # a person is new
    report(contract, [AttendanceStatus.ON_DUTY])
    assert not looked_at(check)


@pytest.mark.django_db
def test_what_is_derived_follows_from_any_record_of_the_contract(check: Counting) -> None:
    contract, other = make_contract(), make_contract()
    make_team(contract, 1)
    check.read = lambda: list(StaffDay.objects.all())
    night()
    report(contract, [AttendanceStatus.SICK])
    check.looked.clear()
    night()
    assert check.looked == [contract.pk] and other.pk not in check.looked


@pytest.mark.django_db
def test_a_check_that_crashed_is_looked_at_until_it_does_not(check: Counting) -> None:
    make_contract()
    check.crash = True
    assert looked_at(check) and looked_at(check)
    assert Assessment.objects.get(is_current=True).outcome == Outcome.UNDETERMINED
    check.crash = False
    assert looked_at(check)
    assert not looked_at(check)


@pytest.mark.django_db
def test_other_rules_look_at_everything(check: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    make_contract()
    night()
    monkeypatch.setattr(standing, "_rules", lambda: "other")
    assert looked_at(check)
    assert not looked_at(check)


@pytest.mark.django_db
def test_who_asks_for_the_findings_has_everything_looked_at(check: Counting) -> None:
    make_contract()
    assert looked_at(check)
    assert looked_at(check, full=True)
    assert [finding.check_id for finding in night(full=True).findings] == ["test.counting"]


@pytest.mark.django_db
def test_a_check_that_a_contract_takes_on_or_drops_is_noticed(check: Counting) -> None:
    contract = make_contract(check_ids=[])
    night()
    assert check.looked == []
    other = make_contract()
    obligation = other.obligations.get()
    clause = obligation.clause
    clause.contract = contract
    clause.save()
    obligation.contract = contract
    obligation.save()
    night()
    assert check.looked == [contract.pk]


@pytest.mark.django_db
def test_what_stands_is_counted_with_what_is_looked_at(check: Counting) -> None:
    make_contract()
    runs = [night().run, night().run]
    assert [run and run.counts for run in runs] == [{"pending": 1}, {"pending": 1}]
    assert {pk for run in runs if run for pk in run.covers.values_list("pk", flat=True)} == {Contract.objects.get().pk}


@pytest.mark.django_db
def test_taking_back_or_rebuilding_lets_nothing_stand(check: Counting) -> None:
    make_contract()
    night()
    standing.look_again()
    assert not Standing.objects.exists()
    assert looked_at(check)


@pytest.mark.django_db
def test_a_night_of_what_stands_asks_little_whatever_the_contracts(check: Counting) -> None:
    make_contract()
    night()
    with CaptureQueriesContext(connection) as one:
        night()
    for _number in range(3):
        make_contract()
    night()
    night()
    with CaptureQueriesContext(connection) as four:
        night()
    assert len(four) == len(one)


@pytest.mark.django_db
def test_one_question_about_all_contracts_leaves_them_alone_where_nothing_was_written(
    check: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract, other = make_contract(), make_contract()
    seals.seal()
    night()
    seals.seal()
    looked_closer: list[int] = []
    kept = standing.kept
    monkeypatch.setattr(standing, "kept", lambda ids, *rest: looked_closer.extend(ids) or kept(ids, *rest))
    assert not looked_at(check) and not looked_closer
    make_team(contract, 1)  # what the check does not read: looked at closer once, and left alone
    seals.seal()
    assert not looked_at(check) and looked_closer == [contract.pk, other.pk]  # a person belongs to no contract
    looked_closer.clear()
    assert not looked_at(check) and not looked_closer
    set_term(contract, "headcount", 44, DAY)  # not sealed yet: as good as new
    assert looked_at(check) and looked_closer == [contract.pk]
    seals.seal()
    assert not looked_at(check, DAY + timedelta(days=9))
    assert looked_at(check, DAY + timedelta(days=10))


@pytest.mark.django_db
def test_what_an_evaluation_writes_itself_is_nothing_new_to_what_is_derived(
    check: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contract()
    check.read = lambda: list(StaffDay.objects.all())
    seals.seal()
    night()
    seals.seal()
    monkeypatch.setattr(standing, "kept", None)  # nothing asks closer
    assert not looked_at(check)
    seals.seal()
    assert not looked_at(check)


@pytest.mark.django_db
def test_a_check_that_reads_what_an_evaluation_writes_is_looked_at_after_it(check: Counting) -> None:
    make_contract()
    check.read = lambda: list(Assessment.objects.all())
    night()
    seals.seal()
    assert looked_at(check)
    seals.seal()
    assert not looked_at(check)


# --- The checks of the program ---------------------------------------------------------------------


def report(contract: Contract, statuses: list[AttendanceStatus], day: date = DAY) -> None:
    people = contract.assignments.filter(starts_on__lte=day, withdrawn_on=None).values_list("operator_id", flat=True)
    rows = [AttendanceRow(operator_id=pk, day=day, status=s) for pk, s in zip(people, statuses, strict=False)]
    at = datetime.datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    attendance.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.SAMPLE, at=at, today=date.max)
