"""The attendance sheet: every missing person-day has a name and a cause, and the figures are those of the rate."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contract import records
from contract.choices import Outcome
from contract.models import Contract
from staffing.admin.why import what_must_happen
from staffing.choices import AttendanceStatus, LeaveKind
from staffing.rules.coverage import DutyFact, half_hours
from staffing.rules.facts import GapFact
from staffing.rules.ledger import Ledger, Tally
from staffing.rules.presence import Away, Presence, Span, count_days
from staffing.rules.sheets import Mark, Part, Person, mark_of, shares
from staffing.rules.spans import Span as Hours
from staffing.selectors.sheets import rota_sheet, sheet
from staffing.services import rota
from tests.contract.admin_helpers import has, lacks, make_alert, office_user, signed_in
from tests.counting import counted
from tests.factories import make_assignment, make_contract, make_operator, make_user
from tests.staffing.helpers import FIRST, LAST, NOON, a_november, facts

NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
ONE = timedelta(days=1)


def person(pk: int, *stints: tuple[date, date]) -> Person:
    return Person(pk, f"HT{pk:03d}", f"人员{pk}", "", tuple(Span(*stint) for stint in stints or ((FIRST, LAST),)))


def known(reported: dict[tuple[int, date], str], *away: Away) -> Presence:
    by_person: dict[int, list[Away]] = {}
    for leave in away:
        by_person.setdefault(leave.operator_id, []).append(leave)
    return Presence(by_person, reported)


def ledger(people: list[Person], presence: Presence, as_of: date, headcount: int) -> Ledger:
    contract = facts(terms={"headcount": headcount})
    return Ledger(contract, count_days({one.pk: one.stints for one in people}, presence), as_of)


# --- Marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "leave", "mark"),
    [
        (AttendanceStatus.ON_DUTY, None, Mark.DUTY),
        (AttendanceStatus.ON_DUTY, LeaveKind.SICK, Mark.DUTY),
        (AttendanceStatus.REST, None, Mark.REST),
        (AttendanceStatus.REST, LeaveKind.PERSONAL, Mark.PERSONAL),
        (AttendanceStatus.LEAVE, LeaveKind.MATERNITY, Mark.MATERNITY),
        (AttendanceStatus.LEAVE, None, Mark.LEAVE),
        (AttendanceStatus.SICK, LeaveKind.PERSONAL, Mark.SICK),
        (AttendanceStatus.ABSENT, None, Mark.ABSENT),
        (None, LeaveKind.INJURY, Mark.INJURY),
        (None, LeaveKind.OTHER, Mark.LEAVE),
    ],
)
def test_a_report_comes_before_a_leave_and_a_leave_before_nothing(status: Any, leave: Any, mark: Mark) -> None:
    one = person(1)
    away = [Away(1, Span(NOV, NOV), leave)] if leave else []
    presence = known({(1, NOV): status} if status else {}, *away)
    assert mark_of(one, NOV, presence, NOV_END, 1) == mark


def test_what_is_not_reported_is_unproven_only_when_its_time_has_passed() -> None:
    one, nothing = person(1, (NOV, NOV_END)), known({})
    marks = [mark_of(one, NOV, nothing, NOV + ONE * late, 1) for late in (-1, 0, 1, 2)]
    assert marks == [Mark.AHEAD, Mark.WAITING, Mark.WAITING, Mark.UNPROVEN]
    assert mark_of(one, NOV - ONE, nothing, NOV_END, 1) == Mark.OFF


# --- Shares -----------------------------------------------------------------------------------


def test_who_is_away_and_who_left_add_up_to_what_is_missing() -> None:
    people = [person(1), person(2), person(3, (FIRST, date(2024, 11, 15)))]
    sick = {(1, NOV + ONE * n): AttendanceStatus.SICK for n in range(4)}
    gap = GapFact(9, "人员3 (HT003)", "resignation", date(2024, 11, 15), date(2024, 11, 16), date(2024, 11, 15))
    tally = ledger(people, known(sick), NOV_END, 3)
    found = shares(tally, Span(NOV, NOV_END), people, known(sick), [gap])
    assert [(one.part, one.name, one.counted) for one in found] == [
        (Part.LEFT, "人员3 (HT003)", 15),
        (Part.AWAY, "人员1", 4),
    ]
    assert sum(one.counted for one in found) == tally.sum(NOV, NOV_END).absent == 19


def test_a_post_that_nobody_left_is_empty_and_has_no_name() -> None:
    people = [person(1)]
    [share] = shares(ledger(people, known({}), NOV, 2), Span(NOV, NOV_END), people, known({}), [])
    assert (share.part, share.counted, share.operator_id, share.gap_pk) == (Part.EMPTY, 1, None, None)


def test_a_filled_gap_takes_no_share() -> None:
    people = [person(1)]
    filled = GapFact(9, "x", "transfer", NOV, NOV + ONE, NOV, backfilled_on=date(2024, 11, 5))
    found = shares(ledger(people, known({}), NOV_END, 2), Span(NOV, NOV_END), people, known({}), [filled])
    assert {one.part: one.counted for one in found} == {Part.LEFT: 3, Part.EMPTY: 27}


def test_a_surplus_takes_from_the_sum_on_its_own_day() -> None:
    people = [person(1), person(2)]
    sick = known({(1, NOV): AttendanceStatus.SICK})
    found = shares(ledger(people, sick, NOV_END, 1), Span(NOV, NOV_END), people, sick, [])
    assert [(one.part, one.counted) for one in found] == [(Part.AWAY, 1), (Part.SURPLUS, -1)]


@given(
    size=st.integers(0, 5),
    headcount=st.integers(0, 5),
    out=st.sets(st.tuples(st.integers(1, 5), st.integers(0, 9))),
    left=st.dictionaries(st.integers(1, 5), st.integers(0, 9), max_size=3),
)
def test_the_shares_are_what_the_rate_lacks_whatever_happened(
    size: int, headcount: int, out: set[tuple[int, int]], left: dict[int, int]
) -> None:
    people = [person(n, (FIRST, NOV + ONE * left[n] if n in left else LAST)) for n in range(1, size + 1)]
    presence = known({(pk, NOV + ONE * n): AttendanceStatus.ABSENT for pk, n in out})
    gaps = [GapFact(n, f"x{n}", "transfer", NOV, NOV, NOV + ONE * left[n]) for n in left if n <= size]
    span = Span(NOV, NOV + ONE * 9)
    tally = ledger(people, presence, NOV_END, headcount)
    assert (
        sum(one.counted for one in shares(tally, span, people, presence, gaps))
        == tally.sum(span.first, span.last).absent
    )


# --- What must happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "tally", "told"),
    [
        (Outcome.NOT_MET, Tally(1350, 1303, 1303, 1303), "20 人日"),
        (Outcome.UNDETERMINED, Tally(1350, 1320, 1320, 1330), "至少有 3 人日"),
        (Outcome.AT_RISK, Tally(1305, 1280, 1280, 1280), "45 人日中不在位不超过 2 人日"),
        (Outcome.MET, Tally(1350, 1323, 1323, 1323), "尚余 0 人日"),
    ],
)
def test_it_says_what_would_have_to_happen(outcome: Outcome, tally: Tally, told: str) -> None:
    assert told in what_must_happen(outcome, tally, {"budget": 27, "required": 1350})


# --- The pages --------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2024-12-03T02:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def contract(db: Any, clock: Any) -> Contract:
    return a_november()


@pytest.fixture
def reader(contract: Contract) -> User:
    return office_user(contract)


def page(name: str, contract: Contract, **query: Any) -> str:
    text = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse(f'admin:staffing_attendance_{name}')}?contract={contract.pk}&{text}"


def test_the_sheet_shows_people_totals_and_the_sum_of_the_missing(contract: Contract, reader: User) -> None:
    shown = signed_in(reader).get(page("sheet", contract, month="2024-11"))
    has(shown, "应到 90 人日，在位 71 人日，不在位 19 人日", "离岗后未补员：辞职", "15 + 4 = 19")


def test_the_sheet_is_filtered_by_state_and_its_totals_stay(contract: Contract, reader: User) -> None:
    shown = signed_in(reader).get(page("sheet", contract, month="2024-11", state="away"))
    has(shown, "显示 3 人中的 1 人", "不在位 19 人日")


@pytest.mark.parametrize("month", ["2024-09", "2025-10", "2024-13", "x"])
def test_a_month_outside_the_term_is_not_found_and_nonsense_is_this_month(
    contract: Contract, reader: User, month: str
) -> None:
    status = signed_in(reader).get(page("sheet", contract, month=month)).status_code
    assert status == (404 if month in ("2024-09", "2025-10") else 200)


def test_a_click_leads_to_the_persons_day_with_who_reported_it(contract: Contract, reader: User) -> None:
    client = signed_in(reader)
    on_duty = contract.assignments.order_by("pk")[1].operator
    link = f"../day/?contract={contract.pk}&amp;day=2024-11-05&amp;operator={on_duty.pk}"
    has(client.get(page("sheet", contract, month="2024-11")), link)
    has(client.get(page("day", contract, day="2024-11-05", operator=on_duty.pk)), on_duty.name, "在岗", "报送人和时间")


def test_the_day_names_who_was_missing_of_how_many_owed(contract: Contract, reader: User) -> None:
    shown = signed_in(reader).get(page("day", contract, day="2024-11-04"))
    has(shown, "应到 3 人，在位 2 人（66.66%）", "事假", contract.assignments.order_by("pk")[0].operator.name)


@pytest.mark.parametrize("day", ["2024-09-30", "2025-10-01", "x", ""])
def test_a_day_outside_the_term_is_not_found(contract: Contract, reader: User, day: str) -> None:
    assert signed_in(reader).get(page("day", contract, day=day)).status_code == 404


def test_the_year_shows_every_day_and_leads_to_it(contract: Contract, reader: User) -> None:
    shown = signed_in(reader).get(page("year", contract))
    has(shown, "2024-11-04：应到 3 人，不在位 1 人，未证明 0 人", f"day/?contract={contract.pk}&amp;day=2024-11-04")


def test_the_workbook_has_the_same_figures(contract: Contract, reader: User) -> None:
    answer = signed_in(reader).get(page("workbook", contract, month="2024-11"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert [row[-3:] for row in rows[2:5]] == [(26, 4, 0), (30, 0, 0), (15, 0, 0)]
    assert [row[-3] for row in rows[5:8]] == [90, 71, 19]


def test_a_name_that_begins_like_a_formula_stays_text(contract: Contract, reader: User) -> None:
    records.correct(contract.assignments.order_by("pk")[1].operator, name="=1+1")
    answer = signed_in(reader).get(page("workbook", contract, month="2024-11"))
    cell = openpyxl.load_workbook(io.BytesIO(answer.content)).active["B4"]  # type: ignore[index]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_another_offices_sheet_does_not_exist(contract: Contract) -> None:
    stranger = signed_in(office_user(make_contract(number="X-9")))
    for name in ("sheet", "workbook", "year", "day"):
        assert stranger.get(page(name, contract, month="2024-11", day="2024-11-04")).status_code == 404


def test_the_filter_is_kept_from_month_to_month_and_the_weekday_is_one_sign(contract: Contract, reader: User) -> None:
    url = reverse("admin:staffing_attendance_sheet")
    shown = signed_in(reader).get(url, {"contract": contract.pk, "month": "2024-11", "state": "away"})
    has(shown, "month=2024-10&amp;post=&amp;state=away", "month=2024-12&amp;post=&amp;state=away", "1<br>五")
    lacks(signed_in(reader).get(url, {"contract": contract.pk, "month": "2024-11"}), ["state=&"])


def test_the_sheet_asks_the_database_the_same_of_three_and_of_thirty(contract: Contract, reader: User) -> None:
    def asked() -> int:
        with counted() as found:
            assert len(sheet(contract, Span(NOV, NOV_END), date(2024, 12, 3)).shares()) >= 2
        return found.queries

    three = asked()
    for _n in range(27):
        make_assignment(contract, make_operator(contract.vendor))
    assert asked() == three <= 10


def test_an_alert_of_the_rate_names_persons_days_and_what_must_happen(contract: Contract, reader: User) -> None:
    fields = {"check_id": "staffing.on_post_rate", "outcome": Outcome.NOT_MET, "as_of": date(2024, 12, 3)}
    span = {"period_start": NOV, "period_end": NOV_END, "figures": {"budget": 1, "required": 90, "spent": 19}}
    alert = make_alert(contract, **fields, **span)
    shown = signed_in(reader).get(reverse("admin:contract_alert_change", args=[alert.pk]))
    has(shown, "15 + 4 = 19", "如何才能达标", "实际超出 18 人日", "<svg")
    lacks(shown, ["记录在本次认定之后有变动"])
    older = make_alert(contract, key="older", **fields, **span | {"figures": {"budget": 1, "required": 90, "spent": 3}})
    has(signed_in(reader).get(reverse("admin:contract_alert_change", args=[older.pk])), "记录在本次认定之后有变动")


def test_who_may_not_read_attendance_is_not_told_who_was_missing(contract: Contract) -> None:
    payer = make_user(party=contract.office, is_staff=True, permissions=["contract.view_alert"])
    alert = make_alert(contract, check_id="staffing.on_post_rate", period_start=NOV, period_end=NOV_END)
    lacks(signed_in(payer).get(reverse("admin:contract_alert_change", args=[alert.pk])), ["如何才能达标"])


# --- The rota ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "first", "third"),
    [
        (None, (0, 0), (0, 0)),
        (DutyFact(1, 0, [(0, 2, 1)]), (2, 3), (2, 3)),
        (DutyFact(1, 1, [(0, 2, 0), (75, 1, 0), (80, 4, 0)]), (2, 3), (1, 2)),
    ],
)
def test_a_half_hour_counts_the_fewest_within_it(fact: DutyFact | None, first: Any, third: Any) -> None:
    found = half_hours(fact)
    assert len(found) == 48 and (found[0], found[2]) == (first, third)


def test_the_rota_shows_shifts_by_letter_and_who_of_them_was_away(contract: Contract, reader: User) -> None:
    one, two = (row.operator for row in contract.assignments.order_by("pk")[:2])
    rota.enter(
        contract=contract,
        actor=reader,
        route="admin",
        at=NOON,
        rows=[
            rota.RotaRow(one.pk, NOV, (Hours(480, 1200),)),
            rota.RotaRow(two.pk, NOV, (Hours(480, 1200),)),
            rota.RotaRow(two.pk, NOV + ONE, (Hours(1200, 1920),)),
        ],
    )
    client = signed_in(reader)
    query = f"?contract={contract.pk}&month=2024-11"
    shown = client.get(reverse("admin:staffing_shift_sheet") + query)
    has(shown, '<b class="o-cell">A</b> 08:00-20:00', '<b class="o-cell">B</b> 20:00-08:00', "<s>A</s>", ">24<")
    answer = client.get(reverse("admin:staffing_shift_workbook") + query)
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert [row[3:5] + row[-1:] for row in rows[2:4]] == [("A", None, 0), ("A", "B", 24)]
    with counted() as found:
        rota_sheet(contract, Span(NOV, NOV_END), date(2024, 12, 3))
    assert found.queries <= 10
