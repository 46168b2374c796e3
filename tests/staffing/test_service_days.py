"""Service is owed on the contract's days and hours only: rates, gaps, reports and coverage count these alone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.rules.schedule import _days_of_service
from contract import selectors
from contract.choices import Outcome
from contract.models import Contract, Term
from contract.rules.service import is_service_day
from contract.services import look
from contract.terms import TERMS
from contract.values import NoValue
from law.calendar import DEFAULT
from staffing.choices import AttendanceRoute
from staffing.models import Gap, StaffDay
from staffing.rules.coverage import DutyFact, coverage, demanded
from staffing.services import assignments, attendance
from tests.factories import make_contract, make_team

FIRST, LAST = date(2025, 7, 1), date(2025, 7, 31)
WEEKDAYS = [date(2025, 7, day) for day in range(1, 32) if date(2025, 7, day).weekday() < 5]


def windows(days: str = "monday_to_friday", size: int = 23, **terms: Any) -> Contract:
    """A contract for service windows, with its people."""
    contract = make_contract(
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
        terms={"headcount": size, "service_days": days} | terms,
        policies={"on_post_window": "calendar_month"},
    )
    make_team(contract, size, starts_on=date(2025, 1, 1))
    return contract


def report(contract: Contract, days: list[date], away: dict[int, set[date]]) -> None:
    """Everybody on duty on these days, but for those who are away: by place in the team."""
    team = list(contract.assignments.order_by("pk"))
    rows = [
        attendance.AttendanceRow(one.operator_id, day, "absent" if day in away.get(place, ()) else "on_duty")
        for day in days
        for place, one in enumerate(team)
    ]
    attendance.enter(
        contract=contract,
        rows=rows,
        actor=None,
        route=AttendanceRoute.API,
        at=datetime(2025, 8, 1, tzinfo=UTC),
        today=date(2025, 8, 1),
    )


def july(contract: Contract, check_id: str, as_of: date = date(2025, 8, 10)) -> Any:
    found = look(as_of=as_of, contract_ids=[contract.pk]).findings
    (one,) = [f for f in found if f.check_id == check_id and f.period and f.period[0] == FIRST]
    return one


@pytest.mark.django_db
class TestTheRate:
    def test_23_people_monday_to_friday_one_away_on_13_days_of_july_are_not_enough(self) -> None:
        contract = windows()
        report(contract, WEEKDAYS, {0: set(WEEKDAYS[:13])})
        found = july(contract, "staffing.on_post_rate")
        assert (found.outcome, found.measured) == (Outcome.NOT_MET, "97.54%")
        assert (found.figures["in_place_best"], found.figures["required"]) == (516, 529)

    def test_the_same_absences_are_enough_where_every_day_is_owed(self) -> None:
        contract = windows("every_day")
        report(contract, [date(2025, 7, day) for day in range(1, 32)], {0: set(WEEKDAYS[:13])})
        found = july(contract, "staffing.on_post_rate")
        assert (found.outcome, found.measured) == (Outcome.MET, "98.17%")

    def test_ten_days_are_on_the_safe_side_of_the_edge_and_eleven_are_not(self) -> None:
        for days, outcome in ((10, Outcome.MET), (11, Outcome.NOT_MET)):
            contract = windows()
            report(contract, WEEKDAYS, {0: set(WEEKDAYS[:days])})
            assert july(contract, "staffing.on_post_rate").outcome == outcome

    def test_silence_on_a_sunday_asks_for_no_report_and_leaves_nothing_unproven(self) -> None:
        contract = windows()
        report(contract, WEEKDAYS, {})
        assert july(contract, "staffing.attendance_reported").outcome == Outcome.MET
        assert july(contract, "staffing.on_post_rate").figures["unproven"] == 0
        assert StaffDay.objects.get(contract=contract, day=date(2025, 7, 6)).unreported == 0

    def test_work_on_a_sunday_pays_for_no_weekday(self) -> None:
        contract = windows()
        report(contract, [*WEEKDAYS, date(2025, 7, 6)], {0: set(WEEKDAYS[:13])})
        assert july(contract, "staffing.on_post_rate").figures["required"] == 529

    def test_a_contract_that_changes_its_days_has_its_days_counted_anew(self) -> None:
        contract = windows("every_day")
        report(contract, WEEKDAYS, {})
        sunday = StaffDay.objects.filter(contract=contract, day=date(2025, 7, 6))
        assert sunday.get().unreported == 23
        term = Term.objects.get(contract=contract, key="service_days")
        term.value = "monday_to_friday"
        term.save()
        assert sunday.get().unreported == 0


@pytest.mark.django_db
def test_a_weekend_between_two_days_away_is_one_gap_and_a_weekend_alone_is_none() -> None:
    contract = windows(size=2)
    friday, monday = date(2025, 7, 4), date(2025, 7, 7)
    report(contract, WEEKDAYS, {0: {friday, monday}})
    (gap,) = Gap.objects.filter(contract=contract, is_void=False)
    assert (gap.opened_on, gap.closed_on) == (friday, date(2025, 7, 8))


@pytest.mark.django_db
def test_a_person_month_by_attendance_is_shared_among_the_days_of_service_alone() -> None:
    facts = selectors.contract_facts(windows(size=2).pk, LAST)
    assert _days_of_service(facts, FIRST, LAST) == [(day, 23) for day in WEEKDAYS]
    every = selectors.contract_facts(windows("every_day", size=2).pk, LAST)
    assert _days_of_service(every, FIRST, LAST) == [(date(2025, 7, day), 31) for day in range(1, 32)]


class TestDays:
    @pytest.mark.parametrize(
        ("kind", "owed"),
        [
            ("every_day", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
            ("monday_to_saturday", {1, 2, 3, 4, 6, 7, 8, 9, 10, 11}),
            ("monday_to_friday", {1, 2, 3, 6, 7, 8, 9, 10}),
            ("monday_to_saturday_no_holidays", {9, 10, 11}),
            ("monday_to_friday_no_holidays", {9, 10}),
            ("working_days", {9, 10, 11}),
        ],
    )
    def test_the_first_days_of_october_2025(self, kind: str, owed: set[int]) -> None:
        """Off from 1 to 8; Saturday 11 is worked for it."""
        assert {day for day in range(1, 13) if is_service_day(kind, date(2025, 10, day), DEFAULT)} == owed

    def test_of_a_year_without_a_calendar_the_weekdays_are_read(self) -> None:
        assert is_service_day("working_days", date(2040, 1, 2), DEFAULT)
        assert not is_service_day("working_days", date(2040, 1, 1), DEFAULT)

    def test_every_choice_is_one_that_the_rule_knows(self) -> None:
        for kind in TERMS["service_days"].choices or ():
            assert is_service_day(kind, date(2025, 7, 1), DEFAULT)


@pytest.mark.django_db
class TestHours:
    def steps(self, *steps: tuple[int, int, int]) -> dict[date, DutyFact]:
        return {day: DutyFact(9, 0, steps) for day in (date(2025, 7, d) for d in range(1, 32))}

    def july(self, contract: Contract, days: dict[date, DutyFact]) -> Any:
        facts = selectors.contract_facts(contract.pk, date(2025, 8, 10))
        (found,) = [f for f in coverage(facts, days, date(2025, 8, 10)) if f.period and f.period[0] == FIRST]
        return found

    def test_only_the_hours_of_service_are_looked_at(self) -> None:
        contract = windows(size=2, service_hours="08:30-12:00, 14:00-17:30")
        found = self.july(contract, self.steps((0, 0, 0), (510, 1, 0), (720, 0, 0), (840, 1, 0), (1050, 0, 0)))
        assert found.outcome == Outcome.MET
        short = self.july(contract, self.steps((0, 0, 0), (510, 1, 0), (719, 0, 0), (840, 1, 0), (1050, 0, 0)))
        assert (short.outcome, short.figures["uncovered_minutes"]) == (Outcome.NOT_MET, len(WEEKDAYS))

    def test_bands_ask_for_their_own_number(self) -> None:
        contract = windows("every_day", size=9, minimum_by_hours="08:00-20:00=6, 20:00-08:00=2")
        enough = self.july(contract, self.steps((0, 2, 0), (480, 6, 0), (1200, 2, 0)))
        assert enough.outcome == Outcome.MET
        short = self.july(contract, self.steps((0, 2, 0), (480, 5, 0), (1200, 2, 0)))
        assert short.figures["uncovered_minutes"] == 31 * 720

    def test_nothing_is_asked_for_on_a_sunday(self) -> None:
        facts = selectors.contract_facts(windows(size=2).pk, LAST)
        assert demanded(facts, date(2025, 7, 6)) == []
        assert demanded(facts, date(2025, 7, 7)) == [(0, 1440, 1)]


class TestWriting:
    @pytest.mark.parametrize(
        ("key", "text", "kept"),
        [
            ("service_hours", "8:30-12:00，14:00-17:30", "08:30-12:00, 14:00-17:30"),
            ("service_hours", "20:00-08:00", "00:00-08:00, 20:00-24:00"),
            ("minimum_by_hours", "20:00-8:00=2; 08:00-20:00=6", "00:00-08:00=2, 08:00-20:00=6, 20:00-24:00=2"),
            ("backfill_days", "无", "none"),
        ],
    )
    def test_it_is_kept_in_one_form(self, key: str, text: str, kept: str) -> None:
        definition = TERMS[key]
        assert definition.write(definition.parse(text)) == kept
        assert definition.display(definition.parse(kept))

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("service_hours", "08:30"),
            ("service_hours", "08:30-08:30"),
            ("service_hours", "08:00-25:00"),
            ("service_hours", "08:00-12:00, 11:00-13:00"),
            ("service_hours", "08:00-12:00=2"),
            ("minimum_by_hours", "08:00-12:00"),
            ("headcount", "none"),
        ],
    )
    def test_anything_else_is_refused(self, key: str, text: str) -> None:
        with pytest.raises(ValueError):
            TERMS[key].parse(text)


@pytest.mark.django_db
class TestNoTimeToMakeGood:
    def departed(self, **terms: Any) -> Contract:
        contract = windows(size=3, **terms)
        if not terms:
            Term.objects.filter(contract=contract, key="backfill_days").delete()
        first = contract.assignments.order_by("pk")[0]
        assignments.correct(first, ends_on=date(2025, 7, 9), end_reason="resignation")
        return contract

    def found(self, contract: Contract, check_id: str, as_of: date = date(2025, 7, 10)) -> list[Any]:
        return [f for f in look(as_of=as_of, contract_ids=[contract.pk]).findings if f.check_id == check_id]

    def test_a_weekend_without_anybody_is_no_shortage_and_ends_none(self) -> None:
        """Friday 11 July is the last day of one of three; the next one begins on Monday, or on Tuesday."""
        contract = windows(size=3, backfill_days="none")
        first = contract.assignments.order_by("pk")[0]
        assignments.correct(first, ends_on=date(2025, 7, 11), end_reason="resignation")
        for sunday in (date(2025, 7, 12), date(2025, 7, 13)):
            assert [f.outcome for f in self.found(contract, "staffing.headcount", sunday)] == [Outcome.MET]
        monday = date(2025, 7, 21)
        (short,) = [f for f in self.found(contract, "staffing.headcount", monday) if f.period]
        assert short.period == (date(2025, 7, 14), monday)
        assert (short.figures["days"], short.figures["missing_person_days"], short.figures["open"]) == (6, 6, True)
        (short,) = [f for f in self.found(contract, "staffing.headcount", date(2025, 7, 20)) if f.period]
        assert (short.period[1], short.figures["missing_person_days"], short.figures["open"]) == (
            date(2025, 7, 18),
            5,
            True,
        )
        make_team(contract, 1, starts_on=date(2025, 7, 14))
        found = self.found(contract, "staffing.headcount", monday)
        assert [(f.outcome, f.period) for f in found] == [(Outcome.MET, None)]

    @pytest.mark.parametrize("terms", [{}, {"backfill_days": "none"}])
    def test_the_headcount_is_short_from_the_first_day(self, terms: dict[str, str]) -> None:
        contract = self.departed(**terms)
        short = [f for f in self.found(contract, "staffing.headcount") if f.period]
        assert [(f.outcome, f.figures["first_uncovered_on"]) for f in short] == [(Outcome.NOT_MET, date(2025, 7, 10))]

    def test_with_a_time_it_is_still_within_it(self) -> None:
        contract = self.departed(backfill_days="15")
        assert [f.outcome for f in self.found(contract, "staffing.headcount") if f.period] == [Outcome.AT_RISK]

    def test_none_said_asks_for_no_term_and_a_term_left_out_does(self) -> None:
        assert self.found(self.departed(backfill_days="none"), "staffing.backfill") == []
        (asked,) = self.found(self.departed(), "staffing.backfill")
        assert asked.outcome == Outcome.UNDETERMINED

    def test_none_is_no_figure_to_reckon_with(self) -> None:
        facts = selectors.contract_facts(self.departed(backfill_days="none").pk, LAST)
        with pytest.raises(NoValue):
            facts.terms.on(LAST, "backfill_days")
