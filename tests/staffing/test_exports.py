"""Attendance as 钉钉 and 企业微信 export it: read right, shown first, counted when confirmed."""

import io
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kit.files.spreadsheets import SpreadsheetError
from staffing.exports.reading import DayRead, Export, read_export
from staffing.models import Attendance
from tests.api import V1, client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_user
from tests.staffing.test_api_people import ALL

DATA = Path(__file__).parent.parent / "data" / "exports"
DINGTALK, WECOM_DAYS, WECOM_MONTH = "dingtalk-report.xlsx", "wecom-daily.xlsx", "wecom-monthly.xlsx"


def read(name: str) -> Export:
    return read_export(io.BytesIO((DATA / name).read_bytes()))


def day(export: Export, account: str, number: int) -> DayRead:
    (found,) = [one for one in export.days if one.account == account and one.day == date(2024, 11, number)]
    return found


def kinds(one: DayRead) -> list[tuple[str, Decimal | None]]:
    return [(state.kind, state.amount) for state in one.states]


def test_the_month_summary_of_dingtalk_is_read_as_people_mean_it() -> None:
    export = read(DINGTALK)
    assert (export.source.tool, export.sheet, export.first, export.last) == (
        "钉钉",
        "月度汇总",
        date(2024, 11, 1),
        date(2024, 11, 4),
    )
    lin = "0128440011223344"  # keeps its leading zero
    late = day(export, lin, 1)
    assert (kinds(late), late.first_punch, late.last_punch, late.status) == (
        [("late", Decimal(12))],
        "08:42",
        "18:03",
        "on_duty",
    )
    assert day(export, lin, 2).status == "rest"
    assert (kinds(day(export, lin, 3)), day(export, lin, 3).status) == ([("rest_worked", None)], "on_duty")
    half = day(export, "284400112233", 1)
    assert kinds(half) == [("leave", Decimal(4))] and not half.status and half.question
    assert kinds(day(export, "284400112233", 4)) == [("missing_punch", None)]
    night = day(export, "99880077", 1)
    assert (night.first_punch, night.last_punch) == ("19:55", "次日 08:04")
    corrected = day(export, "99880077", 2)
    assert corrected.last_punch == "次日 10:02" and ("overtime", Decimal(2)) in kinds(corrected)
    assert day(export, "99880077", 4).status == "absent"
    assert {one.number for one in export.days if one.name == "周乙"} == {"G002", "G003"}
    assert not [one for one in export.days if one.name.startswith("吴丙")]  # no data is no absence


def sheet_of_dingtalk(title: str, **cells: Any) -> io.BytesIO:
    """One sheet alone, as 钉钉 exports it too; cells changed."""
    book = openpyxl.load_workbook(DATA / DINGTALK)
    for sheet in list(book):
        if sheet.title != title:
            book.remove(sheet)
    for cell, value in cells.items():
        book.active[cell].value = value
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def test_the_daily_sheet_of_dingtalk_says_what_the_month_summary_says() -> None:
    months, days = read(DINGTALK), read_export(sheet_of_dingtalk("每日统计"))
    assert days.source.key == "dingtalk_day" and len(days.days) == 9

    def told(export: Export) -> dict[Any, Any]:
        return {
            (one.account, one.day): (one.status, bool(one.question), one.first_punch, one.last_punch)
            for one in export.days
        }

    by_month = told(months)
    assert {key: by_month[key] for key in told(days)} == told(days)
    half = day(days, "284400112233", 1)
    assert kinds(half) == [("worked", None), ("leave", Decimal("0.5"))] and half.question
    assert not [one for one in days.days if one.name.startswith("吴丙")]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"AI13": "", "K13": "", "M13": ""}, ""),  # nothing but the shift's name, which is no state
        ({"AI13": "", "K13": "请假", "M13": "请假", "AN13": "1"}, "leave"),  # 年假(天)
        ({"AI13": "", "K13": "请假", "M13": "请假", "AM13": "1.0"}, "sick"),  # 病假(天)
        ({"AI13": "", "K13": "请假", "M13": "请假"}, ""),  # of which length?
        ({"AI13": "0.5"}, "absent"),
        ({"AI13": "", "K13": "管理员王五改为正常"}, "on_duty"),
        ({"AI13": "", "AJ13": "1"}, ""),  # a trip
    ],
)
def test_a_row_of_the_daily_sheet(cells: dict[str, str], status: str) -> None:
    book = openpyxl.load_workbook(DATA / DINGTALK)["每日统计"]
    assert (book["AI3"].value, book["AM4"].value, book["AN4"].value) == ("旷工天数", "病假(天)", "年假(天)")
    (one,) = [one for one in read_export(sheet_of_dingtalk("每日统计", **cells)).days if one.cell == "K13"]
    assert one.status == status and bool(one.question) == (not status)


