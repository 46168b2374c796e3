"""The seat log against the reports: each difference is a question, and what the log cannot tell is none."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contract.batch import ContractFacts
from contract.choices import AlertStatus, Outcome
from contract.terms import POLICIES
from contract.values import Book, DatedValue
from hotline.choices import Difference
from hotline.rules import questions
from hotline.rules.seats import (
    HELD_SECONDS,
    LoginFacts,
    Question,
    SeatFacts,
    SeatLog,
    compare,
    nobodys,
    staffed,
    stays,
    twice,
)
from tests.staffing.helpers import facts as contract_facts

ONE = timedelta(days=1)
DAY = date(2024, 11, 4)
HOUR, WHOLE = 3600, 86_400
LI, ZHANG = 11, 12
ON_DUTY, LEAVE, REST = "on_duty", "leave", "rest"


def session(start: float | None, end: float | None, login: str = "8001", seat: str = "", paused: int = 0) -> list[Any]:
    """From an hour of the day to another; beyond 24 on the next one."""
    return [login, seat, *(at if at is None else int(at * HOUR) for at in (start, end)), paused]


def log(*sessions: list[Any], calls: dict[str, tuple[int, int, int]] | None = None, told: Any = (0, WHOLE)) -> SeatLog:
    return SeatLog(sessions, calls or {}, told)


def facts(days: dict[date, SeatLog], **fields: Any) -> SeatFacts:
    values: dict[str, Any] = {
        "logins": [LoginFacts("8001", LI, DAY - 30 * ONE)],
        "reported": {(LI, DAY): ON_DUTY},
        "stints": {LI: [(DAY - 30 * ONE, DAY + 30 * ONE)], ZHANG: [(DAY - 30 * ONE, DAY + 30 * ONE)]},
        "names": {LI: "李", ZHANG: "张"},
    }
    return SeatFacts(days, **values | fields)


def kinds(known: SeatFacts) -> dict[tuple[int, date], str | None]:
    return {key: one and str(one.kind) for key, one in compare(known).items()}


class TestOnDutyWithoutSignIn:
    def test_who_signed_in_agrees(self) -> None:
        assert kinds(facts({DAY: log(session(8, 18))})) == {(LI, DAY): None}

    def test_who_never_signed_in_is_asked_about(self) -> None:
        (question,) = compare(facts({DAY: log()})).values()
        assert question == Question(LI, DAY, Difference.NO_SIGN_IN, "2024-11-04 8001")

    def test_a_static_seat_without_sign_in_is_not_absent(self) -> None:
        static = [LoginFacts("8001", LI, DAY - ONE, static=True)]
        assert kinds(facts({DAY: log()}, logins=static)) == {}

    def test_who_answered_a_call_was_there_without_a_sign_in(self) -> None:
        assert kinds(facts({DAY: log(calls={"8001": (1, 30_000, 30_000)})})) == {(LI, DAY): None}

    def test_of_who_has_no_login_nothing_is_said(self) -> None:
        assert kinds(facts({DAY: log()}, logins=[])) == {}
        ended = [LoginFacts("8001", LI, DAY - 9 * ONE, DAY - ONE)]
        assert kinds(facts({DAY: log()}, logins=ended)) == {}
        assert kinds(facts({DAY: log()}, logins=[replace(ended[0], last=DAY)])) == {(LI, DAY): "no_sign_in"}

    def test_of_a_day_without_a_log_nothing_is_said(self) -> None:
        assert kinds(facts({DAY + ONE: log()})) == {}

    def test_who_had_other_work_is_not_looked_for_at_a_seat(self) -> None:
        assert kinds(facts({DAY: log()}, elsewhere=frozenset({(LI, DAY)}))) == {}

    def test_a_night_shift_is_looked_at_over_the_end_of_its_day(self) -> None:
        night = {"shifts": {(LI, DAY): [(20 * 60, 32 * 60)]}}
        late = {DAY: log(), DAY + ONE: log(session(0.5, 8))}  # signed in half an hour after midnight
        assert kinds(facts(late, **night)) == {(LI, DAY): None}
        assert kinds(facts({DAY: log(), DAY + ONE: log()}, **night)) == {(LI, DAY): "no_sign_in"}
        # Without the log of the morning nobody can say that there was no sign-in.
        assert kinds(facts({DAY: log()}, **night)) == {}

    def test_the_night_before_is_no_sign_in_of_the_evening(self) -> None:
        own = {"shifts": {(LI, DAY - ONE): [(20 * 60, 32 * 60)], (LI, DAY): [(20 * 60, 24 * 60)]}}
        assert kinds(facts({DAY - ONE: log(session(20, 32)), DAY: log()}, **own)) == {(LI, DAY): "no_sign_in"}

    def test_a_file_that_begins_within_the_shift_tells_nothing(self) -> None:
        own = {"shifts": {(LI, DAY): [(8 * 60, 17 * 60)]}}
        assert kinds(facts({DAY: log(told=(9 * HOUR, WHOLE))}, **own)) == {
            (LI, DAY): "no_sign_in"
        }  # an hour is an edge
        assert kinds(facts({DAY: log(told=(9 * HOUR + 1, WHOLE))}, **own)) == {}
        assert kinds(facts({DAY: log(told=(0, 16 * HOUR - 1))}, **own)) == {}

    def test_a_person_at_rest_is_not_compared(self) -> None:
        assert kinds(facts({DAY: log()}, reported={(LI, DAY): REST})) == {}


class TestSignedInWhileAway:
    AWAY = {"reported": {(LI, DAY): LEAVE}}

    def test_a_sign_in_on_a_day_of_leave_is_asked_about_with_its_hours(self) -> None:
        (question,) = compare(facts({DAY: log(session(8, 18))}, **self.AWAY)).values()
        assert question == Question(LI, DAY, Difference.ON_LEAVE, "2024-11-04 8001 08:00–18:00")

    def test_no_sign_in_agrees(self) -> None:
        assert kinds(facts({DAY: log()}, **self.AWAY)) == {(LI, DAY): None}

    def test_a_leave_on_record_without_a_report_is_one_too(self) -> None:
        own = {"reported": {}, "leaves": {LI: [(DAY, DAY)]}}
        assert kinds(facts({DAY: log(session(8, 18))}, **own)) == {(LI, DAY): "on_leave"}
        assert kinds(facts({DAY: log(session(8, 18))}, **own | {"leaves": {LI: [(DAY + ONE, DAY + ONE)]}})) == {}

    def test_the_end_of_last_nights_shift_is_no_sign_in_on_the_leave(self) -> None:
        own = self.AWAY | {"shifts": {(LI, DAY - ONE): [(20 * 60, 32 * 60)]}}
        days = {DAY - ONE: log(session(20, 26)), DAY: log(session(2.5, 8))}  # signed in again after a break
        assert kinds(facts(days, **own)) == {(LI, DAY): None}

    def test_calls_answered_on_leave_are_named(self) -> None:
        (question,) = compare(facts({DAY: log(calls={"8001": (3, 30_000, 40_000)})}, **self.AWAY)).values()
        assert question is not None and question.evidence == "2024-11-04 8001 08:20–11:06 ×3"


class TestNotAssigned:
    def test_a_sign_in_after_the_last_day_is_asked_about(self) -> None:
        own = {"stints": {LI: [(DAY - 30 * ONE, DAY - ONE)]}, "reported": {}}
        (question,) = compare(facts({DAY: log(session(8, 9))}, **own)).values()
        assert question is not None
        assert (question.kind, question.left) == (Difference.UNASSIGNED, DAY - ONE)

    def test_on_the_last_day_it_is_not(self) -> None:
        own = {"stints": {LI: [(DAY - 30 * ONE, DAY)]}}
        assert kinds(facts({DAY: log(session(8, 9))}, **own)) == {(LI, DAY): None}

    def test_a_login_that_nobody_is_known_by_is_named_and_nobodys(self) -> None:
        known = facts({DAY: log(session(8, 18), session(8, 9, "9999")), DAY + ONE: log(session(8, 9, "9999"))})
        assert kinds(known) == {(LI, DAY): None}
        assert nobodys(known, stays(known)) == {"9999": (DAY, DAY + ONE)}

    def test_a_login_is_whose_it_was_on_its_day(self) -> None:
        logins = [LoginFacts("8001", ZHANG, DAY - 9 * ONE, DAY - ONE), LoginFacts("8001", LI, DAY)]
        known = facts({DAY - ONE: log(session(8, 9)), DAY: log(session(8, 9))}, logins=logins)
        assert [one.who for one in stays(known)] == [ZHANG, LI]


class TestSessions:
    def test_the_two_halves_of_a_session_cut_at_midnight_are_one(self) -> None:
        (stay,) = stays(facts({DAY: log(session(20, None)), DAY + ONE: log(session(None, 8))}))
        assert (stay.day, stay.sure - stay.first, stay.text) == (DAY, 12 * HOUR, "20:00–08:00")

    def test_no_end_is_made_up_for_one_who_never_signs_out(self) -> None:
        (stay,) = stays(facts({DAY: log(session(8, None))}))
        assert (stay.sure - stay.first, stay.maybe - stay.first) == (0, HELD_SECONDS)
        assert stay.text == "08:00–?"

    def test_an_open_session_goes_on_at_most_to_the_next_sign_in(self) -> None:
        first, second = stays(facts({DAY: log(session(8, None), session(9, 10))}))
        assert (first.maybe - first.first, second.sure - second.first) == (HOUR, HOUR)

    def test_a_sign_out_without_a_sign_in_is_known_at_its_end_only(self) -> None:
        (stay,) = stays(facts({DAY: log(session(None, 8))}))
        assert stay.first == stay.sure

    def test_somebody_at_two_seats_at_once_is_named_and_counted_once(self) -> None:
        own = facts({DAY - ONE: log(), DAY: log(session(8, 12, seat="A1"), session(9, 10, seat="B7"))})
        assert [(a.text, b.text) for a, b in twice(stays(own))] == [("08:00–12:00", "09:00–10:00")]
        assert staffed(own, DAY, stays(own))[18] == (1, 1)
        one_after_the_other = facts({DAY: log(session(8, 9, seat="A1"), session(9, 10, seat="B7"))})
        assert not list(twice(stays(one_after_the_other)))


class TestStaffed:
    BEFORE = {DAY - ONE: log()}

    def counts(self, day: SeatLog, **fields: Any) -> list[Any]:
        known = facts(self.BEFORE | {DAY: day}, **fields)
        return staffed(known, DAY, stays(known))

    def test_through_a_half_hour_and_at_a_moment_of_it(self) -> None:
        found = self.counts(log(session(8, 9.75), session(9.25, 10, "9999")))
        assert found[15:20] == [(0, 0), (1, 1), (1, 1), (1, 2), (1, 2)]
        assert found[20] == (0, 1)  # until ten sharp: at the first moment of that half hour

    def test_a_session_without_an_end_may_go_on(self) -> None:
        found = self.counts(log(session(8, None)))
        assert (found[16], found[20], found[40], found[41]) == ((0, 1), (0, 1), (0, 1), (0, 0))

    def test_a_static_seat_may_be_staffed_at_any_time(self) -> None:
        assert self.counts(log(), logins=[LoginFacts("8001", LI, DAY, static=True)])[3] == (0, 1)

    def test_those_of_the_night_before_count_until_they_sign_out(self) -> None:
        known = facts({DAY - ONE: log(session(20, 32)), DAY: log()})
        found = staffed(known, DAY, stays(known))
        assert (found[0], found[15], found[17]) == ((1, 1), (1, 1), (0, 0))

    def test_without_the_day_before_the_night_is_not_known(self) -> None:
        known = facts({DAY: log(session(8, 18))})
        found = staffed(known, DAY, stays(known))
        assert found[:24] == [None] * 24
        assert found[24] == (1, 1)


def contract_of(minimum: int) -> ContractFacts:
    rows = [DatedValue("minimum_on_duty", date(2024, 10, 1), minimum, confirmed=True)]
    return replace(contract_facts(), policies=Book(POLICIES, rows))


class TestFindings:
    NOV = (date(2024, 11, 1), date(2024, 11, 30))

    def findings(self, known: SeatFacts, as_of: date = date(2024, 12, 5)) -> dict[str, Any]:
        own = contract_of(1)
        return {one.subject.label: one for one in questions.seat_log(own, known, as_of)}

    def month(self, *missed: date, login: str = "8001") -> SeatFacts:
        first = self.NOV[0] - ONE
        days = {first + n * ONE: log(session(0, 24, login)) for n in range(31)} | {day: log() for day in missed}
        reported = {(LI, self.NOV[0] + n * ONE): ON_DUTY for n in range(30)}
        return facts(days, reported=reported, stints={LI: [(first, date(2025, 9, 30))]})

    def test_a_difference_is_a_question_and_never_a_breach(self) -> None:
        finding = self.findings(self.month(DAY, DAY + ONE))["staffing.Operator"]
        assert finding.outcome == Outcome.UNDETERMINED
        assert (finding.measured, finding.subject.pk, finding.period) == ("2", LI, self.NOV)
        assert "11-04, 11-05" in str(finding.message)
        assert [one.text for one in finding.evidence] == ["2024-11-04 8001", "2024-11-05 8001"]

    def test_no_outcome_of_this_check_can_be_confirmed(self) -> None:
        found = [*questions.seat_log(contract_of(9), self.month(DAY), date(2024, 12, 5))]
        assert {one.outcome for one in found} == {Outcome.UNDETERMINED}

    def test_a_month_that_the_log_tells_wholly_and_without_a_difference_is_met(self) -> None:
        found = self.findings(self.month())
        assert list(found) == ["contract.Contract"]
        finding = found["contract.Contract"]
        assert finding.outcome == Outcome.MET
        assert (finding.figures["compared"], finding.figures["agreeing"]) == (30, 30)

    def test_a_month_with_a_day_that_the_log_does_not_tell_is_not_green(self) -> None:
        known = self.month()
        days = {day: one for day, one in known.days.items() if day != DAY}
        assert self.findings(replace(known, days=days)) == {}

    def test_a_running_month_is_not_green_either(self) -> None:
        assert self.findings(self.month(), as_of=date(2024, 11, 29)) == {}

    def test_half_hours_below_the_minimum_are_named(self) -> None:
        known = self.month()
        days = {**known.days, DAY: log(session(0, 12), session(13, 24))}
        finding = self.findings(replace(known, days=days))["contract.Contract"]
        assert finding.outcome == Outcome.UNDETERMINED
        assert finding.measured == "1"  # 12:30; at twelve sharp somebody was there
        assert [one.text for one in finding.evidence] == ["2024-11-04 12:30 0/1"]

    def test_without_a_seat_log_nothing_is_said(self) -> None:
        assert self.findings(facts({})) == {}


class TestHowOftenTheReportsWereRight:
    MONTH = (date(2024, 11, 1), date(2024, 11, 30))
    KEY = f"staffing.Operator:{LI}:2024-11-01"

    def right(self, known: SeatFacts, first: Any = None, status: str = "") -> questions.Right:
        (row,) = questions.rightness(known, first or {}, dict.fromkeys([self.KEY], status), [self.MONTH])
        return row

    def test_right_as_first_reported(self) -> None:
        assert self.right(facts({DAY: log(session(8, 18))})) == questions.Right(compared=1, right=1)

    def test_a_report_that_was_corrected_was_not_right(self) -> None:
        known = facts({DAY: log()}, reported={(LI, DAY): LEAVE})
        assert self.right(known, {(LI, DAY): ON_DUTY}) == questions.Right(compared=1, corrected=1)

    @pytest.mark.parametrize(("status", "place"), [(AlertStatus.DISMISSED, "settled"), (AlertStatus.ANSWERED, "asked")])
    def test_a_question_stands_until_two_people_have_settled_it(self, status: str, place: str) -> None:
        assert self.right(facts({DAY: log()}), status=status) == questions.Right(compared=1, **{place: 1})
