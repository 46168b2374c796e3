"""The seat log as platforms write it: sessions by day, with nothing made up at either end."""

from datetime import date
from typing import Any

import pytest

from hotline.intake import seats
from hotline.intake.seats import SeatDayRead, SeatsRead
from kit.errors import RowErrors
from tests.hotline.cases import DATA

NOV_4, NOV_5 = date(2024, 11, 4), date(2024, 11, 5)
MIDNIGHT = 1730649600  # 2024-11-04 0:00 by Beijing time
HOUR = 3600
G1, G2, G3 = "座席G001", "座席G002", "座席G003"


def log(*events: tuple[float, str, str, str]) -> SeatsRead:
    """Events at an hour of 11-04: login, queue, event with its arguments."""
    return seats.read_queue_log(
        f"{MIDNIGHT + int(at * HOUR)}|NONE|{queue}|{login}|{event}\n" for at, login, queue, event in events
    )


def sessions(read: SeatsRead) -> list[Any]:
    return [(one.day, *session) for one in read.days for session in one.sessions]


class TestSampleLog:
    def read(self) -> SeatsRead:
        return seats.read_queue_log((DATA / "queue_log").open(encoding="utf-8"))

    def day(self) -> SeatDayRead:
        return self.read().days[0]

    def test_a_sign_in_and_out_with_its_pauses(self) -> None:
        own = [one for one in self.day().sessions if one[0] == G1]
        # 8:30 to 18:00; paused 12:00 to 12:30, and in all queues from 17:55.
        assert own == [(G1, "", 30600, 64800, 30 * 60 + 5 * 60)]

    def test_one_who_never_signs_out_has_no_end(self) -> None:
        own = [one for one in self.day().sessions if one[0] == G2]
        assert own == [(G2, "", 30605, None, 55)]  # added paused, free after 55 seconds
        assert self.read().unended == 1

    def test_a_static_seat_is_known_by_the_call_that_it_answered(self) -> None:
        assert not [one for one in self.day().sessions if one[0] == G3]
        assert self.day().calls[G3] == (1, 53066 + 0, 53066) or self.day().calls[G3][0] == 1

    def test_the_file_speaks_from_its_first_line_to_its_last(self) -> None:
        first, second = self.read().days
        assert (first.day, first.told) == (NOV_4, (8 * HOUR, 86_400))
        assert (second.day, second.told) == (NOV_5, (0, 305))  # a straggler after midnight is no day


class TestQueueLog:
    def test_a_session_across_midnight_belongs_to_the_day_on_which_it_began(self) -> None:
        read = log((20, G1, "a", "ADDMEMBER|"), (32, G1, "a", "REMOVEMEMBER|"))
        assert sessions(read) == [(NOV_4, G1, "", 20 * HOUR, 32 * HOUR, 0)]

    def test_a_sign_out_without_a_sign_in_has_no_beginning(self) -> None:
        read = log((8, G1, "a", "REMOVEMEMBER|"))
        assert sessions(read) == [(NOV_4, G1, "", None, 8 * HOUR, 0)]
        assert read.unbegun == 1

    def test_a_sign_off_that_tells_its_length_has_its_beginning(self) -> None:
        read = log((8, G1, "NONE", f"AGENTLOGOFF|PJSIP/8001|{2 * HOUR}"))
        assert sessions(read) == [(NOV_4, G1, "", 6 * HOUR, 8 * HOUR, 0)]

    def test_signed_in_is_from_the_first_queue_to_the_last(self) -> None:
        read = log(
            (8, G1, "a", "ADDMEMBER|"),
            (8, G1, "b", "ADDMEMBER|"),
            (9, G1, "a", "PAUSE|就餐"),  # still free in the other queue
            (10, G1, "a", "UNPAUSE|就餐"),
            (17, G1, "a", "REMOVEMEMBER|"),
            (18, G1, "b", "REMOVEMEMBER|"),
        )
        assert sessions(read) == [(NOV_4, G1, "", 8 * HOUR, 18 * HOUR, 0)]
        assert read.repeated == 0

    def test_a_second_sign_in_is_named_and_begins_nothing(self) -> None:
        read = log((8, G1, "a", "ADDMEMBER|"), (9, G1, "a", "ADDMEMBER|"), (10, G1, "a", "REMOVEMEMBER|"))
        assert sessions(read) == [(NOV_4, G1, "", 8 * HOUR, 10 * HOUR, 0)]
        assert read.repeated == 1

    def test_a_sign_out_said_twice_is_one(self) -> None:
        read = log((8, G1, "a", "ADDMEMBER|"), (9, G1, "a", "REMOVEMEMBER|"), (9, G1, "b", "REMOVEMEMBER|"))
        assert sessions(read) == [(NOV_4, G1, "", 8 * HOUR, 9 * HOUR, 0)]

    def test_a_restart_of_the_exchange_ends_nothing(self) -> None:
        read = log((8, G1, "a", "ADDMEMBER|"), (9, "NONE", "NONE", "QUEUESTART|"), (10, G1, "a", "REMOVEMEMBER|"))
        assert sessions(read) == [(NOV_4, G1, "", 8 * HOUR, 10 * HOUR, 0)]

    def test_a_line_that_is_none_is_named(self) -> None:
        with pytest.raises(RowErrors):
            seats.read_queue_log(["no log\n"])


