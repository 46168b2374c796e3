"""Trainings, trials, labour contracts and proofs as workbooks: all of a list or nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from contract import records
from contract.models import Contract
from contract.roles import STAFF, VENDOR
from staffing.models import EmploymentContract, QualificationProof, Training, TrialAssessment
from tests.api import client_of, ok, problem
from tests.contract.admin_helpers import has, lacks, signed_in
from tests.contract.workbooks import download, fill, row, upload
from tests.factories import make_assignment, make_contract, make_operator, make_roles, make_user

pytestmark = pytest.mark.django_db

LISTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "trainings": (Training, {"首日": "2025-02-01", "末日": "2025-03-01", "培训内容": "受理规范", "学时": 80}),
    "trial-assessments": (TrialAssessment, {"考核日期": "2025/3/10", "结果": "不合格", "得分": 58.5}),
    "employment-contracts": (
        EmploymentContract,
        {"签订日期": "2024年9月1日", "起始日": "2024-09-01", "终止日": "2027-08-31"},
    ),
    "qualification-proofs": (QualificationProof, {"证明种类": "学历证明", "出具日期": "2023-07-01", "文号": "XL-1"}),
}


@pytest.fixture
def operator(contract: Contract) -> Any:
    return make_operator(contract.vendor, employee_number="GH1", name="=甲")


@pytest.fixture
def hr(contract: Contract, operator: Any) -> Any:
    make_roles([VENDOR])
    user = make_user(party=contract.vendor)
    user.groups.add(Group.objects.get(name=VENDOR))
    return client_of(user)


def filled(hr: Any, route: str, **cells: Any) -> Any:
    """A list with one row; the name, which begins like a formula, stays text."""
    values = {"工号": "GH1", "姓名": "=甲"} | LISTS[route][1] | cells
    book = fill(download(hr, route), 2, **values)
    book.active["B2"].data_type = "s"
    return book


@pytest.mark.parametrize("route", LISTS)
def test_a_list_is_taken_in_and_the_second_time_nothing_changes(hr: Any, route: str) -> None:
    book = filled(hr, route)
    assert ok(upload(hr, route, book)) == {"created": 1, "changed": 0, "unchanged": 0}
    model = LISTS[route][0]
    record = model.objects.get()
    assert record.operator.employee_number == "GH1"
    assert ok(upload(hr, route, book)) == {"created": 0, "changed": 0, "unchanged": 1}
    again = download(hr, route)
    assert (row(again, 2)["工号"], row(again, 2)["姓名"]) == ("GH1", "=甲")
    assert again.active["B2"].quotePrefix
    assert ok(upload(hr, route, again))["unchanged"] == 1
    assert ok(upload(hr, route, fill(again, 2, 备注="已核对原件")))["changed"] == 1
    record.refresh_from_db()
    assert record.note == "已核对原件" and record.history.count() == 2


def test_values_arrive_as_what_they_are(hr: Any) -> None:
    for route in LISTS:
        ok(upload(hr, route, filled(hr, route)))
    trial = TrialAssessment.objects.get()
    assert (trial.assessed_on, trial.is_passed, trial.score) == (date(2025, 3, 10), False, Decimal("58.50"))
    assert Training.objects.get().hours == 80
    assert EmploymentContract.objects.get().signed_on == date(2024, 9, 1)
    assert QualificationProof.objects.get().kind == "degree"


@pytest.mark.parametrize(
    ("route", "cells", "cell"),
    [
        ("trainings", {"工号": "nobody"}, "A2"),
        ("trainings", {"姓名": "乙"}, "B2"),
        ("trainings", {"首日": None}, "C2"),
        ("trainings", {"首日": "二月"}, "C2"),
        ("trainings", {"末日": "2025-01-31"}, "D2"),
        ("trainings", {"试用开始日": "2025-01-31"}, "E2"),
        ("trainings", {"学时": "很多"}, "G2"),
        ("trainings", {"学时": -1}, "G2"),
        ("trial-assessments", {"结果": "勉强"}, "D2"),
        ("trial-assessments", {"得分": 101}, "E2"),
        ("trial-assessments", {"得分": "NaN"}, "E2"),
        ("employment-contracts", {"终止日": "2024-08-31"}, "E2"),
        ("employment-contracts", {"签订日期": True}, "C2"),
        ("qualification-proofs", {"证明种类": "驾照"}, "C2"),
        ("qualification-proofs", {"文号": "长" * 81}, "E2"),
    ],
)
def test_what_is_wrong_is_named_by_its_cell_and_nothing_is_kept(
    hr: Any, route: str, cells: dict[str, Any], cell: str
) -> None:
    book = filled(hr, route, **cells)
    document = problem(upload(hr, route, book), 400)
    assert [error["field"] for error in document["errors"]] == [cell]
    assert document["detail"].count(cell) == 1
    assert not LISTS[route][0].objects.exists()


def test_one_bad_row_keeps_the_good_ones_out(hr: Any, contract: Contract) -> None:
    make_operator(contract.vendor, employee_number="GH2", name="乙")
    book = filled(hr, "trainings")
    fill(book, 3, 工号="GH2", 姓名="乙", 首日="2025-02-01", 末日="2025-01-01", 培训内容="x")
    assert problem(upload(hr, "trainings", book), 400)["errors"][0]["field"] == "D3"
    assert not Training.objects.exists()


def test_the_same_row_twice_and_a_person_of_another_vendor_are_refused(hr: Any) -> None:
    make_operator(make_contract(check_ids=()).vendor, employee_number="GX", name="丙")
    book = filled(hr, "trainings")
    fill(book, 3, 工号="GH1", 姓名="x", 首日="2025-02-01", 培训内容="x")
    assert problem(upload(hr, "trainings", book), 400)["errors"][0]["field"] == "A3"
    fill(book, 3, 工号="GX", 姓名="丙")
    assert problem(upload(hr, "trainings", book), 400)["errors"][0]["field"] == "A3"


def test_withdrawn_records_are_neither_listed_nor_corrected(hr: Any, contract: Contract, operator: Any) -> None:
    proof = records.enter(QualificationProof(operator=operator, kind="degree", dated_on=date(2023, 7, 1)))
    records.withdraw(proof, on=date(2025, 3, 1), reason="录错")
    assert row(download(hr, "qualification-proofs"), 2) == {}
    book = filled(hr, "qualification-proofs")
    assert ok(upload(hr, "qualification-proofs", book))["created"] == 1


def test_dates_out_of_order_are_refused_however_they_come(contract: Contract, hr: Any) -> None:
    """The model itself says so: `clean` used to look at the order and say nothing."""
    body = {
        "contract": contract.pk,
        "employee_number": "GH1",
        "starts_on": "2025-02-01",
        "topic": "x",
        "trial_starts_on": "2025-01-31",
    }
    document = problem(hr.post("/api/v1/trainings", body, format="json"), 400)
    assert document["errors"][0]["field"] == "trial_starts_on"


def test_the_office_downloads_every_list_and_takes_in_its_own(contract: Contract, operator: Any) -> None:
    make_assignment(contract, operator)
    make_roles([STAFF])
    user = make_user(party=contract.office, is_staff=True)
    user.groups.add(Group.objects.get(name=STAFF))
    office = signed_in(user)
    for name, may in (("training", False), ("trialassessment", True)):
        listing = office.get(reverse(f"admin:staffing_{name}_changelist"))
        has(listing, "下载 Excel")
        (has(listing, "导入 Excel") if may else lacks(listing, ["导入 Excel"]))
        assert office.get(reverse(f"admin:staffing_{name}_download_list")).status_code == 200
        status = office.get(reverse(f"admin:staffing_{name}_take_in_list")).status_code
        assert status == (200 if may else 403)
