"""Exports of different shapes: presets, merged headings, units, sums, overlaps, and files that are another's."""

import io
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from hotline.choices import Layout
from hotline.intake import files
from hotline.intake.headings import duration, whole
from hotline.intake.sums import Read
from hotline.reference import presets
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from tests.hotline.cases import DATA

NOVEMBER_4 = date(2024, 11, 4)
AT = 1_730_680_800
"""2024-11-04 08:40 in Beijing."""


def of(preset: str, **fields: Any) -> Any:
    """A platform as it stands after its preset was chosen."""
    known = presets()[preset]
    values = {"queue_names": frozenset(), "answer_seconds": 15, "short_seconds": 5}
    return SimpleNamespace(**values, **{n: known[n] for n in ("layout", "clock", "mapping")} | fields)


def read(platform: Any, *contents: bytes) -> Read:
    return files.read(platform, [io.BytesIO(content) for content in contents])


def table(*rows: Sequence[Any], splitter: str = ",") -> bytes:
    return "\n".join(splitter.join(map(str, row)) for row in rows).encode()


def book(*rows: Sequence[Any], merged: Sequence[str] = ()) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(list(row))
    for area in merged:
        made.active.merge_cells(area)
    made.save(out)
    return out.getvalue()


def faults(caught: Any) -> str:
    return " ".join(f"{error.index + 1} {error.message}" for error in caught.value.errors)


class TestPresets:
    def test_aliyun_counts_calls_inwards_and_makes_no_wait_out_of_the_menu(self) -> None:
        content = table(
            ["ContactId", "ContactType", "ContactDisposition", "StartTime", "EstablishedTime", "ReleaseTime"],
            ["a", "Inbound", "Success", AT * 1000, AT * 1000 + 9_400, AT * 1000 + 99_000],
            ["b", "Inbound", "AbandonedInQueue", AT * 1000, "", AT * 1000 + 50_000],
            ["c", "Outbound", "Success", AT * 1000, AT * 1000 + 9_000, AT * 1000 + 99_000],
        )
        found = read(of("aliyun_calls"), content)
        assert [(one.day, one.figures) for one in found.days] == [(NOVEMBER_4, {"offered": 2, "answered": 1})]
        assert found.passed_over == 1

    def test_tencent_writes_seconds_and_leaves_out_who_never_came_into_a_queue(self) -> None:
        head = ["Direction", "StartTimestamp", "QueuedTimestamp", "AcceptTimestamp", "EndedTimestamp", "Duration"]
        content = table(
            head,
            [0, AT - 30, AT, AT + 15, AT + 75, 60],
            [0, AT - 30, AT, AT + 16, AT + 76, 60],
            [0, AT - 30, AT, 0, AT + 5, 0],
            [0, AT - 30, 0, 0, AT, 0],
            [1, AT - 30, 0, AT, AT, 0],
        )
        (only,) = read(of("tencent_calls"), content).days
        assert only.figures == {
            "offered": 3,
            "answered": 2,
            "answered_in_time": 1,
            "left_in_time": 2,
            "short_abandoned": 1,
            "waiting_seconds": 15 + 16 + 5,
            "talking_seconds": 120,
        }

    def test_huawei_adds_five_minutes_to_half_hours_and_two_columns_to_one_figure(self) -> None:
        head = ["statStartTime", "inCallNum", "connectedNum", "in15sCallNum", "wait15sLostNum"]
        content = table(
            head, [AT * 1000, 10, 9, 7, 1], [(AT + 300) * 1000, 4, 4, 4, 0], [(AT + 1800) * 1000, 2, 1, 1, 0]
        )
        (only,) = read(of("huawei_sums"), content).days
        assert only.figures == {"offered": 16, "answered": 14, "answered_in_time": 12, "left_in_time": 13}
        assert (only.halves["offered"][17], only.halves["offered"][18]) == (14, 2)

    def test_huawei_with_a_row_for_each_skill_asks_for_the_column_that_says_so(self) -> None:
        head = ["statStartTime", "skillId", "inCallNum", "connectedNum", "in15sCallNum", "wait15sLostNum"]
        content = table(head, [AT * 1000, 1, 10, 9, 7, 1], [AT * 1000, 2, 5, 5, 5, 0])
        with pytest.raises(RowErrors) as caught:
            read(of("huawei_sums"), content)
        assert caught.value.errors[0].index == 2
        own = of("huawei_sums", mapping=presets()["huawei_sums"]["mapping"] | {"queue": "skillId"})
        assert read(own, content).days[0].figures["offered"] == 15

    def test_a_call_centre_of_the_freeswitch_kind(self) -> None:
        head = ["callid", "type", "start_stamp", "queue_duration", "queue_out_reason", "ext_duration"]
        content = table(
            head,
            ["1", "inbound", "2024-11-04 08:40:00", "8", "转座席", "60"],
            ["2", "inbound", "2024-11-04 08:41:00", "4", "排队放弃", "0"],
            ["3", "outbound", "2024-11-04 08:42:00", "0", "", "60"],
        )
        (only,) = read(of("cti_calls"), content).days
        known = only.figures
        assert (known["offered"], known["answered"], known["short_abandoned"], known["talking_seconds"]) == (
            2,
            1,
            1,
            60,
        )

    def test_aliyun_reports_sums_by_day(self) -> None:
        content = table(["日期", "n_incall", "n_queuecall_loss", "n_normal_answer"], ["2024-11-04", 100, 5, 94])
        assert read(of("aliyun_sums"), content).days[0].figures == {"offered": 100, "answered": 94}

    def test_freeswitch_in_utc_belongs_to_the_beijing_day(self) -> None:
        def row(start: str, number: str, other: str) -> list[str]:
            times = [f'"{start}"', '"2024-11-04 16:00:05"', '"2024-11-04 16:05:05"']
            return [
                '"林"',
                '"0100"',
                '"12345"',
                '"public"',
                *times,
                "320",
                "300",
                "NORMAL_CLEARING",
                number,
                other,
                *"abc",
            ]

        content = table(row("2024-11-04 15:59:45", "u1", "b1"), row("2024-11-04 16:00:00", "u2", ""))
        first, second = read(of("freeswitch_cdr"), content).days
        assert (first.day, first.figures) == (NOVEMBER_4, {"offered": 1, "answered": 1, "talking_seconds": 300})
        assert (second.day, second.figures["answered"]) == (date(2024, 11, 5), 0)

    @pytest.mark.django_db
    @pytest.mark.parametrize("key", presets())
    def test_each_is_a_platform_that_can_be_entered(self, key: str, contract: Any) -> None:
        from hotline.models import Platform

        known = {name: presets()[key][name] for name in ("layout", "clock", "mapping", "note")}
        Platform(contract=contract, name="平台", since=NOVEMBER_4, **known).full_clean()