HEAD = ["工号", "座席", "签入时间", "签出时间"]
PAIRS = {"login": "工号", "seat": "座席", "from": "签入时间", "to": "签出时间"}


class TestTables:
    def read(self, head: list[str], mapping: dict[str, str], *rows: list[str], clock: str = "beijing") -> SeatsRead:
        return seats.read_table([head, *rows], mapping=mapping, clock=clock)

    def test_a_row_a_session(self) -> None:
        read = self.read(
            HEAD,
            PAIRS,
            ["8001", "A1", "2024-11-04 20:00:00", "2024-11-05 08:00:00"],
            ["8002", "A2", "2024-11-04 08:00:00", "--"],
        )
        assert sessions(read) == [
            (NOV_4, "8001", "A1", 20 * HOUR, 32 * HOUR, 0),
            (NOV_4, "8002", "A2", 8 * HOUR, None, 0),
        ]
        assert read.unended == 1

    def test_sessions_that_overlap_or_touch_are_one_and_two_seats_are_two(self) -> None:
        read = self.read(
            HEAD,
            PAIRS,
            ["8001", "A1", "2024-11-04 08:00:00", "2024-11-04 10:00:00"],
            ["8001", "A1", "2024-11-04 09:00:00", "2024-11-04 11:00:00"],
            ["8001", "B7", "2024-11-04 09:00:00", "2024-11-04 12:00:00"],
        )
        assert [one[2:5] for one in sessions(read)] == [("A1", 8 * HOUR, 11 * HOUR), ("B7", 9 * HOUR, 12 * HOUR)]
        assert read.repeated == 1

    def test_states_with_milliseconds_as_a_cloud_platform_gives_them(self) -> None:
        mapping = {"login": "AgentId", "state": "State", "from": "StartTime", "seconds": "Duration"}
        head = list(mapping.values())
        start = (MIDNIGHT + 8 * HOUR) * 1000
        read = self.read(
            head,
            mapping,
            ["a1", "Ready", str(start), str(HOUR * 1000)],
            ["a1", "Break", str(start + HOUR * 1000), str(600 * 1000)],
            ["a1", "Talking", str(start + (HOUR + 600) * 1000), str(HOUR * 1000)],
            ["a1", "Offline", str(start + (2 * HOUR + 600) * 1000), str(9 * HOUR * 1000)],
            clock="milliseconds",
        )
        assert sessions(read) == [(NOV_4, "a1", "", 8 * HOUR, 10 * HOUR + 600, 600)]

    def test_events_without_a_length_as_an_open_table_of_states(self) -> None:
        mapping = {"login": "usernum", "state": "status", "from": "datetime"}
        head = list(mapping.values())
        read = self.read(
            head,
            mapping,
            ["8001", "签入", "2024-11-04 08:00:00"],
            ["8001", "空闲", "2024-11-04 08:00:02"],
            ["8001", "小休", "2024-11-04 10:00:00"],
            ["8001", "空闲", "2024-11-04 10:10:00"],
            ["8001", "签出", "2024-11-04 18:00:00"],
            ["8001", "签出", "2024-11-04 18:00:01"],
        )
        assert sessions(read) == [(NOV_4, "8001", "", 8 * HOUR, 18 * HOUR, 600)]

    def test_utc_is_the_beijing_day(self) -> None:
        read = self.read(HEAD, PAIRS, ["8001", "", "2024-11-04 16:00:00", "2024-11-04 20:00:00"], clock="utc")
        assert sessions(read) == [(NOV_5, "8001", "", 0, 4 * HOUR, 0)]

    def test_a_state_that_nobody_knows_is_refused_until_the_mapping_says_it(self) -> None:
        mapping = {"login": "工号", "state": "状态", "from": "时间"}
        row = ["8001", "案头", "2024-11-04 08:00:00"]
        with pytest.raises(RowErrors) as caught:
            self.read(list(mapping.values()), mapping, row)
        assert "案头" in str(caught.value.errors[0].message)
        read = self.read(list(mapping.values()), mapping | {"on": "案头，外呼"}, row)
        assert sessions(read) == [(NOV_4, "8001", "", 8 * HOUR, None, 0)]

    @pytest.mark.parametrize(
        "row",
        [
            ["", "A1", "2024-11-04 08:00:00", ""],
            ["8001", "A1", "morgens", ""],
            ["8001", "A1", "2024-11-04 08:00:00", "2024-11-04 07:00:00"],
        ],
    )
    def test_what_cannot_be_read_is_refused(self, row: list[str]) -> None:
        with pytest.raises(RowErrors):
            self.read(HEAD, PAIRS, row)
