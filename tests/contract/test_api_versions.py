"""How an HR system stays in step: what has changed since, and no write over somebody else's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from contract.models import AlertEvent, Contract
from staffing.choices import LeaveKind
from staffing.models import Leave
from staffing.services import attendance
from staffing.services.attendance import AttendanceRow
from tests.api import client_of, ok, problem
from tests.contract.admin_helpers import make_alert
from tests.factories import make_assignment, make_operator, make_user, resident_id
from tests.staffing.test_api_people import ALL

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 3, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-20"


@pytest.fixture
def hr(contract: Contract) -> Any:
    return client_of(make_user("li", party=contract.vendor, permissions=ALL, first_name="李", last_name="人事"))


@pytest.fixture
def other(contract: Contract) -> Any:
    return client_of(make_user("wang", party=contract.vendor, permissions=ALL))


def leave(contract: Contract, client: Any) -> dict[str, Any]:
    person = make_assignment(contract).operator
    body = {"contract": contract.pk, "operator": person.pk, "kind": LeaveKind.SICK}
    return ok(client.post("/api/v1/leaves", body | {"starts_on": "2025-03-10", "ends_on": "2025-03-12"}, "json"), 201)


def patch(client: Any, row: dict[str, Any], tag: str | None, **changes: Any) -> Any:
    headers = {} if tag is None else {"If-Match": tag}
    return client.patch(f"/api/v1/leaves/{row['id']}", changes, format="json", headers=headers)


def test_a_record_is_answered_with_its_version(contract: Contract, hr: Any) -> None:
    row = leave(contract, hr)
    read = hr.get(f"/api/v1/leaves/{row['id']}")
    assert read["ETag"] == f'"{row["id"]}@{ok(read)["updated_at"]}"'
    changed = patch(hr, row, read["ETag"], ends_on="2025-03-13")
    assert ok(changed)["ends_on"] == "2025-03-13" and changed["ETag"] != read["ETag"]
    assert hr.get(f"/api/v1/leaves/{row['id']}")["ETag"] == changed["ETag"]
    assert "ETag" not in hr.get("/api/v1/leaves")


def test_a_change_of_an_old_version_is_refused_with_who_and_when(contract: Contract, hr: Any, other: Any) -> None:
    row = leave(contract, hr)
    tag = hr.get(f"/api/v1/leaves/{row['id']}")["ETag"]
    with time_machine.travel(NOON, tick=False):
        ok(patch(hr, row, tag, ends_on="2025-03-13"))
    refused = problem(patch(other, row, tag, ends_on="2025-03-11"), 412)
    assert refused["code"] == "changed_since"
    assert "人事" in refused["detail"] and "2025-03-20 12:00:00" in refused["detail"]
    assert str(Leave.objects.get().ends_on) == "2025-03-13"
    step = f"/api/v1/leaves/{row['id']}/cancel"
    problem(other.post(step, {"reason": "误报"}, format="json", headers={"If-Match": tag}), 412)
    assert Leave.objects.get().cancelled_on is None
    ok(patch(other, row, None, ends_on="2025-03-11"))  # who names no version has the last word


@pytest.mark.parametrize("tag", ["*", "W/{tag}", '"0@x", {tag}'])
def test_a_version_is_named_in_every_way_that_http_has(contract: Contract, hr: Any, tag: str) -> None:
    row = leave(contract, hr)
    read = hr.get(f"/api/v1/leaves/{row['id']}")["ETag"]
    ok(patch(hr, row, tag.format(tag=read), ends_on="2025-03-11"))


def test_an_old_version_is_refused_under_a_key_too_and_the_key_is_free_again(contract: Contract, hr: Any) -> None:
    row = leave(contract, hr)
    headers = {"If-Match": '"1@2020-01-01T00:00:00+08:00"', "Idempotency-Key": "k1"}
    url = f"/api/v1/leaves/{row['id']}"
    problem(hr.patch(url, {"ends_on": "2025-03-11"}, format="json", headers=headers), 412)
    headers["If-Match"] = hr.get(url)["ETag"]
    ok(hr.patch(url, {"ends_on": "2025-03-11"}, format="json", headers=headers))
    again = hr.patch(url, {"ends_on": "2025-03-11"}, format="json", headers=headers)
    assert again["Idempotent-Replay"] == "true" and again["ETag"] != headers["If-Match"]


def test_a_list_of_what_has_changed_since_begins_with_the_oldest(contract: Contract, hr: Any) -> None:
    first, second, third = (make_operator(contract.vendor) for _number in range(3))
    for person, minutes in ((second, 0), (first, 1), (third, -1)):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            person.save()

    def since(moment: str) -> list[int]:
        return [row["id"] for row in ok(hr.get("/api/v1/operators", {"updated_since": moment}))["results"]]

    assert since("2025-03-20T12:00:00+08:00") == [second.pk, first.pk]
    assert since("2025-03-20T04:00:00Z") == [second.pk, first.pk]
    assert since("2025-03-20T12:00:00.000001+08:00") == [first.pk]
    listed = ok(hr.get("/api/v1/operators", {"updated_since": "2025-03-20T04:00Z", "ordering": "-id"}))
    assert [row["id"] for row in listed["results"]] == [second.pk, first.pk]


def test_attendance_has_changed_with_the_set_that_wrote_it(contract: Contract, hr: Any) -> None:
    person = make_assignment(contract).operator_id
    for day, minutes in ((3, 0), (4, 5)):
        row = AttendanceRow(person, date(2025, 3, day), "on_duty")
        at = NOON + timedelta(minutes=minutes)
        attendance.enter(contract=contract, rows=[row], actor=None, route="api", at=at, today=date(2025, 3, 20))
    url = f"/api/v1/contracts/{contract.pk}/attendance"
    assert ok(hr.get(url, {"updated_since": "2025-03-20T04:00:00Z"}))["count"] == 2
    assert ok(hr.get(url, {"updated_since": "2025-03-20T04:01:00Z"}))["count"] == 1


def test_an_alert_has_changed_with_its_state(contract: Contract) -> None:
    row = make_alert(contract)
    values = {"to_status": row.status, "outcome": row.outcome, "assessment": row.assessment}
    AlertEvent.objects.create(alert=row, at=NOON, as_of=date(2025, 3, 20), **values)
    root = client_of(make_user(is_superuser=True))
    assert ok(root.get("/api/v1/alerts", {"updated_since": NOON.isoformat()}))["count"] == 1
    later = (NOON + timedelta(seconds=1)).isoformat()
    assert ok(root.get("/api/v1/alerts", {"updated_since": later}))["count"] == 0


@pytest.mark.parametrize("moment", ["yesterday", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+08:00", ""])
def test_what_is_no_instant_is_refused(hr: Any, moment: str) -> None:
    refused = problem(hr.get("/api/v1/operators", {"updated_since": moment}), 400)
    assert refused["errors"][0]["field"] == "updated_since"


def test_a_list_of_what_never_changes_knows_no_such_filter(hr: Any, contract: Contract) -> None:
    url = f"/api/v1/contracts/{contract.pk}/staff-days"
    assert problem(hr.get(url, {"updated_since": "2025-03-20T04:00Z"}), 400)["errors"][0]["code"] == "unknown_parameter"


def test_both_names_of_a_person_must_agree(contract: Contract, hr: Any) -> None:
    row = leave(contract, hr)
    other = make_operator(contract.vendor, resident_id=resident_id(77))
    names = {"operator": row["operator"], "employee_number": row["employee_number"]}
    ok(patch(hr, row, None, **names))
    refused = problem(patch(hr, row, None, **names | {"operator": other.pk}), 400)
    assert [error["field"] for error in refused["errors"]] == ["operator"]
