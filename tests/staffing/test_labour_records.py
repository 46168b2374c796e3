"""Approvals, proofs of payment, labour matters: over the API by the vendor, in the admin."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from contract import records
from contract.choices import PartySide
from contract.roles import STAFF, VENDOR
from staffing import services
from staffing.models import HoursApproval, LabourMatter, Leave, PayProof, Post, Shift
from staffing.services import leaves, rota
from tests.api import client_of, ok, problem
from tests.contract.admin_helpers import has, office_user, signed_in
from tests.factories import make_assignment, make_contract, make_roles, make_user, set_term
from tests.staffing.helpers import report

pytestmark = pytest.mark.django_db

TODAY = date(2025, 3, 31)


@pytest.fixture(autouse=True)
def today(settings) -> None:
    settings.DEMONSTRATION_DAY = TODAY.isoformat()


@pytest.fixture
def contract() -> Any:
    make_roles()
    return make_contract(check_ids=())


def member(role: str, party: Any) -> Any:
    user = make_user(party=party)
    user.groups.add(Group.objects.get(name=role))
    return client_of(user)


@pytest.fixture
def hr(contract) -> Any:
    return member(VENDOR, contract.vendor)


def proof(contract: Any, **changed: Any) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "kind": "wages",
        "month": "2025-02-01",
        "paid_on": "2025-03-10",
        "document": "代发清单2025-02",
        "declared_by": "人事经理",
    } | changed


def approval(contract: Any, **changed: Any) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "document": "综批字1号",
        "authority": "示例区人社局",
        "approved_on": "2024-09-20",
        "valid_from": "2024-10-01",
        "valid_until": "2025-09-30",
    } | changed


def matter(contract: Any, **changed: Any) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "kind": "dispute",
        "title": "加班费争议",
        "persons": 2,
        "occurred_on": "2025-03-20",
        "known_on": "2025-03-28",
    } | changed


# --- The vendor's side ------------------------------------------------------------------------


def test_a_proof_arrives_on_the_day_on_which_it_is_sent(contract, hr) -> None:
    made = ok(hr.post("/api/v1/pay-proofs", proof(contract), format="json"), 201)
    assert made["arrived_on"] == str(TODAY)
    assert ok(hr.get(f"/api/v1/pay-proofs/{made['id']}")) == made
    changed = hr.patch(f"/api/v1/pay-proofs/{made['id']}", {"document": "清单2"}, format="json")
    assert ok(changed)["document"] == "清单2"
    assert PayProof.objects.get().history.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "bonus"}, "kind"),
        ({"month": "2024-09-01"}, "month"),
        ({"month": "2025-02"}, "month"),
        ({"paid_on": "2025-01-31"}, "paid_on"),
        ({"paid_on": "2025-04-01"}, "paid_on"),
        ({"document": ""}, "document"),
        ({"arrived_on": "2025-03-01"}, None),
        ({"salary": 1}, "salary"),
        ({"declared_by": "经\u202e理"}, "declared_by"),
    ],
)
def test_a_bad_proof_is_refused_at_its_field(contract, hr, changed, field) -> None:
    answer = hr.post("/api/v1/pay-proofs", proof(contract, **changed), format="json")
    if field is None:  # what the program tells is ignored
        assert ok(answer, 201)["arrived_on"] == str(TODAY)
    else:
        assert {e["field"] for e in problem(answer, 400)["errors"]} == {field}
        assert not PayProof.objects.exists()


def test_a_month_is_proved_once_and_again_after_a_withdrawal(contract, hr) -> None:
    made = ok(hr.post("/api/v1/pay-proofs", proof(contract), format="json"), 201)
    again = proof(contract, month="2025-02-15")
    problem(hr.post("/api/v1/pay-proofs", again, format="json"), 409)
    ok(hr.post("/api/v1/pay-proofs", proof(contract, kind="overtime"), format="json"), 201)
    gone = hr.post(f"/api/v1/pay-proofs/{made['id']}/withdraw", {"reason": "误传"}, format="json")
    assert ok(gone)["withdrawn_on"] == str(TODAY)
    assert ok(hr.post("/api/v1/pay-proofs", again, format="json"), 201)["month"] == "2025-02-01"
    later = hr.patch(f"/api/v1/pay-proofs/{made['id']}", {"note": "x"}, format="json")
    problem(later, 400)


def test_an_approval_names_a_post_of_its_own_contract(contract, hr) -> None:
    own = records.enter(Post(contract=contract, code="A", name="受理岗"))
    other = Post.objects.create(contract=make_contract(check_ids=()), code="B", name="x")
    path = "/api/v1/hours-approvals"
    made = ok(hr.post(path, approval(contract, post=own.pk), format="json"), 201)
    assert (made["post"], made["arrived_on"]) == (own.pk, str(TODAY))
    for changed in ({"post": other.pk}, {"valid_until": "2024-09-30"}, {"authority": ""}):
        problem(hr.post(path, approval(contract, **changed), format="json"), 400)
    assert ok(hr.get(f"{path}?on=2025-03-01"))["results"] == [made]
    assert ok(hr.get(f"{path}?on=2025-10-01"))["results"] == []


def test_a_matter_is_reported_on_the_day_on_which_the_vendor_sends_it(contract, hr) -> None:
    made = ok(hr.post("/api/v1/labour-matters", matter(contract), format="json"), 201)
    assert (made["reported_on"], made["recorded_by"]) == (str(TODAY), "vendor")
    address = f"/api/v1/labour-matters/{made['id']}"
    [error] = problem(hr.patch(address, {"settled_on": "2025-03-30"}, format="json"), 400)["errors"]
    assert error["field"] == "settlement"
    settled = {"settled_on": "2025-03-30", "settlement": "调解协议1号"}
    assert ok(hr.patch(address, settled, format="json"))["settled_on"] == "2025-03-30"
    assert ok(hr.get("/api/v1/labour-matters?open=true"))["results"] == []


def test_what_the_office_learned_of_is_not_reported_until_the_vendor_answers(contract, hr) -> None:
    office = member(STAFF, contract.office)
    made = ok(office.post("/api/v1/labour-matters", matter(contract), format="json"), 201)
    assert (made["reported_on"], made["recorded_by"]) == (None, "office")
    address = f"/api/v1/labour-matters/{made['id']}"
    assert ok(office.patch(address, {"persons": 3}, format="json"))["reported_on"] is None
    assert ok(hr.patch(address, {"note": "已介入"}, format="json"))["reported_on"] == str(TODAY)


def test_another_vendor_sees_none_of_it(contract, hr) -> None:
    for path, sent in (("pay-proofs", proof), ("hours-approvals", approval), ("labour-matters", matter)):
        made = ok(hr.post(f"/api/v1/{path}", sent(contract), format="json"), 201)
        stranger = member(VENDOR, make_contract(check_ids=()).vendor)
        problem(stranger.get(f"/api/v1/{path}/{made['id']}"), 404)
        problem(stranger.patch(f"/api/v1/{path}/{made['id']}", {}, format="json"), 404)
        assert ok(stranger.get(f"/api/v1/{path}"))["results"] == []
        told = problem(stranger.post(f"/api/v1/{path}", sent(contract), format="json"), 400)
        assert {error["field"] for error in told["errors"]} == {"contract"}


def test_records_are_withdrawn_with_a_reason_and_never_deleted(contract) -> None:
    row = records.enter(
        LabourMatter(
            reported_on=TODAY,
            recorded_by=PartySide.VENDOR,
            contract=contract,
            kind="injury",
            title="扭伤",
            occurred_on=TODAY,
            known_on=TODAY,
        ),
        today=TODAY,
    )
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(ValidationError):
        records.withdraw(row, on=TODAY, reason=" ")


# --- The office's pages -----------------------------------------------------------------------


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:staffing_{model}_{page}", args=args)


@pytest.fixture
def clerk(contract) -> Any:
    return signed_in(office_user(contract, "clerk"))


def test_the_office_records_what_reached_it_on_paper(contract, clerk) -> None:
    form = proof(contract) | {"arrived_on": "2025-03-12", "note": ""}
    assert clerk.post(url("payproof", "add"), form).status_code == 302
    row = PayProof.objects.get()
    assert str(row.arrived_on) == "2025-03-12"
    assert row.history.get().history_user.username == "clerk"
    has(clerk.get(url("payproof", "changelist")), "2025-02", "代发清单2025-02")
    page = clerk.post(url("payproof", "change", row.pk), form | {"withdraw": "误录"})
    assert page.status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_on == TODAY
    has(clerk.get(url("payproof", "change", row.pk)), "误录")


def test_an_approval_and_a_matter_by_the_office(contract, clerk) -> None:
    form = approval(contract) | {"arrived_on": "2025-04-02", "post": "", "note": ""}
    page = clerk.post(url("hoursapproval", "add"), form)
    assert "arrived_on" in page.context["adminform"].form.errors  # a day that has not come
    clerk.post(url("hoursapproval", "add"), form | {"arrived_on": "2024-09-29"})
    assert HoursApproval.objects.get().valid_until == date(2025, 9, 30)
    form = matter(contract) | {
        "document": "",
        "effect": "热线排队增加",
        "reported_on": "",
        "effect_removed_on": "",
        "settled_on": "",
        "settlement": "",
        "note": "",
    }
    assert clerk.post(url("labourmatter", "add"), form).status_code == 302
    row = LabourMatter.objects.get()
    assert (row.recorded_by, row.reported_on) == ("office", None)
    has(clerk.get(url("labourmatter", "changelist")), "甲方仍受影响")


def test_a_shift_is_entered_changed_and_cleared_in_the_browser(contract, clerk) -> None:
    one = make_assignment(contract)
    form = {
        "contract": contract.pk,
        "operator": one.operator_id,
        "day": "2025-03-03",
        "times": "20:00-08:00",
        "kind": "duty",
    }
    page = clerk.post(url("shift", "add"), form | {"times": "20-8"})
    assert list(page.context["adminform"].form.errors) == ["times"]
    assert clerk.post(url("shift", "add"), form).status_code == 302
    first = Shift.objects.get()
    assert clerk.post(url("shift", "add"), form | {"times": "09:00-11:00"}).status_code == 302
    page = clerk.post(url("shift", "add"), form | {"times": "10:59-12:00"})
    assert page.status_code == 200 and page.context["adminform"].form.errors
    change = url("shift", "change", first.pk)
    assert clerk.post(change, {"times": "21:00-08:00", "kind": "duty"}).status_code == 302
    live = Shift.objects.filter(replaced_by=None).order_by("starts_at")
    assert [shift.hours for shift in live] == ["09:00-11:00", "21:00-08:00"]
    has(clerk.get(change), "20:00-08:00")  # replaced: only read
    gone = {"times": "09:00-11:00", "kind": "duty", "clear": "on"}
    assert clerk.post(url("shift", "change", live[0].pk), gone).status_code == 302
    assert [s.hours for s in Shift.objects.filter(replaced_by=None)] == ["21:00-08:00"]
    has(clerk.get(url("shift", "changelist") + "?standing=replaced"), "已替换或清除")


def test_the_daily_duty_names_the_minutes(contract, clerk) -> None:
    one = make_assignment(contract)
    rota.enter(
        contract=contract,
        actor=None,
        route="api",
        at=one.created_at,
        rows=[
            rota.RotaRow(one.operator_id, date(2025, 3, 3), (services.rota.Span(0, 480), services.rota.Span(510, 1440)))
        ],
    )
    report(contract, one, date(2025, 3, 3), "D")
    has(clerk.get(url("dutyday", "changelist")), "30 分钟无人值守")
    row = contract.duty_days.get(day=date(2025, 3, 3))
    has(clerk.get(url("dutyday", "change", row.pk)), "2025-03-03 08:00–08:30")


def test_the_daily_duty_asks_for_what_the_contract_asks_for_at_its_hours(contract, clerk) -> None:
    set_term(contract, "minimum_by_hours", "08:00-08:30=0, 08:30-12:00=2, 12:00-18:00=1")
    one = make_assignment(contract)
    span = services.rota.Span(480, 1080)
    day = date(2025, 3, 3)
    rota.enter(
        contract=contract,
        actor=None,
        route="api",
        at=one.created_at,
        rows=[rota.RotaRow(one.operator_id, day, (span,))],
    )
    report(contract, one, day, "D")
    has(clerk.get(url("dutyday", "changelist")), "210 分钟无人值守")
    row = contract.duty_days.get(day=day)
    has(clerk.get(url("dutyday", "change", row.pk)), "2025-03-03 08:30–12:00")


# --- On duty over a recorded leave --------------------------------------------------------------


def test_duty_reported_over_a_leave_is_believed_and_shown(contract, hr, clerk) -> None:
    one = make_assignment(contract)
    leaves.enter(
        Leave(
            contract=contract,
            operator=one.operator,
            kind="sick",
            starts_on=date(2025, 3, 3),
            ends_on=date(2025, 3, 5),
            reported_at=one.created_at,
        )
    )
    sent = [
        {"operator": one.operator_id, "day": f"2025-03-0{n}", "status": status}
        for n, status in ((2, "on_duty"), (3, "on_duty"), (4, "sick"))
    ]
    address = f"/api/v1/contracts/{contract.pk}/attendance"
    answer = ok(hr.put(f"{address}/2025-03", {"rows": sent}, format="json"))
    assert answer["over_leave"] == 1 and "请假" in answer["message"]
    listed = ok(hr.get(f"{address}?month=2025-03&ordering=day"))["results"]
    assert [row["over_leave"] for row in listed] == [False, True, False]
    page = clerk.get(url("attendance", "changelist") + "?over_leave=1")
    has(page, "请假期间报在岗", "2025-03-03")
    assert page.context["cl"].result_count == 1
    assert contract.staff_days.get(day=date(2025, 3, 3)).in_place == 1