def test_only_a_way_out_is_no_way_in() -> None:
    cells = {"J8": None, "K8": "缺卡"}
    (one,) = [one for one in read_export(sheet_of_dingtalk("每日统计", **cells)).days if one.cell == "K8"]
    assert (one.first_punch, one.last_punch, one.status) == ("", "18:02", "on_duty")


@pytest.mark.parametrize(
    ("cell", "punches", "status"),
    [
        ("08:26  \n18:02  ", ("08:26", "18:02"), "on_duty"),
        ("08:26  ", ("08:26", ""), "on_duty"),
        ("08:07外勤\n12:00\n13:00\n18:00外勤", ("08:07", "18:00"), "on_duty"),
        ("08:3022:32外勤", ("08:30", "22:32"), "on_duty"),  # glued together
        ("19:55  \n08:04  ", ("19:55", "次日 08:04"), "on_duty"),
        ("请假", ("", ""), ""),
        ("8点半", ("", ""), ""),
    ],
)
def test_a_cell_of_punches(cell: str, punches: tuple[str, str], status: str) -> None:
    (one,) = [one for one in read_export(sheet_of_dingtalk("打卡时间", J7=cell)).days if one.cell == "J7"]
    assert (one.day, one.status) == (date(2024, 11, 4), status)
    assert (one.first_punch, one.last_punch) == punches
    assert one.text == cell.strip() and bool(one.question) == (not status)


def test_who_has_not_punched_is_nothing_in_the_punch_sheet() -> None:
    export = read_export(sheet_of_dingtalk("打卡时间"))
    assert {(one.number, one.day.day) for one in export.days} == {
        ("G001", 1),
        ("G001", 3),
        ("G001", 4),
        ("G002", 1),
        ("G002", 4),
        ("G003", 1),
        ("G003", 2),
    }


def test_the_daily_report_of_wecom_is_read_by_its_result() -> None:
    export = read(WECOM_DAYS)
    assert (export.source.tool, export.first, export.last) == ("企业微信", date(2024, 11, 1), date(2024, 11, 4))
    assert kinds(day(export, "LinJia", 4)) == [("late", Decimal(12))]
    half = day(export, "LinJia", 1)
    assert ("leave", Decimal("0.5")) in kinds(half) and half.first_punch == "08:52" and half.question
    assert day(export, "LinJia", 2).status == "rest"
    assert (kinds(day(export, "ZhouYi", 4)), day(export, "ZhouYi", 4).number) == ([("corrected", None)], "")
    absent = day(export, "ZhouYi01", 4)
    assert (kinds(absent), absent.status, absent.first_punch) == ([("absent", Decimal(480))], "absent", "")


def test_the_monthly_report_of_wecom_keeps_two_things_of_one_day_apart() -> None:
    export = read(WECOM_MONTH)
    assert [day(export, "LinJia", number).status for number in (2, 3, 4)] == ["rest", "rest", "on_duty"]
    assert day(export, "LinJia", 1).question  # a leave, of the whole day or a part
    assert kinds(day(export, "ZhouYi01", 1)) == [("late", Decimal(9)), ("missing_punch", Decimal(1))]
    off = day(export, "ZhouYi01", 3)
    assert (kinds(off), off.status, off.question) == ([("unscheduled", None)], "", "")
    assert day(export, "ZhouYi01", 4).status == "absent"