SUMS = {
    "day": "日期",
    "half_hour": "时段",
    "offered": "呼入/总量",
    "answered": "呼入/接通",
    "waiting_seconds": "等待时长",
}


class TestHeadings:
    def test_a_title_two_merged_rows_a_total_and_a_remark(self) -> None:
        content = book(
            ["热线话务统计"],
            [],
            ["日期", "时段", "呼入", None, "呼出", None, "等待时长\n（毫秒）"],
            [None, None, "总量", "接通", "总量", "接通", None],
            ["2024-11-04", "08:30-09:00", 10, 9, 3, 2, 90_001],
            ["2024-11-04", "09:00-09:30", 5, 5, 0, 0, 10_000],
            ["合计", None, 15, 14, 3, 2, 100_001],
            ["制表时间：2024-11-05"],
            merged=["A1:G1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:G4"],
        )
        (only,) = read(of("aliyun_sums", mapping=SUMS), content).days
        assert only.figures == {"offered": 15, "answered": 14, "waiting_seconds": 91 + 10}

    def test_a_heading_that_stands_twice_wants_its_group(self) -> None:
        content = table(
            ["日期", "呼入", "", "呼出", ""], ["", "总量", "接通", "总量", "接通"], ["2024-11-04", 1, 1, 1, 1]
        )
        with pytest.raises(RowErrors) as caught:
            read(of("aliyun_sums", mapping={"day": "日期", "offered": "总量"}), content)
        assert "呼入/总量" in faults(caught)

    def test_rows_are_named_as_they_stand_in_the_book(self) -> None:
        content = book(["统计"], [], ["日期", "呼入量"], [], ["2024-11-04", "很多"])
        with pytest.raises(RowErrors) as caught:
            read(of("aliyun_sums", mapping={"day": "日期", "offered": "呼入量"}), content)
        assert [error.index + 1 for error in caught.value.errors] == [5]

    def test_a_table_by_the_hour_says_nothing_of_half_hours(self) -> None:
        content = table(["日期", "时段", "呼入量"], ["2024-11-04", "08:00-09:00", 7], ["2024-11-04", "09:00-10:00", 8])
        mapping = {"day": "日期", "half_hour": "时段", "offered": "呼入量"}
        (only,) = read(of("aliyun_sums", mapping=mapping), content).days
        assert (only.figures, only.halves) == ({"offered": 15}, {})

    def test_days_without_a_figure_and_days_between_are_named_and_not_written(self) -> None:
        content = table(
            ["日期", "呼入量", "接通量"], ["2024-11-04", 7, 7], ["2024-11-05", "--", ""], ["2024-11-07", 1, 1]
        )
        found = read(of("aliyun_sums", mapping={"day": "日期", "offered": "呼入量", "answered": "接通量"}), content)
        assert [one.day.day for one in found.days] == [4, 7]
        assert [day.day for day in found.empty] == [5, 6]


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        *(("83", 1000, 83), ("83 s", 1000, 83), ("83秒", 1, 83), ("00:01:23", 1000, 83), ("1:23", 1000, 83)),
        *(("1分23秒", 1000, 83), ("83000", 1, 83), ("15000ms", 1000, 15), ("15001 毫秒", 1000, 16), ("15.2", 1000, 16)),
        *(("2", 60_000, 120), ("1,200", 1000, 1200), ("1小时2分", 1000, 3720)),
    ],
)
def test_a_duration_in_each_unit_counts_a_begun_second_as_a_whole_one(text: str, unit: int, seconds: int) -> None:
    assert duration(text, unit) == seconds


