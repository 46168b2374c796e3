"""What the platforms write, read as sums: each call once, in its half hour, by Beijing time."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from hotline.figures import BY_HALF_HOUR
from hotline.intake import files, queue_log, records, tables
from hotline.intake.sums import Read
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from tests.hotline.cases import DATA, raw_calls
from tests.hotline.cases import queue_log as written

NOVEMBER_4 = date(2024, 11, 4)


def sample(**fields: Any) -> Read:
    return queue_log.read((DATA / "queue_log").open(encoding="utf-8"), answer_seconds=20, **fields)


class TestQueueLog:
    def test_the_sample_gives_its_four_service_levels(self) -> None:
        (only,) = sample(queues=frozenset({"rexian"})).days
        known = only.figures
        assert only.day == NOVEMBER_4
        assert (known["offered"], known["answered"], known["answered_in_time"]) == (7, 4, 3)
        assert (known["short_abandoned"], known["left_in_time"]) == (1, 4)
        # 75.00 % of the answered, 42.86 % of all, 50.00 % without short abandons, 57.14 % left in time.
        assert known["talking_seconds"] == 120 + 60 + 60 + 300
        assert known["waiting_seconds"] == 8 + 20 + 45 + 3 + 50 + 60 + 15

    def test_a_caller_who_timed_out_into_another_queue_is_one_call(self) -> None:
        read = sample()
        (only,) = read.days
        assert read.calls == 7
        assert (only.figures["offered"], only.figures["answered"]) == (7, 5)
        # By its last entry: 8, 20, 15 and 5 seconds.
        assert only.figures["answered_in_time"] == 4

    def test_a_call_belongs_to_the_half_hour_in_which_it_entered(self) -> None:
        (only,) = sample().days
        assert only.halves["offered"][47] == only.halves["answered"][47] == 1  # answered at 00:00:05
        assert sum(only.halves["offered"]) == 7

    @pytest.mark.parametrize("seed", range(5))
    def test_it_agrees_with_a_count_of_the_raw_calls(self, seed: int) -> None:
        calls = raw_calls(seed, 400)
        expected: dict[Any, Counter[str]] = {}
        for call in calls:
            own = expected.setdefault(call.half, Counter())
            own["offered"] += 1
            own["waiting_seconds"] += call.wait + call.timed_out_first
            own["left_in_time"] += call.wait <= 15
            if call.answered:
                own["answered"] += 1
                own["answered_in_time"] += call.wait <= 15
                own["talking_seconds"] += call.talk
            else:
                own["short_abandoned"] += call.wait <= 5
        read = queue_log.read(written(calls))
        found = {
            (one.day, half): {name: one.halves[name][half] for name in BY_HALF_HOUR}
            for one in read.days
            for half in range(48)
            if one.halves["offered"][half]
        }
        assert found == {key: {name: own[name] for name in BY_HALF_HOUR} for key, own in expected.items()}
        assert (read.calls, read.unfinished, read.begun_before) == (400, 0, 0)

    def test_a_log_that_is_cut_at_midnight_is_read_with_the_next_one(self) -> None:
        lines = list((DATA / "queue_log").open(encoding="utf-8"))
        alone = queue_log.read(lines[:-2])
        assert (alone.unfinished, alone.days[0].figures["answered"]) == (1, 4)
        assert queue_log.read(queue_log.lines_of([lines[:-2], lines[-2:]])).unfinished == 0
        assert queue_log.read(lines[-2:]).begun_before == 1  # nothing is made up of an answer alone

    def test_an_event_that_nobody_knows_is_no_call(self) -> None:
        read = queue_log.read(["1730680800|1.1|rexian|NONE|OUTCALL|5\n"])
        assert (read.calls, read.days) == (0, [])

    @pytest.mark.parametrize(
        "line", ["no log at all\n", "1730680800|1.1|rexian|NONE\n", "x|1.1|rexian|NONE|ENTERQUEUE||1|1\n"]
    )
    def test_a_line_that_is_none_is_named(self, line: str) -> None:
        with pytest.raises(RowErrors) as caught:
            queue_log.read(["1730680800|1.0|rexian|NONE|ENTERQUEUE||1|1\n", line])
        assert caught.value.errors[0].index == 1

    def test_seconds_that_cannot_be_read_are_named(self) -> None:
        with pytest.raises(RowErrors):
            queue_log.read(
                ["1730680800|1.0|rexian|NONE|ENTERQUEUE||1|1\n", "1730680808|1.0|rexian|G001|CONNECT|soon|1|5\n"]
            )


class TestMaster:
    def read(self, clock: str = "utc", **fields: Any) -> Read:
        return records.read_cdr((DATA / "Master.csv").open(encoding="utf-8"), clock=clock, **fields)

    def test_utc_becomes_the_beijing_day_of_entry(self) -> None:
        (only,) = self.read().days
        assert only.day == NOVEMBER_4
        assert [half for half in range(48) if only.halves["offered"][half]] == [17, 18, 47]

    def test_who_gave_up_while_the_dialplan_had_answered_was_not_answered(self) -> None:
        (only,) = self.read().days
        assert only.figures == {"offered": 3, "answered": 2, "talking_seconds": 420}

    def test_what_a_call_record_does_not_say_is_not_made_up(self) -> None:
        (only,) = self.read().days
        assert "answered_in_time" not in only.figures
        assert "waiting_seconds" not in only.figures

    def test_the_same_file_by_another_clock_lies_on_other_days(self) -> None:
        assert [one.halves["offered"][31] for one in self.read("beijing").days] == [1]

    def test_seats_that_did_not_pick_up_are_no_calls_of_their_own(self) -> None:
        row = next(csv.reader((DATA / "Master.csv").open(encoding="utf-8")))
        missed = [*row[:10], "", row[11], "20", "0", "NO ANSWER", *row[15:]]
        out = io.StringIO()
        csv.writer(out).writerows([missed, row])
        read = records.read_cdr(io.StringIO(out.getvalue()), clock="utc")
        assert (read.calls, read.days[0].figures["answered"]) == (1, 1)

    def test_another_queue_is_passed_over(self) -> None:
        assert self.read(queues=frozenset({"yihao"})).passed_over == 3

    def test_a_record_without_its_unique_id_is_refused(self) -> None:
        with pytest.raises(RowErrors):
            records.read_cdr(["a,b,c\n"], clock="utc")

    def test_a_time_of_another_clock_is_named(self) -> None:
        with pytest.raises(RowErrors) as caught:
            self.read("seconds")
        assert [error.field for error in caught.value.errors] == ["start"] * 3


HEAD = ["通话ID", "进入时间", "应答时间", "挂断时间", "通话秒数"]
MAPPING = {"id": "通话ID", "entered": "进入时间", "answered": "应答时间", "ended": "挂断时间", "talked": "通话秒数"}


class TestTableOfCalls:
    def read(self, *rows: list[str], mapping: dict[str, str] = MAPPING, clock: str = "beijing") -> Read:
        return records.read_calls([HEAD, *rows], mapping=mapping, clock=clock)

    def test_calls_are_added_up(self) -> None:
        (only,) = self.read(
            ["1", "2024-11-04 08:29:59", "2024-11-04 08:30:14", "2024-11-04 08:31:00", "46"],
            ["2", "2024/11/4 8:40", "", "2024/11/4 8:41", ""],
            ["3", "2024-11-04 08:41:00", "--", "2024-11-04 08:41:05", ""],
        ).days
        assert only.figures == {
            "offered": 3,
            "answered": 1,
            "answered_in_time": 1,
            "left_in_time": 2,
            "short_abandoned": 1,
            "waiting_seconds": 15 + 60 + 5,
            "talking_seconds": 46,
        }
        assert only.halves["answered"][16] == 1

    def test_how_long_those_waited_who_gave_up_is_not_made_up(self) -> None:
        mapping = {name: heading for name, heading in MAPPING.items() if name not in ("ended", "talked")}
        (only,) = self.read(["1", "2024-11-04 08:29:59", "", "", ""], mapping=mapping).days
        assert set(only.figures) == {"offered", "answered", "answered_in_time"}

    def test_a_call_that_stands_twice_is_counted_once(self) -> None:
        row = ["1", "2024-11-04 08:29:59", "", "2024-11-04 08:30:59", ""]
        read = self.read(row, row)
        assert (read.calls, read.passed_over) == (1, 1)

    @pytest.mark.parametrize(
        ("clock", "text"),
        [("seconds", "1730680199"), ("milliseconds", "1730680199000"), ("utc", "2024-11-04 00:29:59")],
    )
    def test_each_clock_means_the_same_instant(self, clock: str, text: str) -> None:
        mapping = {"entered": "进入时间", "answered": "应答时间", "waited": "通话秒数"}
        (only,) = self.read(["1", text, "", "", "4"], mapping=mapping, clock=clock).days
        assert (only.day, only.halves["short_abandoned"][16]) == (NOVEMBER_4, 1)

    def test_an_answer_before_the_call_is_refused(self) -> None:
        with pytest.raises(RowErrors):
            self.read(["1", "2024-11-04 08:29:59", "2024-11-04 08:29:00", "2024-11-04 08:30:00", "1"])

    def test_a_heading_that_is_missing_is_named_with_those_that_are_there(self) -> None:
        with pytest.raises(RowErrors) as caught:
            records.read_calls([["时间"]], mapping=MAPPING, clock="beijing")
        assert "时间" in str(caught.value.errors[0].message)


SUMS = {"day": "日期", "half_hour": "时段", "offered": "呼入量", "answered": "接通量", "talking_seconds": "通话时长"}


class TestTableOfSums:
    def read(self, *rows: list[str], mapping: dict[str, str] = SUMS) -> Read:
        return tables.read_sums([list(mapping.values()), *rows], mapping=mapping)

    def test_half_hours_add_up_to_the_day(self) -> None:
        (only,) = self.read(
            ["2024-11-04", "08:30-09:00", "1,000", "950", "01:00:05"], ["2024/11/4", "23:30", "3", "2", "75秒"]
        ).days
        assert only.figures == {"offered": 1003, "answered": 952, "talking_seconds": 3680}
        assert (only.halves["offered"][17], only.halves["offered"][47]) == (1000, 3)

    def test_a_day_as_a_whole_has_no_half_hours_and_the_row_of_the_total_is_none(self) -> None:
        mapping = {"day": "日期", "offered": "呼入量", "answered": "接通量"}
        read = self.read(["20241104", "10", "--"], ["合计", "10", "0"], mapping=mapping)
        assert [(one.figures, one.halves) for one in read.days] == [({"offered": 10}, {})]

    @pytest.mark.parametrize(
        "row",
        [
            ["2024-11-31", "08:30", "1", "1", "1"],
            ["2024-11-04", "08:17", "1", "1", "1"],
            ["2024-11-04", "08:30", "1.5", "1", "1"],
            ["2024-11-04", "08:30", "-1", "1", "1"],
            ["2024-11-04", "08:30", "", "1", "1"],
        ],
    )
    def test_what_cannot_be_read_is_refused(self, row: list[str]) -> None:
        with pytest.raises(RowErrors):
            self.read(row)

    def test_a_half_hour_that_stands_twice_is_refused(self) -> None:
        row = ["2024-11-04", "08:30", "1", "1", "1"]
        with pytest.raises(RowErrors):
            self.read(row, row)


def platform(layout: str, **fields: Any) -> Any:
    values = {"queue_names": frozenset(), "answer_seconds": 15, "short_seconds": 5, "clock": "beijing", "mapping": {}}
    return SimpleNamespace(layout=layout, **values | fields)


class TestFiles:
    def test_a_csv_in_gbk_with_semicolons_and_a_workbook_say_the_same(self) -> None:
        mapping = {"day": "日期", "offered": "呼入量"}
        text = "日期;呼入量\n2024-11-04;12\n".encode("gb18030")
        book = openpyxl.Workbook()
        book.active.append(["日期", "呼入量"])
        book.active.append([datetime(2024, 11, 4, tzinfo=UTC).replace(tzinfo=None), 12])
        out = io.BytesIO()
        book.save(out)
        for content in (text, out.getvalue()):
            read = files.read(platform("sums", mapping=mapping), [io.BytesIO(content)])
            assert [(one.day, one.figures) for one in read.days] == [(NOVEMBER_4, {"offered": 12})]

    def test_the_queue_log_of_the_sample_is_read_from_its_file(self) -> None:
        with (DATA / "queue_log").open("rb") as file:
            assert files.read(platform("queue_log"), [file]).calls == 7

    def test_a_workbook_in_place_of_a_log_is_refused_in_words(self) -> None:
        with pytest.raises(SpreadsheetError):
            files.read(platform("queue_log"), [io.BytesIO(b"PK\x03\x04")])

    def test_tables_come_one_by_one(self) -> None:
        with pytest.raises(SpreadsheetError):
            files.read(platform("sums"), [io.BytesIO(b""), io.BytesIO(b"")])