def changed(name: str, **cells: Any) -> io.BytesIO:
    book = openpyxl.load_workbook(DATA / name)
    for cell, value in cells.items():
        book.worksheets[0][cell].value = value
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("旷工迟到35分钟\n(09:05,18:00)", "on_duty"),
        ("上班迟到1小时5分钟\n(09:35,18:00)", "on_duty"),
        ("正常", "on_duty"),
        ("A班次:正常\n(08:00,18:00)", "on_duty"),
        ("病假11-01 08:30到11-12 18:00 8天\n(-,-)", "sick"),
        ("年假11-01 08:30到11-01 18:00 1天\n(-)", "leave"),
        ("年假11-01 08:30到11-01 12:00 0.5天\n(-,-)", ""),
        ("事假11-01 08:30到11-01 12:30 4小时\n(-,-)", ""),
        ("出差10-28 08:30到11-23 13:15 20天\n(-,-)", ""),
        ("旷工\n(08:00,12:00)", ""),
        ("正常上班", ""),
        ("考勤异常", ""),
        ("未入职", ""),
    ],
)
def test_words_of_a_day(text: str, found: str) -> None:
    (one,) = [one for one in read_export(changed(DINGTALK, R5=text)).days if one.cell == "R5"]
    assert one.status == found
    assert bool(one.question) == (not found and text != "未入职")


def test_without_merges_and_over_the_turn_of_the_year() -> None:
    book = openpyxl.load_workbook(DATA / WECOM_MONTH)
    for merged in list(book.worksheets[0].merged_cells.ranges):
        book.worksheets[0].unmerge_cells(str(merged))
    book.worksheets[0]["A2"] = "统计时间:12-30 ～ 01-02     制表时间:2025-01-03 09:55(UTC+8)"
    for column, label in zip(
        ("AU", "AV", "AW", "AX"), ("30\n星期一", "31\n星期二", "1\n星期三", "2\n星期四"), strict=True
    ):
        book.worksheets[0][f"{column}4"] = label
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    export = read_export(file)
    assert (export.first, export.last) == (date(2024, 12, 30), date(2025, 1, 2))
    assert [one.day for one in export.days[:3]] == [date(2024, 12, 30), date(2024, 12, 31), date(2025, 1, 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_plain_csv_in_any_usual_encoding(encoding: str) -> None:
    days = "0012,林甲,2024/11/1,在岗\r\n0012,林甲,2024-11-02,请假\r\n0012,林甲,2024-11-03,迟到很久\r\n"
    text = f"工号,姓名,日期,状态\r\n{days}"
    export = read_export(io.BytesIO(text.encode(encoding)))
    assert [(one.number, one.status, bool(one.question)) for one in export.days] == [
        ("0012", "on_duty", False),
        ("0012", "leave", False),
        ("0012", "", True),
    ]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n", b"\xff\xfe\xff\xff"])
def test_a_file_of_no_known_tool_is_refused(content: bytes) -> None:
    with pytest.raises(SpreadsheetError):
        read_export(io.BytesIO(content))


def test_single_punches_of_dingtalk_are_refused() -> None:
    with pytest.raises(SpreadsheetError):
        read_export(sheet_of_dingtalk("原始记录"))


# --- Days that are none, and columns that shift -------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "月度汇总 统计日期：2024-13-01 至 2024-13-04",
        "月度汇总 统计日期：2024-02-30 至 2024-03-04",
        "月度汇总 统计日期：9999-12-31 至 9999-12-31",
        "月度汇总 统计日期：2024-11-04 至 2024-11-01",
    ],
)
def test_a_period_that_is_none_is_refused(title: str) -> None:
    with pytest.raises(SpreadsheetError):
        read_export(changed(DINGTALK, A1=title))


@pytest.mark.parametrize("day", ["2024-13-45", "2024-02-30", "00-00-00", "24-11-05 星期二", "", "十一月"])
def test_a_row_of_a_day_that_is_none_or_outside_the_period_is_asked_about(day: str) -> None:
    export = read_export(sheet_of_dingtalk("每日统计", G5=day))
    (one,) = [one for one in export.days if one.cell == "K5"]
    assert one.question and not one.status


