"""Operators, assignments, leaves, gaps and demands over the API."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from contract import records
from staffing.models import Assignment, Gap, Leave, Operator, Post, ReplacementDemand
from staffing.services import assignments, leaves
from tests.api import client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_party, make_team, make_user, resident_id
from tests.staffing.helpers import report

MODELS = ("operator", "post", "assignment", "leave", "attendance", "gap", "replacementdemand", "staffday")
ALL = [f"staffing.{verb}_{model}" for verb in ("view", "add", "change") for model in MODELS]
START = date(2024, 10, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-31"


@pytest.fixture
def hr(contract) -> Any:
    return client_of(make_user(party=contract.vendor, permissions=ALL))


def person(**changed: Any) -> dict[str, Any]:
    return {
        "employee_number": "GH001",
        "name": "王小明",
        "resident_id": resident_id(1),
        "hired_on": "2024-09-01",
        "education": "college",
        "is_full_time_degree": True,
    } | changed


# --- Operators --------------------------------------------------------------------------------


def test_a_new_operator_is_read_back_with_a_masked_number(contract, hr) -> None:
    made = ok(hr.post("/api/v1/operators", person(), format="json"), 201)
    assert made["vendor"] == contract.vendor_id
    assert "resident_id" not in made
    assert made["resident_id_masked"] == "999***********" + resident_id(1)[-4:]
    assert made["sex"] in {"male", "female"}
    read = ok(hr.get(f"/api/v1/operators/{made['id']}"))
    assert read == made
    assert resident_id(1) not in hr.get("/api/v1/operators").content.decode()


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"resident_id": resident_id(1)[:-1] + "0"}, "resident_id"),
        ({"resident_id": resident_id(1)[:-1]}, "resident_id"),
        ({"resident_id": ""}, "resident_id"),
        ({"name": "长" * 1_000_000}, "name"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": ["x"]}, "name"),
        ({"hired_on": "2024-02-30"}, "hired_on"),
        ({"hired_on": "1990-01-01"}, "hired_on"),
        ({"phone": "call me"}, "phone"),
        ({"education": "school"}, "education"),
        ({"sex": "x"}, "sex"),
        ({"nmae": "x"}, "nmae"),
        ({"vendor": 10**30}, "vendor"),
        ({"vendor": "me"}, "vendor"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(hr, changed: dict[str, Any], field: str) -> None:
    document = problem(hr.post("/api/v1/operators", person(**changed), format="json"), 400)
    assert [error["field"] for error in document["errors"]] == [field]
    assert not Operator.objects.exists()


def test_the_same_person_or_number_twice_is_refused(hr) -> None:
    ok(hr.post("/api/v1/operators", person(), format="json"), 201)
    again = problem(hr.post("/api/v1/operators", person(employee_number="2"), format="json"), 409)
    assert again["errors"][0]["field"] == "resident_id"
    first = Operator.objects.get().history.get()
    told = [first.history_user.username, f"{timezone.localtime(first.history_date):%Y-%m-%d %H:%M}"]
    assert all(part in again["detail"] for part in told)  # who was first, and when
    other = person(resident_id=resident_id(2))
    twin = problem(hr.post("/api/v1/operators", other, format="json"), 409)
    assert twin["code"] == "unique" and all(part in twin["detail"] for part in told)
    wrong = person(resident_id=resident_id(2), hired_on="never")
    problem(hr.post("/api/v1/operators", wrong, format="json"), 400)  # a mistake first, then the twin
    assert Operator.objects.count() == 1


def test_a_vendor_registers_nobody_for_another_vendor(hr) -> None:
    document = problem(hr.post("/api/v1/operators", person(vendor=make_party().pk), format="json"), 400)
    assert document["errors"][0]["field"] == "vendor"


def test_who_acts_for_several_parties_says_for_which(contract) -> None:
    user = make_user(party=contract.vendor, permissions=ALL)
    user.memberships.create(party=make_party())
    client = client_of(user)
    assert problem(client.post("/api/v1/operators", person(), format="json"), 400)["errors"]
    ok(client.post("/api/v1/operators", person(vendor=contract.vendor_id), format="json"), 201)


def test_an_operator_is_corrected_with_history(hr) -> None:
    made = ok(hr.post("/api/v1/operators", person(), format="json"), 201)
    address = f"/api/v1/operators/{made['id']}"
    assert ok(hr.patch(address, {"name": "王晓明"}, format="json"))["name"] == "王晓明"
    operator = Operator.objects.get()
    assert [row.name for row in operator.history.all()] == ["王晓明", "王小明"]
    assert operator.resident_id == resident_id(1)
    assert operator.history.first().history_user is not None
    problem(hr.patch(address, {"vendor": make_party().pk}, format="json"), 400)
    problem(hr.delete(address), 405)


def test_an_office_sees_the_people_on_its_contract_and_no_others(contract) -> None:
    serving = make_assignment(contract).operator
    make_operator(contract.vendor)  # employed, but not here
    office = client_of(make_user(party=contract.office, permissions=ALL))
    rows = ok(office.get("/api/v1/operators"))["results"]
    assert [row["id"] for row in rows] == [serving.pk]


def test_another_vendor_sees_nobody(contract) -> None:
    operator = make_assignment(contract).operator
    stranger = client_of(make_user(party=make_contract(check_ids=()).vendor, permissions=ALL))
    assert ok(stranger.get("/api/v1/operators"))["count"] == 0
    problem(stranger.get(f"/api/v1/operators/{operator.pk}"), 404)
    problem(stranger.patch(f"/api/v1/operators/{operator.pk}", {"name": "x"}, format="json"), 404)


# --- Assignments ------------------------------------------------------------------------------


def test_a_person_is_put_on_a_contract_by_number_or_id(contract, hr) -> None:
    one, two = make_operator(contract.vendor), make_operator(contract.vendor)
    post = Post.objects.create(contract=contract, code="A", name="热线")
    body = {"contract": contract.pk, "starts_on": "2024-10-01", "post": post.pk}
    by_number = body | {"employee_number": one.employee_number}
    made = ok(hr.post("/api/v1/assignments", by_number, format="json"), 201)
    assert (made["operator"], made["operator_name"]) == (one.pk, one.name)
    assert made["employee_number"] == one.employee_number
    ok(hr.post("/api/v1/assignments", body | {"operator": two.pk}, format="json"), 201)
    for wrong in (
        {},
        {"operator": two.pk, "employee_number": two.employee_number},
        {"operator": 10**30},
        {"employee_number": "nobody"},
        {"operator": None},
    ):
        problem(hr.post("/api/v1/assignments", body | wrong, format="json"), 400)


def test_an_overlapping_assignment_is_refused_and_says_which(contract, hr) -> None:
    operator = make_assignment(contract).operator
    body = {"contract": contract.pk, "operator": operator.pk, "starts_on": "2024-12-01"}
    document = problem(hr.post("/api/v1/assignments", body, format="json"), 400)
    assert document["errors"][0]["field"] == "starts_on"
    assert Assignment.objects.count() == 1


def test_an_assignment_ends_with_a_reason_and_leaves_a_gap(contract, hr) -> None:
    assignment = make_assignment(contract)
    address = f"/api/v1/assignments/{assignment.pk}"
    problem(hr.patch(address, {"ends_on": "2025-03-01"}, format="json"), 400)
    problem(hr.patch(address, {"ends_on": "2024-09-01", "end_reason": "resignation"}, format="json"), 400)
    ended = {"ends_on": "2025-03-01", "end_reason": "resignation", "notice_on": "2025-02-01"}
    assert ok(hr.patch(address, ended, format="json"))["notice_on"] == "2025-02-01"
    gaps = ok(hr.get(f"/api/v1/gaps?contract={contract.pk}"))["results"]
    assert [(gap["opened_on"], gap["nominal_due_on"]) for gap in gaps] == [("2025-03-02", "2025-03-16")]
    assert gaps[0]["legal_due_on"] == "2025-03-17"  # the 16th is a Sunday


def test_a_backfill_names_its_gap_and_closes_it(contract, hr) -> None:
    assignment = make_assignment(contract)
    assignments.correct(assignment, ends_on=date(2025, 3, 1), end_reason="resignation")
    gap = Gap.objects.get()
    body = {
        "contract": contract.pk,
        "operator": make_operator(contract.vendor).pk,
        "starts_on": "2025-03-10",
        "fills_gap": gap.pk,
    }
    ok(hr.post("/api/v1/assignments", body, format="json"), 201)
    assert ok(hr.get(f"/api/v1/gaps/{gap.pk}"))["closed_on"] == "2025-03-10"
    second = body | {"operator": make_operator(contract.vendor).pk}
    problem(hr.post("/api/v1/assignments", second, format="json"), 409)


def test_the_vendor_cannot_grant_itself_the_offices_consent(contract, hr) -> None:
    body = {
        "contract": contract.pk,
        "operator": make_operator(contract.vendor).pk,
        "starts_on": "2024-10-01",
        "consent_ref": "函〔2024〕1号",
        "consented_on": "2024-09-30",
    }
    made = ok(hr.post("/api/v1/assignments", body, format="json"), 201)
    assert made["consent_ref"] == "" and made["consented_on"] is None


def test_an_assignment_never_moves_to_another_person_or_contract(contract, hr) -> None:
    assignment = make_assignment(contract)
    address = f"/api/v1/assignments/{assignment.pk}"
    other = make_operator(contract.vendor)
    document = problem(hr.patch(address, {"operator": other.pk}, format="json"), 400)
    assert document["errors"][0]["field"] == "operator"
    ok(hr.patch(address, {"operator": assignment.operator_id, "place": "二楼"}, format="json"))


def test_a_mistaken_assignment_is_withdrawn_with_a_reason(contract, hr) -> None:
    assignment = make_assignment(contract)
    address = f"/api/v1/assignments/{assignment.pk}/withdraw"
    problem(hr.post(address, {}, format="json"), 400)
    row = ok(hr.post(address, {"reason": "录入错误"}, format="json"))
    assert (row["withdrawn_on"], row["withdrawal_reason"]) == ("2025-03-31", "录入错误")
    problem(hr.post(address, {"reason": "again"}, format="json"), 400)


# --- Leaves -----------------------------------------------------------------------------------


def test_a_leave_is_recorded_corrected_and_cancelled(contract, hr) -> None:
    operator = make_assignment(contract).operator
    body = {
        "contract": contract.pk,
        "operator": operator.pk,
        "kind": "sick",
        "starts_on": "2025-03-03",
        "ends_on": "2025-03-05",
    }
    leave = ok(hr.post("/api/v1/leaves", body, format="json"), 201)
    address = f"/api/v1/leaves/{leave['id']}"
    assert ok(hr.patch(address, {"ends_on": "2025-03-07"}, format="json"))["ends_on"] == "2025-03-07"
    days = ok(hr.get(f"/api/v1/contracts/{contract.pk}/staff-days?month=2025-03"))["results"]
    assert [day["day"] for day in days if day["absent"]] == [f"2025-03-0{number}" for number in range(3, 8)]
    cancelled = ok(hr.post(f"{address}/cancel", {"reason": "提前返岗"}, format="json"))
    assert cancelled["cancelled_on"] == "2025-03-31"
    assert Leave.objects.count() == 1
    problem(hr.delete(address), 405)
    problem(hr.patch(address, {"kind": "personal"}, format="json"), 400)


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"ends_on": "2025-03-01"}, "ends_on"),
        ({"starts_on": "2024-09-01"}, "starts_on"),
        ({"kind": "holiday"}, "kind"),
        ({"starts_on": "yesterday"}, "starts_on"),
        ({"contract": 999_999}, "contract"),
    ],
)
def test_a_leave_that_cannot_be_is_refused(contract, hr, changed, field: str) -> None:
    body = {
        "contract": contract.pk,
        "operator": make_assignment(contract).operator_id,
        "kind": "sick",
        "starts_on": "2025-03-03",
        "ends_on": "2025-03-05",
    }
    document = problem(hr.post("/api/v1/leaves", body | changed, format="json"), 400)
    assert document["errors"][0]["field"] == field
    assert not Leave.objects.exists()


# --- Demands ----------------------------------------------------------------------------------


def test_a_demand_is_met_by_naming_who_replaces_the_person(contract, hr) -> None:
    assignment = make_assignment(contract)
    sent = datetime(2025, 3, 3, 2, tzinfo=UTC)
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=assignment, reason="考核不合格", sent_at=sent, arrived_at=sent)
    )
    rows = ok(hr.get("/api/v1/replacement-demands?open=true"))["results"]
    assert rows[0]["operator_name"] == assignment.operator.name
    assignments.correct(assignment, ends_on=date(2025, 3, 4), end_reason="replaced")
    substitute = make_assignment(contract, starts_on=date(2025, 3, 5))
    address = f"/api/v1/replacement-demands/{demand.pk}/fulfil"
    problem(hr.post(address, {"assignment": 999_999}, format="json"), 400)
    problem(hr.post(address, {"assignment": assignment.pk}, format="json"), 400)
    row = ok(hr.post(address, {"assignment": substitute.pk}, format="json"))
    assert row["replaced_by"] == substitute.pk
    assert ok(hr.get("/api/v1/replacement-demands?open=true"))["count"] == 0


# --- Lists ------------------------------------------------------------------------------------


def test_foreign_rows_do_not_exist(contract) -> None:
    assignment = make_assignment(contract)
    report(contract, assignment, date(2025, 3, 3), "SSS")
    leave = leaves.enter(
        Leave(
            contract=contract,
            operator=assignment.operator,
            kind="sick",
            starts_on=date(2025, 3, 6),
            ends_on=date(2025, 3, 7),
            reported_at=datetime(2025, 3, 6, tzinfo=UTC),
        )
    )
    stranger = client_of(make_user(party=make_contract(check_ids=()).vendor, permissions=ALL))
    for path in (
        f"assignments/{assignment.pk}",
        f"leaves/{leave.pk}",
        f"gaps/{Gap.objects.first().pk}",
        f"contracts/{contract.pk}/attendance",
        f"contracts/{contract.pk}/staff-days",
    ):
        problem(stranger.get(f"/api/v1/{path}"), 404)
    problem(stranger.post(f"/api/v1/leaves/{leave.pk}/cancel", {"reason": "x"}, format="json"), 404)
    body = {
        "contract": contract.pk,
        "operator": assignment.operator_id,
        "kind": "sick",
        "starts_on": "2025-03-10",
        "ends_on": "2025-03-11",
    }
    problem(stranger.post("/api/v1/leaves", body, format="json"), 400)


@pytest.mark.parametrize(
    "path",
    [
        "operators",
        "posts",
        "assignments",
        "leaves",
        "gaps",
        "replacement-demands",
        "contracts/{}/attendance",
        "contracts/{}/staff-days",
    ],
)
def test_a_list_costs_the_same_queries_however_long(contract, hr, path: str, django_assert_max_num_queries) -> None:
    counts = []
    for round_ in (0, 1):
        for number in range(1 + 4 * round_):
            Post.objects.create(contract=contract, code=f"{round_}{number}", name="x")
        for assignment in make_team(contract, 1 + 4 * round_):
            leaves.enter(
                Leave(
                    contract=contract,
                    operator=assignment.operator,
                    kind="sick",
                    starts_on=date(2025, 3, 3),
                    ends_on=date(2025, 3, 4),
                    reported_at=datetime(2025, 3, 3, tzinfo=UTC),
                )
            )
            report(contract, assignment, date(2025, 3, 10), "DDD")
            records.enter(
                ReplacementDemand(
                    contract=contract, assignment=assignment, reason="x", sent_at=datetime(2025, 3, 3, tzinfo=UTC)
                )
            )
        with django_assert_max_num_queries(20) as queries:
            rows = ok(hr.get(f"/api/v1/{path.format(contract.pk)}"))["results"]
        assert rows
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "query, field",
    [
        ("gaps?cause=boredom", "cause"),
        ("leaves?day_from=x", "day_from"),
        ("assignments?on=2025-13-01", "on"),
        ("operators?vendor=0", "vendor"),
        ("contracts/{}/attendance?month=2025-13", "month"),
        ("contracts/{}/attendance?month=202503", "month"),
        ("contracts/{}/staff-days?contract=1", "contract"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(contract, hr, query: str, field: str) -> None:
    document = problem(hr.get(f"/api/v1/{query.format(contract.pk)}"), 400)
    assert document["errors"][0]["field"] == field


def test_lists_are_filtered(contract, hr) -> None:
    assignment, other = make_team(contract, 2)
    report(contract, assignment, date(2025, 2, 27), "DDRS")
    address = f"/api/v1/contracts/{contract.pk}/attendance"

    def count(query: str) -> int:
        return int(ok(hr.get(f"{address}?{query}"))["count"])

    assert count("month=2025-02") == 2 and count("month=2025-03") == 2
    assert count("status=sick&status=rest") == 2
    assert count(f"operator={other.operator_id}") == 0
    assert count(f"employee_number={assignment.operator.employee_number}&day_to=2025-02-27") == 1
    assignments.correct(other, ends_on=date(2025, 3, 10), end_reason="resignation")
    assert ok(hr.get("/api/v1/assignments?on=2025-03-10"))["count"] == 2
    assert ok(hr.get("/api/v1/assignments?on=2025-03-11"))["count"] == 1
    assert ok(hr.get("/api/v1/gaps?open_on=2025-03-11&cause=resignation"))["count"] == 1
    assert ok(hr.get("/api/v1/gaps?open_on=2025-03-10&cause=resignation"))["count"] == 0
    assert ok(hr.get(f"/api/v1/operators?contract={contract.pk}"))["count"] == 2
