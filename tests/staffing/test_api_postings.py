"""Leaves and assignments of a team: in one request, as a workbook, or only tried out."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from contract.roles import VENDOR
from staffing.models import Assignment, Attendance, Leave, Operator, Post
from tests.api import V1, client_of, ok, problem
from tests.contract.admin_helpers import has, signed_in
from tests.contract.workbooks import as_file, download, fill, row, upload
from tests.factories import make_assignment, make_contract, make_operator, make_roles, make_user, resident_id
from tests.staffing.helpers import report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-31"


@pytest.fixture
def contract() -> Any:
    made = make_contract(check_ids=())
    Post.objects.create(contract=made, code="A", name="坐席")
    return made


@pytest.fixture
def hr(contract: Any) -> Any:
    make_roles([VENDOR])
    user = make_user(party=contract.vendor)
    user.groups.add(Group.objects.get(name=VENDOR))
    return client_of(user)


def leave(person: Operator, **changed: Any) -> dict[str, Any]:
    return {
        "employee_number": person.employee_number,
        "kind": "sick",
        "starts_on": "2025-03-03",
        "ends_on": "2025-03-05",
    } | changed


def send(client: Any, contract: Any, name: str, rows: list[dict[str, Any]], query: str = "") -> Any:
    return client.put(f"{V1}/contracts/{contract.pk}/{name}{query}", {"rows": rows}, format="json")


def test_the_leaves_of_a_team_are_taken_in_and_the_second_time_nothing_changes(contract: Any, hr: Any) -> None:
    people = [make_assignment(contract).operator for _ in range(3)]
    rows = [leave(people[0]), leave(people[1], kind="personal"), leave(people[2])]
    rows[2] = {"operator": people[2].pk} | {key: rows[2][key] for key in ("kind", "starts_on", "ends_on")}
    assert ok(send(hr, contract, "leaves", rows)) == {"created": 3, "changed": 0, "unchanged": 0}
    rows[1]["ends_on"] = "2025-03-07"
    assert ok(send(hr, contract, "leaves", rows)) == {"created": 0, "changed": 1, "unchanged": 2}
    assert Leave.objects.get(operator=people[1]).ends_on == date(2025, 3, 7)


def test_one_bad_row_is_named_and_nothing_is_written(contract: Any, hr: Any) -> None:
    person, other = make_assignment(contract).operator, make_operator(contract.vendor)
    rows = [leave(person), leave(other), leave(person, starts_on="2025-03-04"), leave(person, employee_number="none")]
    errors = problem(send(hr, contract, "leaves", rows), 400)["errors"]
    assert [(error["index"], error["field"]) for error in errors] == [
        (1, "starts_on"),
        (2, "starts_on"),
        (3, "employee_number"),
    ]
    assert not Leave.objects.exists()


def test_a_list_of_assignments_blanks_nothing_that_it_does_not_mention(contract: Any, hr: Any) -> None:
    person = make_operator(contract.vendor)
    first = {"employee_number": person.employee_number.lower(), "starts_on": "2025-02-01"}
    assert ok(send(hr, contract, "assignments", [first | {"post_code": "A", "place": "二楼"}]))["created"] == 1
    assert ok(send(hr, contract, "assignments", [first]))["unchanged"] == 1
    end = {"ends_on": "2025-03-20", "end_reason": "resignation", "notice_on": "2025-03-01"}
    assert ok(send(hr, contract, "assignments", [first | end]))["changed"] == 1
    made = Assignment.objects.get()
    assert (made.post.code, made.place, made.end_reason) == ("A", "二楼", "resignation")
    problem(send(hr, contract, "assignments", [first | {"post_code": "B"}]), 400)
    assert "年份" in problem(send(hr, contract, "assignments", [first | {"starts_on": "2029-02-01"}]), 400)["detail"]


def test_both_come_as_workbooks_and_unchanged_again(contract: Any, hr: Any) -> None:
    person = make_operator(contract.vendor, employee_number="GH1", name="王小明")
    book = fill(download(hr, "assignments"), 2, 工号="gh1", 姓名="王 小明", 岗位代码="A", 到岗日期="2025-02-01")
    assert ok(upload(hr, "assignments", book))["created"] == 1
    book = fill(
        download(hr, "leaves"), 2, 工号="GH1", 姓名="王小明", 假别="病假", 首日="2025年3月3日", 末日="2025-03-05"
    )
    assert ok(upload(hr, "leaves", book))["created"] == 1
    for name, counted in (("assignments", "岗位代码"), ("leaves", "假别")):
        again = download(hr, name)
        assert row(again, 2)["工号"] == "GH1" and row(again, 2)[counted]
        assert ok(upload(hr, name, again)) == {"created": 0, "changed": 0, "unchanged": 1}
    bad = fill(download(hr, "leaves"), 2, 末日="2025-03-01")
    assert problem(upload(hr, "leaves", bad), 400)["errors"][0]["field"] == "E2"
    assert Leave.objects.get().operator == person


def test_the_office_has_both_lists_on_its_pages(contract: Any) -> None:
    make_assignment(contract)
    user = make_user(party=contract.office, is_staff=True, is_superuser=True)
    office = signed_in(user)
    for name in ("assignment", "leave"):
        has(office.get(reverse(f"admin:staffing_{name}_changelist")), "下载 Excel")
        assert office.get(reverse(f"admin:staffing_{name}_download_list")).status_code == 200


# --- Tried out ----------------------------------------------------------------------------------


def test_whatever_takes_in_a_list_can_be_tried_out(contract: Any, hr: Any) -> None:
    assignment = make_assignment(contract)
    person = assignment.operator
    tried = "?validate=true"
    assert ok(send(hr, contract, "leaves", [leave(person)], tried))["created"] == 1
    one = {"employee_number": person.employee_number, "starts_on": "2024-10-01", "place": "x"}
    ok(send(hr, contract, "assignments", [one], tried))
    day = {"employee_number": person.employee_number, "day": "2025-03-03"}
    address = f"{V1}/contracts/{contract.pk}"
    sent = {"rows": [day | {"status": "on_duty"}]}
    assert ok(hr.put(f"{address}/attendance/2025-03{tried}", sent, format="json"))["created"] == 1
    sent = {"rows": [day | {"shifts": ["08:00-20:00"]}]}
    assert ok(hr.put(f"{address}/rota/2025-03{tried}", sent, format="json"))["created"] == 1
    sent = {"rows": [{"employee_number": person.employee_number, "signed_on": "2025-03-01"}]}
    assert ok(hr.put(f"{address}/undertakings{tried}", sent, format="json"))["created"] == 1
    book = fill(download(hr, "operators"), 3, 工号="N1", 姓名="新", 身份证号=resident_id(9), 入职日期="2025-03-01")
    answer = hr.post(f"{V1}/operators/import{tried}", {"file": as_file(book)}, format="multipart")
    assert ok(answer)["created"] == 1
    assert not Leave.objects.exists() and not Attendance.objects.exists()
    assert Operator.objects.count() == 1 and Assignment.objects.get().place == ""
    problem(send(hr, contract, "leaves", [leave(person, kind="x")], tried), 400)
    problem(send(hr, contract, "leaves", [leave(person)], "?validate=maybe"), 400)


def test_an_unmentioned_day_stays_when_a_month_is_sent_again(contract: Any, hr: Any) -> None:
    assignment = make_assignment(contract)
    report(contract, assignment, date(2025, 3, 1), "DD")
    day = {"employee_number": assignment.operator.employee_number, "day": "2025-03-01", "status": "sick"}
    ok(hr.put(f"{V1}/contracts/{contract.pk}/attendance/2025-03", {"rows": [day]}, format="json"))
    assert Attendance.objects.get(day=date(2025, 3, 2)).status == "on_duty"


@pytest.mark.parametrize(
    ("query", "named"), [("?validate=true", "validate"), ("?dry_run=1", "dry_run"), ("?contract=1", "contract")]
)
def test_a_write_that_cannot_be_tried_is_not_done_for_who_asks_to_try_it(contract, hr, query: str, named: str) -> None:
    body = {"contract": contract.pk, **leave(make_assignment(contract).operator)}
    (error,) = problem(hr.post(f"/api/v1/leaves{query}", body, format="json"), 400)["errors"]
    assert error["field"] == named
    assert not Leave.objects.exists()
    ok(hr.post("/api/v1/leaves", body, format="json"), 201)


@pytest.mark.parametrize("query", ["?validate=true&validate=false", "?Validate=true", "?validate=true&x=1"])
def test_what_is_asked_twice_or_by_another_name_is_not_written(contract, hr, query: str) -> None:
    person = make_assignment(contract).operator
    problem(send(hr, contract, "leaves", [leave(person)], query), 400)
    assert not Leave.objects.exists()


def test_a_filter_that_is_given_twice_is_refused_and_one_of_several_values_is_not(contract, hr) -> None:
    (error,) = problem(hr.get(f"/api/v1/leaves?contract={contract.pk}&contract=99"), 400)["errors"]
    assert (error["field"], error["code"]) == ("contract", "given_twice")
    attendance = f"/api/v1/contracts/{contract.pk}/attendance"
    ok(hr.get(f"{attendance}?status=absent&status=sick"))