@pytest.mark.parametrize("text", ["", "很久", "-3", "00:61:00", "3 天", "1:2:3:4x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        duration(text)


@pytest.mark.parametrize("text", ["1.5", "-1", "一", "nan"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        whole(text)


class TestAnotherFile:
    LOG, MASTER = (DATA / "queue_log").read_bytes(), (DATA / "Master.csv").read_bytes()
    TABLE = table(["日期", "n_incall", "n_normal_answer"], ["2024-11-04", 1, 1])

    @pytest.mark.parametrize(
        ("preset", "content"),
        [
            *(("asterisk_log", MASTER), ("asterisk_log", TABLE), ("asterisk_cdr", LOG), ("asterisk_cdr", TABLE)),
            *(("freeswitch_cdr", MASTER), ("aliyun_sums", LOG), ("tencent_calls", MASTER)),
        ],
    )
    def test_a_file_of_another_platform_is_told_by_its_content(self, preset: str, content: bytes) -> None:
        with pytest.raises(SpreadsheetError) as caught:
            read(of(preset), content)
        assert str(Layout(of(preset).layout).label) in str(caught.value)

    def test_a_table_of_another_platform_names_what_it_has(self) -> None:
        with pytest.raises(RowErrors) as caught:
            read(of("huawei_sums"), self.TABLE)
        assert "n_incall" in faults(caught)

    @pytest.mark.parametrize(("preset", "content"), [("asterisk_log", LOG), ("asterisk_cdr", MASTER)])
    def test_the_same_file_twice_or_the_newer_one_first_is_refused(self, preset: str, content: bytes) -> None:
        with pytest.raises(RowErrors) as caught:
            read(of(preset), content, content)
        assert caught.value.errors[0].index >= content.count(b"\n")

    def test_rows_that_two_records_have_in_common_are_counted_once(self) -> None:
        first = self.MASTER.splitlines(keepends=True)[0]
        found = read(of("asterisk_cdr"), first + first)
        assert (found.calls, found.passed_over, found.days[0].figures["talking_seconds"]) == (1, 1, 120)