@pytest.mark.parametrize("label", ["5", "日", "2"])
def test_a_day_column_that_was_taken_out_or_put_in_shifts_nobody(label: str) -> None:
    """The fourth column stands over Monday the 4th; named otherwise, days are missing or too many."""
    with pytest.raises(SpreadsheetError, match=f"“{label}”"):
        read_export(changed(DINGTALK, U4=label))


def test_a_holidays_name_stands_over_any_day() -> None:
    assert len(read_export(changed(DINGTALK, U4="端午节")).days) == 12


@pytest.mark.parametrize(
    "text",
    [
        "事假11-01 08:30到11-01 12:30 4..5小时",
        "08:00" + " " * 30_000 + "x",
        "正" * 30_000,
        "迟到" + "9" * 5_000 + "分钟",
    ],
)
def test_a_hostile_cell_is_asked_about_at_once(text: str) -> None:
    for export in (changed(DINGTALK, R5=text), sheet_of_dingtalk("打卡时间", J7=text)):
        started = time.monotonic()
        found = [one for one in read_export(export).days if one.cell in ("R5", "J7")]
        assert time.monotonic() - started < 5
        assert all(one.question for one in found if one.text[:2] == text[:2])


@pytest.mark.parametrize(
    "heads",
    [
        [["姓名", "工号", "2024-11-01 星期五", "2024/11/2", "备注"]],
        [["基本信息", "", "每日统计", "", ""], ["姓名", "工号", "2024-11-01 Fri", "2024年11月2日", "出勤"]],
        [["姓名", "工号", "每日统计", "", "出勤"], ["", "", "2024-11-01", "2024-11-02(周六)", ""]],
    ],
)
def test_any_sheet_headed_by_whole_days_is_read_and_no_word_is_guessed(heads: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in (*heads, ["林甲", "0012", "正常", "在岗", "3"], ["周乙", "G002", "全天在线", "--", ""]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    export = read_export(file)
    assert [(one.number, one.day.day, one.status, bool(one.question)) for one in export.days] == [
        ("0012", 1, "on_duty", False),
        ("0012", 2, "on_duty", False),
        ("G002", 1, "", True),
    ]


# --- Over the API -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_shown_first_and_counts_when_confirmed(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2024-11-30"
    contract = make_contract(check_ids=())
    for number, name in (("G001", "林甲"), ("G002", "周乙"), ("G003", "周 乙")):
        make_assignment(contract, make_operator(contract.vendor, employee_number=number, name=name))
    hr = client_of(make_user(party=contract.vendor, permissions=ALL))

    def send(name: str, query: str = "", **fields: Any) -> Any:
        body = {"file": SimpleUploadedFile(name, (DATA / name).read_bytes()), **fields}
        return hr.post(f"{V1}/contracts/{contract.pk}/attendance/exports{query}", body, format="multipart")

    seen = ok(send(DINGTALK))
    assert (seen["tool"], seen["counted"], seen["open"], len(seen["rows"])) == ("钉钉", False, 1, 12)
    assert not Attendance.objects.exists()
    assert [error["field"] for error in problem(send(DINGTALK, confirm=seen["sha256"]), 400)["errors"]] == ["R6"]
    problem(send(DINGTALK, confirm="0" * 64, leave_open=True), 400)
    assert not Attendance.objects.exists()
    tried = ok(send(DINGTALK, "?validate=true", confirm=seen["sha256"], leave_open=True))
    assert tried["created"] == 11 and not Attendance.objects.exists()
    taken = ok(send(DINGTALK, confirm=seen["sha256"], leave_open=True))
    assert (taken["counted"], taken["created"]) == (True, 11)
    assert Attendance.objects.filter(operator__employee_number="G003", status="absent").get().day == date(2024, 11, 4)
    # In the daily report one 周乙 has no number, and two people have that name.
    rows = {row["account"]: row for row in ok(send(WECOM_DAYS))["rows"] if row["name"] == "周乙"}
    assert rows["ZhouYi"]["operator"] is None and "周乙" in rows["ZhouYi"]["question"]
    assert rows["ZhouYi01"]["operator"] is not None and not rows["ZhouYi01"]["question"]
