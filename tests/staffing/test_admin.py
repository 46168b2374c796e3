"""People and attendance in the browser: forms write through the services."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from contract import records
from contract.admin.base import BoundedPaginator
from contract.models import Contract
from staffing.models import Assignment, Attendance, AttendanceChange, Gap, Leave, Operator, ReplacementDemand, StaffDay
from staffing.services import assignments, leaves
from tests.contract.admin_helpers import has, lacks, office_user, signed_in
from tests.factories import make_contract, make_user
from tests.staffing.helpers import FIRST, report

pytestmark = pytest.mark.django_db

TODAY = date(2024, 11, 15)
TODAY_NOON = datetime(2024, 11, 15, 2, tzinfo=UTC)


def valid_id(serial: int) -> str:
    """A resident ID number of the fictitious area 999999 with a right check digit."""
    body = f"99999919900307{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel("2024-11-15T02:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def contract() -> Contract:
    return make_contract()


@pytest.fixture
def client(contract: Contract) -> Client:
    return signed_in(office_user(contract, "clerk"))


def operator(contract: Contract, serial: int = 1, name: str = "甲一") -> Operator:
    return records.enter(
        Operator(
            vendor=contract.vendor,
            employee_number=f"HT{serial:03d}",
            name=name,
            resident_id=valid_id(serial),
            hired_on=date(2024, 9, 1),
        )
    )


def assignment(contract: Contract, serial: int = 1, **fields: Any) -> Assignment:
    person = operator(contract, serial)
    return assignments.enter(Assignment(contract=contract, operator=person, starts_on=FIRST, **fields))


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:staffing_{model}_{page}", args=args)


def errors(page: Any) -> dict[str, Any]:
    assert page.status_code == 200, page.status_code
    return dict(page.context["adminform"].form.errors)


# --- Operators ----------------------------------------------------------------------------


def person_form(**fields: Any) -> dict[str, Any]:
    return {
        "employee_number": "HT900",
        "name": "新人",
        "sex": "",
        "resident_id": valid_id(900),
        "phone": "",
        "hired_on": "2024-09-01",
        "clean_record_proved_on": "",
        "education": "college",
    } | fields


def test_a_person_is_registered(contract: Contract, client: Client) -> None:
    page = client.post(url("operator", "add"), person_form(vendor=contract.vendor_id))
    assert page.status_code == 302
    person = Operator.objects.get(employee_number="HT900")
    assert person.resident_id == valid_id(900) and person.sex
    assert person.history.get().history_user.username == "clerk"


def test_a_wrong_check_digit_is_an_error_of_its_field(contract: Contract, client: Client) -> None:
    wrong = valid_id(900)[:-1] + ("0" if valid_id(900)[-1] != "0" else "1")
    form = person_form(vendor=contract.vendor_id, resident_id=wrong)
    page = client.post(url("operator", "add"), form)
    assert list(errors(page)) == ["resident_id"] and not Operator.objects.exists()
    lacks(page, [wrong])  # what was typed does not come back


def test_a_resident_id_is_never_shown_in_full(contract: Contract, client: Client) -> None:
    person = operator(contract)
    records.correct(person, resident_id=valid_id(2), sex="")
    version = person.history.first()
    assert version is not None
    pages = [
        client.get(url("operator", "changelist")),
        client.get(url("operator", "change", person.pk)),
        client.get(url("operator", "history", person.pk)),
        client.get(url("operator", "simple_history", person.pk, version.pk)),
    ]
    for page in pages:
        assert page.status_code == 200
        lacks(page, [valid_id(1), valid_id(2), person.resident_id_index])
    has(pages[0], "999***********")
    reader = office_user(contract, "reader")
    reader.user_permissions.remove(*reader.user_permissions.filter(codename="change_operator"))
    has(signed_in(reader).get(url("operator", "change", person.pk)), "999***********")


def test_an_empty_resident_id_keeps_the_number(contract: Contract, client: Client) -> None:
    person = operator(contract)
    form = person_form(employee_number="HT001", name="改名", resident_id="", sex=person.sex)
    assert client.post(url("operator", "change", person.pk), form).status_code == 302
    person.refresh_from_db()
    assert person.name == "改名" and person.resident_id == valid_id(1)


def test_people_are_found_by_number_or_name(contract: Contract, client: Client) -> None:
    one, two = operator(contract, 1, "张三"), operator(contract, 2, "李四")
    for words in ("HT001", "张三"):
        page = client.get(url("operator", "changelist"), {"q": words})
        has(page, url("operator", "change", one.pk))
        lacks(page, [url("operator", "change", two.pk)])


def test_another_vendors_people_do_not_exist(client: Client) -> None:
    foreign = operator(make_contract(), 5, "外人")
    assert client.get(url("operator", "change", foreign.pk)).status_code == 302
    lacks(client.get(url("operator", "changelist")), ["外人"])


# --- Assignments and leaves ---------------------------------------------------------------


def assignment_form(contract: Contract, person: Operator, **fields: Any) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "operator": person.pk,
        "post": "",
        "place": "",
        "starts_on": "2024-10-01",
        "ends_on": "",
        "end_reason": "",
        "fills_gap": "",
        "consent_ref": "",
        "consented_on": "",
    } | fields


def test_an_assignment_fills_the_days(contract: Contract, client: Client) -> None:
    person = operator(contract)
    page = client.post(url("assignment", "add"), assignment_form(contract, person))
    assert page.status_code == 302
    assert StaffDay.objects.filter(contract=contract, assigned=1).count() == 365


def test_an_overlap_is_an_error_of_its_field_and_writes_nothing(contract: Contract, client: Client) -> None:
    first = assignment(contract)
    form = assignment_form(contract, first.operator, starts_on="2024-12-01")
    assert "starts_on" in errors(client.post(url("assignment", "add"), form))
    assert Assignment.objects.count() == 1


def test_a_resignation_opens_a_gap(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    form = assignment_form(
        contract, row.operator, ends_on="2024-11-10", end_reason="resignation", notice_on="2024-10-10", withdraw=""
    )
    assert client.post(url("assignment", "change", row.pk), form).status_code == 302
    assert Gap.objects.get(is_void=False).opened_on == date(2024, 11, 11)
    has(client.get(url("gap", "changelist")), "甲一")


def test_an_end_without_a_reason_is_refused(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    form = assignment_form(contract, row.operator, ends_on="2024-11-10", notice_on="", withdraw="")
    page = client.post(url("assignment", "change", row.pk), form)
    has(page, "截止日")
    row.refresh_from_db()
    assert errors(page) and row.ends_on is None


def test_what_was_entered_by_mistake_is_taken_back_and_stays(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    form = assignment_form(contract, row.operator, notice_on="", withdraw="录入有误")
    assert client.post(url("assignment", "change", row.pk), form).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_on == TODAY and not StaffDay.objects.exists()
    page = client.get(url("assignment", "change", row.pk))
    has(page, "录入有误")
    lacks(page, ['name="_save"'])
    assert client.get(url("assignment", "delete", row.pk)).status_code == 403


def leave_form(row: Assignment, **fields: Any) -> dict[str, Any]:
    return {
        "contract": row.contract_id,
        "operator": row.operator_id,
        "kind": "sick",
        "starts_on": "2024-11-01",
        "ends_on": "2024-11-05",
        "reported_at_0": "2024-11-01",
        "reported_at_1": "09:00",
    } | fields


def test_a_leave_that_ends_before_it_begins_is_refused(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    page = client.post(url("leave", "add"), leave_form(row, ends_on="2024-10-31"))
    assert "ends_on" in errors(page) and not Leave.objects.exists()


def test_a_leave_takes_its_days_from_the_roll_up(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    assert client.post(url("leave", "add"), leave_form(row)).status_code == 302
    assert StaffDay.objects.filter(absent=1).count() == 5
    leave = Leave.objects.get()
    form = leave_form(row, ends_on="2024-11-03", withdraw="")
    assert client.post(url("leave", "change", leave.pk), form).status_code == 302
    assert StaffDay.objects.filter(absent=1).count() == 3
    form = leave_form(row, ends_on="2024-11-03", withdraw="重复录入")
    assert client.post(url("leave", "change", leave.pk), form).status_code == 302
    assert not StaffDay.objects.filter(absent=1).exists()


def test_what_was_just_entered_is_undone_by_one_press(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    page = client.post(url("leave", "add"), leave_form(row), follow=True)
    leave = Leave.objects.get()
    where = url("leave", "change", leave.pk)
    has(page, f'action="{where}"', "撤回这条登记")
    assert client.get(where + "?_undo=1").status_code == 200 and Leave.objects.get().stands
    has(client.post(where, {"_undo": "1"}, follow=True), "已撤回")
    assert not Leave.objects.get().stands and "登记有误" in Leave.objects.get().cancel_reason
    assert not StaffDay.objects.filter(absent=1).exists()
    assert client.post(where, {"_undo": "1"}).status_code == 403


@pytest.mark.parametrize(("minutes", "stands"), [(15, False), (16, True)])
def test_it_is_undone_within_a_quarter_of_an_hour(
    contract: Contract, client: Client, clock: Any, minutes: int, stands: bool
) -> None:
    client.post(url("leave", "add"), leave_form(assignment(contract)))
    clock.shift(timedelta(minutes=minutes))
    client.post(url("leave", "change", Leave.objects.get().pk), {"_undo": "1"})
    assert Leave.objects.get().stands == stands


def test_another_person_undoes_nothing(contract: Contract, client: Client) -> None:
    client.post(url("leave", "add"), leave_form(assignment(contract)))
    colleague = signed_in(office_user(contract, "colleague"))
    where = url("leave", "change", Leave.objects.get().pk)
    has(colleague.post(where, {"_undo": "1"}, follow=True), "请在本页填写理由撤回")
    stranger = signed_in(office_user(make_contract(number="X-9"), "stranger"))
    assert stranger.post(where, {"_undo": "1"}).status_code == 404
    assert Leave.objects.get().stands


# --- Attendance ---------------------------------------------------------------------------


def test_a_corrected_day_leaves_old_new_and_who(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    report(contract, row, FIRST, "DDD")
    day = Attendance.objects.get(day=FIRST)
    page = client.post(url("attendance", "change", day.pk), {"status": "sick"}, follow=True)
    assert page.status_code == 200
    change = AttendanceChange.objects.get()
    assert (change.old, change.new, change.batch.actor.username) == ("on_duty", "sick", "clerk")
    assert StaffDay.objects.get(day=FIRST).absent == 1
    has(client.get(url("attendance", "change", day.pk)), "clerk")


def test_a_day_to_come_cannot_be_reported(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    form = {"contract": contract.pk, "operator": row.operator_id, "day": "2024-11-16", "status": "on_duty"}
    assert "day" in errors(client.post(url("attendance", "add"), form))
    assert not Attendance.objects.exists()
    assert client.post(url("attendance", "add"), form | {"day": "2024-11-15"}).status_code == 302


# --- Gaps and demands ---------------------------------------------------------------------


def test_gaps_and_roll_ups_are_read_only(contract: Contract, client: Client) -> None:
    for model in ("gap", "staffday", "attendancebatch", "attendancechange"):
        assert client.get(url(model, "add")).status_code == 403
    row = assignment(contract)
    assignments.correct(row, ends_on=date(2024, 11, 1), end_reason="resignation")
    gap = Gap.objects.get()
    lacks(client.get(url("gap", "change", gap.pk)), ['name="_save"'])
    assert client.post(url("gap", "change", gap.pk), {"cause": "leave"}).status_code == 403


def test_a_demand_is_sent_arrives_and_is_withdrawn(contract: Contract, client: Client) -> None:
    row = assignment(contract)
    form = {
        "assignment": row.pk,
        "reason": "多次考核不合格",
        "sent_at_0": "2024-11-10",
        "sent_at_1": "09:00",
        "arrived_at_0": "",
        "arrived_at_1": "",
    }
    assert client.post(url("replacementdemand", "add"), form).status_code == 302
    demand = ReplacementDemand.objects.get()
    page = url("replacementdemand", "change", demand.pk)
    early = {"arrived_at_0": "2024-11-09", "arrived_at_1": "09:00", "replaced_by": ""}
    assert errors(client.post(page, early))
    assert client.post(page, early | {"arrived_at_0": "2024-11-11"}).status_code == 302
    demand.refresh_from_db()
    assert demand.arrived_at
    kept = {"arrived_at_0": "2024-11-11", "arrived_at_1": "09:00", "replaced_by": "", "withdraw": "on"}
    assert client.post(page, kept).status_code == 302
    demand.refresh_from_db()
    assert demand.withdrawn_on == TODAY


# --- What pages cost ----------------------------------------------------------------------


@pytest.mark.parametrize("model", ["operator", "assignment", "attendance", "leave", "gap", "staffday"])
def test_a_list_costs_the_same_for_many_rows(
    contract: Contract, client: Client, model: str, django_assert_max_num_queries: Any
) -> None:
    for serial in range(1, 7):
        row = assignment(contract, serial)
        report(contract, row, FIRST, "DDDDSSDDDD")
        leaves.enter(
            Leave(
                contract=contract,
                operator=row.operator,
                kind="personal",
                starts_on=FIRST + timedelta(days=20),
                ends_on=FIRST + timedelta(days=22),
                reported_at=TODAY_NOON,
            )
        )
    client.get(url(model, "changelist"))
    with django_assert_max_num_queries(10):
        assert client.get(url(model, "changelist")).status_code == 200


def test_the_home_page_shows_people_gaps_and_demands(contract: Contract, client: Client) -> None:
    row, other = assignment(contract, 1), assignment(contract, 2)
    assignments.correct(row, ends_on=date(2024, 11, 4), end_reason="dismissal")
    records.enter(
        ReplacementDemand(
            contract=contract, assignment=other, reason="不胜任", sent_at=TODAY_NOON, arrived_at=TODAY_NOON
        )
    )
    page = client.get(reverse("admin:index"))
    has(page, "今日到岗", "本月人员到位率", "2024-11-19", "剩余 4 日", "剩余 3 日")
    has(page, url("gap", "change", Gap.objects.get().pk))


def test_a_contract_cut_short_takes_its_days_along(contract: Contract, client: Client) -> None:
    assignment(contract)
    page = client.get(reverse("admin:contract_contract_change", args=[contract.pk]))
    form = page.context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    data |= {"terminated_on": "2024-12-31"}
    page = client.post(reverse("admin:contract_contract_change", args=[contract.pk]), data)
    assert page.status_code == 302
    assert StaffDay.objects.order_by("-day")[0].day == date(2024, 12, 31)


# --- Lists of very many rows --------------------------------------------------------------------------


@pytest.mark.parametrize(("counted", "cut"), [(61, False), (60, True), (59, True)])
def test_a_list_is_counted_as_far_as_anybody_turns_pages(
    contract: Contract, client: Client, monkeypatch: pytest.MonkeyPatch, counted: int, cut: bool
) -> None:
    for serial in (1, 2):
        report(contract, assignment(contract, serial), FIRST, "D" * 30)
    monkeypatch.setattr(BoundedPaginator, "COUNTED", counted)
    answer = client.get(url("attendance", "changelist"))
    found = answer.context["cl"]
    assert found.result_count == min(60, counted) and found.paginator.is_cut is cut
    assert ("条以上" in answer.content.decode()) is cut and (found.date_hierarchy is None) is cut
    assert len(found.result_list) == 50 and found.result_list[0].day == FIRST + timedelta(days=29)


@pytest.mark.parametrize("model", ["attendance", "shift"])
def test_the_newest_days_are_read_off_an_index(contract: Contract, model: str) -> None:
    page = Client()
    page.force_login(make_user(is_staff=True, is_superuser=True))
    rows = page.get(url(model, "changelist")).context["cl"].queryset
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # an empty table is sorted
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    assert f"{model}_newest" in rows[:50].explain()
