"""Reports and remarks as workbooks: by the vendor over the API, by the office on its pages."""

from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract import records
from contract.duties.models import Inspection, InspectionRemark, ServiceReport
from contract.duties.selectors.lists import expected_reports
from contract.duties.services import service
from contract.models import Contract
from contract.roles import AUDITOR, STAFF, VENDOR
from tests.api import client_of, ok, problem
from tests.contract.admin_helpers import has, lacks, signed_in
from tests.contract.duties import day, make_duties
from tests.contract.workbooks import as_file, download, fill, opened, row, upload
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db
TODAY = "2024-12-20"
REPORTS, REMARKS = "service-reports", "inspection-remarks"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = TODAY


@pytest.fixture
def rows(contract: Contract) -> dict[str, Any]:
    return make_duties(contract)


@pytest.fixture
def hr(contract: Contract, rows: dict[str, Any]) -> Any:
    return client_of(member(contract, VENDOR))


@pytest.fixture
def office(contract: Contract, rows: dict[str, Any]) -> Client:
    return signed_in(member(contract, STAFF, is_staff=True))


def member(contract: Contract, role: str, **fields: Any) -> User:
    make_roles()
    user = make_user(party=contract.vendor if role == VENDOR else contract.office, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


# --- Reports by the vendor --------------------------------------------------------------------


def test_the_list_says_what_is_due_when_and_what_became_of_it(hr: Any) -> None:
    book = download(hr, REPORTS)
    assert row(book, 2) == {
        "报告名称": "统计",
        "周期首日": "2024-10-01",
        "周期末日": "2024-10-31",
        "报送期限": "2024-11-11",
        "状态": "2024-11-05 已报送",
        "标题": "首月",
        "报送日期": "2024-11-05",
    }
    assert row(book, 3)["状态"] == "未报送" and row(book, 4)["报送期限"] == "2025-01-10"
    assert book.active.max_row == 4  # no period that has not begun


def test_a_filled_row_delivers_and_the_second_time_nothing_changes(hr: Any) -> None:
    book = fill(download(hr, REPORTS), 3, 标题="十一月统计", 文号="YB-11", 摘要="话务量平稳")
    assert ok(upload(hr, REPORTS, book)) == {"created": 1, "changed": 0, "unchanged": 1}
    report = ServiceReport.objects.get(period_start=day("2024-11-01"))
    assert (report.title, report.document, report.delivered_on) == ("十一月统计", "YB-11", day(TODAY))
    assert ok(upload(hr, REPORTS, book)) == {"created": 0, "changed": 0, "unchanged": 2}
    assert ok(upload(hr, REPORTS, download(hr, REPORTS)))["unchanged"] == 2


def test_a_returned_report_is_delivered_again_and_the_old_file_is_no_new_report(hr: Any, rows: dict[str, Any]) -> None:
    before = download(hr, REPORTS)
    service.return_report(report=rows[REPORTS], on=day("2024-12-02"), reason="口径有误")
    book = download(hr, REPORTS)
    assert row(book, 2)["状态"] == "2024-12-02 已退回" and row(book, 2)["退回原因"] == "口径有误"
    assert "标题" not in row(book, 2)
    assert ok(upload(hr, REPORTS, before)) == {"created": 0, "changed": 0, "unchanged": 1}
    assert ok(upload(hr, REPORTS, fill(book, 2, 标题="首月（修订）")))["created"] == 1
    assert ServiceReport.objects.filter(period_start=day("2024-10-01")).count() == 2


@pytest.mark.parametrize(
    ("number", "cells", "cell"),
    [
        (2, {"标题": "改过的首月"}, "G2"),  # delivered and not returned
        (3, {"标题": None, "文号": "YB-11"}, "G3"),
        (3, {"标题": "长" * 121}, "G3"),
        (3, {"标题": "x", "文号": "=VLOOKUP(A3,A:B,2)"}, "H3"),
        (3, {"标题": "x", "文号": "#REF!"}, "H3"),
        (3, {"标题": "x", "报告名称": "别的报告"}, "A3"),
        (3, {"标题": "x", "周期首日": "2024-11-02"}, "B3"),
        (3, {"标题": "x", "周期首日": "十一月"}, "B3"),
        (3, {"标题": "x", "报送日期": "2024-12-01"}, "J3"),  # over the API: the day it arrives
        (4, {"标题": "x", "周期首日": "2024-10-01", "报送期限": None}, "A4"),  # stands in row 2
    ],
)
def test_what_is_wrong_is_named_by_its_cell_and_nothing_is_delivered(
    hr: Any, number: int, cells: dict[str, Any], cell: str
) -> None:
    book = fill(download(hr, REPORTS), number, **cells)
    if number != 3:
        fill(book, 3, 标题="十一月统计")
    document = problem(upload(hr, REPORTS, book), 400)
    assert document["errors"][0]["field"] == cell
    assert document["detail"].startswith(f"{cell}：") and document["detail"].count(cell) == 1
    assert ServiceReport.objects.count() == 1


def test_another_workbook_and_an_empty_list_are_refused(hr: Any) -> None:
    assert problem(upload(hr, REPORTS, openpyxl.Workbook()), 400)["code"] == "bad_file"
    assert "服务报告" in problem(upload(hr, REPORTS, download(hr, REMARKS)), 400)["detail"]
    assert problem(upload(hr, REMARKS, download(hr, REMARKS)), 400)["code"] == "bad_file"


def test_text_that_begins_like_a_formula_stays_text(hr: Any, rows: dict[str, Any]) -> None:
    book = fill(download(hr, REPORTS), 3)
    cell = book.active["G3"]
    cell.value, cell.data_type = "=1+1", "s"
    ok(upload(hr, REPORTS, book))
    again = download(hr, REPORTS).active["G3"]
    assert (again.value, again.data_type, again.quotePrefix) == ("=1+1", "s", True)


def test_of_two_contracts_one_is_named(contract: Contract, hr: Any) -> None:
    other = make_contract(check_ids=[], vendor=contract.vendor)
    assert problem(hr.get(f"/api/v1/{REPORTS}/template.xlsx"), 400)["errors"][0]["field"] == ("contract")
    book = fill(download(hr, REPORTS, contract=contract.pk), 3, 标题="十一月统计")
    assert problem(upload(hr, REPORTS, book), 400)["errors"][0]["field"] == "contract"
    wrong = problem(upload(hr, REPORTS, book, contract=other.pk), 400)
    assert wrong["errors"][0]["field"] == "A2"
    foreign = make_contract(check_ids=[])
    assert problem(upload(hr, REPORTS, book, contract=foreign.pk), 400)
    assert ok(upload(hr, REPORTS, book, contract=contract.pk))["created"] == 1


def test_the_list_takes_the_same_number_of_queries_however_long(
    contract: Contract, rows: dict[str, Any], settings: Any
) -> None:
    def queries(today: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert expected_reports(contract, day(today))
        return len(captured)

    assert queries("2024-10-20") == queries("2025-09-30")


# --- Remarks ----------------------------------------------------------------------------------


def test_the_vendor_answers_remarks_in_the_list(hr: Any, rows: dict[str, Any]) -> None:
    book = download(hr, REMARKS)
    assert row(book, 2) == {
        "检查编号": str(rows["inspections"].pk),
        "检查日期": "2024-10-06",
        "序号": "1",
        "检查意见": "整改",
        "整改期限": "2024-10-13",
    }
    fill(book, 2, 乙方答复="已整改")
    assert ok(upload(hr, REMARKS, book)) == {"created": 0, "changed": 1, "unchanged": 0}
    remark = InspectionRemark.objects.get()
    assert (remark.answer, remark.answered_on) == ("已整改", day(TODAY))
    assert ok(upload(hr, REMARKS, book))["unchanged"] == 1
    document = problem(upload(hr, REMARKS, fill(book, 2, 乙方答复="另一答复")), 400)
    assert TODAY in document["errors"][0]["message"]


def test_the_vendor_cannot_change_what_the_office_remarked(hr: Any, rows: dict[str, Any]) -> None:
    book = fill(download(hr, REMARKS), 2, 检查意见="没有问题", 是否整改到位="是", 乙方答复="已改")
    ok(upload(hr, REMARKS, book))
    remark = InspectionRemark.objects.get()
    assert (remark.text, remark.is_settled, remark.answer) == ("整改", None, "已改")


# --- The office on its pages ------------------------------------------------------------------


def page(name: str, step: str) -> str:
    return reverse(f"admin:contract_{name}_{step}")


def send(client: Client, name: str, contract: Contract, book: openpyxl.Workbook) -> Any:
    data = {"contract": contract.pk, "file": as_file(book)}
    return client.post(page(name, "take_in_list"), data, follow=True)


def test_the_office_downloads_and_takes_in_on_the_page(office: Client, contract: Contract) -> None:
    listing = office.get(page("servicereport", "changelist"))
    has(listing, "下载 Excel", "导入 Excel", page("servicereport", "download_list"))
    has(office.get(page("servicereport", "take_in_list")), "标题", "报送日期")
    book = opened(office.get(page("servicereport", "download_list")).content)
    fill(book, 3, 标题="十一月统计", 报送日期="2024-12-09")  # it came on paper
    has(send(office, "servicereport", contract, book), "已导入：新增 1 条")
    assert ServiceReport.objects.get(title="十一月统计").delivered_on == day("2024-12-09")
    assert ServiceReport.history.filter(title="十一月统计").get().history_user is not None


def test_the_page_names_the_cells_and_takes_nothing_in(office: Client, contract: Contract) -> None:
    book = opened(office.get(page("servicereport", "download_list")).content)
    fill(book, 3, 标题="十一月统计")
    fill(book, 4, 标题="十二月统计", 报送日期="2024-12-21")
    has(send(office, "servicereport", contract, book), "J4", "未导入任何内容")
    assert ServiceReport.objects.count() == 1
    has(send(office, "servicereport", contract, openpyxl.Workbook()), "未导入任何内容")


def test_the_office_keeps_remarks_answers_and_second_looks_in_one_list(
    office: Client, contract: Contract, rows: dict[str, Any]
) -> None:
    book = opened(office.get(page("inspectionremark", "download_list")).content)
    fill(book, 2, 乙方答复="已整改", 答复日期="2024-10-12", 复查日期="2024-10-20", 是否整改到位="是")
    fill(book, 3, 检查编号=rows["inspections"].pk, 序号=2, 检查意见="补记录", 整改期限="2024-12-31")
    has(send(office, "inspectionremark", contract, book), "新增 1 条，更正 1 条")
    one, two = InspectionRemark.objects.order_by("number")
    assert (one.answered_on, one.is_settled) == (day("2024-10-12"), True)
    assert (two.text, two.due_on, two.answered_on) == ("补记录", day("2024-12-31"), None)
    has(send(office, "inspectionremark", contract, book), "未变 2 条")
    fill(
        book,
        3,
        检查编号=records.enter(
            Inspection(contract=make_contract(check_ids=[]), inspected_on=day("2024-10-02"), summary="x")
        ).pk,
    )
    has(send(office, "inspectionremark", contract, book), "A3", "没有这次检查")


def test_who_only_reads_downloads_and_takes_nothing_in(contract: Contract, rows: dict[str, Any]) -> None:
    auditor = signed_in(member(contract, AUDITOR, is_staff=True))
    listing = auditor.get(page("servicereport", "changelist"))
    has(listing, "下载 Excel")
    lacks(listing, ["导入 Excel"])
    assert auditor.get(page("servicereport", "download_list")).status_code == 200
    assert auditor.get(page("servicereport", "take_in_list")).status_code == 403


def test_a_contract_of_others_is_not_offered(office: Client) -> None:
    other = make_contract(check_ids=[])
    wrong = office.get(page("servicereport", "download_list"), {"contract": other.pk})
    has(wrong, "请选择")
    lacks(office.get(page("servicereport", "take_in_list")), [other.number])
