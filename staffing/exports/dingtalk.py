"""What 钉钉's daily and punch sheets say, in the words of its month summary."""

import re
from collections.abc import Iterator, Mapping

PUNCH = re.compile(r"(?P<time>\d\d:\d\d)\s*(?:外勤)?\s*")
# A day has three turns at most, each with a way in and a way out.
TURNS = tuple(f"{turn}{number}" for number in (1, 2, 3) for turn in ("上班", "下班"))
REST, LEAVE = "休息", "请假"
NOTHING = frozenset({"", "0", "0.0", "--"})


def of_punches(cell: str) -> tuple[str, tuple[str, str]]:
    """A cell of 打卡时间: its words, its first time and its last; of something else its own text.

    Lines may have been glued together. A punch says that somebody was there, and none says nothing.
    """
    if not re.fullmatch(rf"({PUNCH.pattern.replace('?P<time>', '')})+", cell):
        return cell, ("", "")
    times = [match["time"] for match in PUNCH.finditer(cell)]
    return ("正常", (times[0], times[-1])) if len(times) > 1 else ("缺卡", (times[0], ""))


def of_day(values: Mapping[tuple[str, str], str], units: Mapping[tuple[str, str], str]) -> tuple[str, tuple[str, str]]:
    """A row of 每日统计, by group and heading: its words, its first way in and its last way out.

    The results tell neither how long a leave was nor that two missing punches were a day of absence:
    these stand in sums.
    """
    times = {turn: time for turn in TURNS if (time := values.get(("", f"{turn}打卡时间"), ""))}
    ways_in, ways_out = ([time for turn, time in times.items() if turn.startswith(way)] for way in ("上班", "下班"))
    words = list(dict.fromkeys(filter(None, (values.get(("", f"{turn}打卡结果"), "") for turn in TURNS))))
    leaves = list(_leaves(values, units))
    shift = values.get(("", "班次"), "")
    if leaves:
        words = [word for word in words if word != LEAVE]
    if values.get(("", "旷工天数"), "") not in NOTHING:
        words = [word for word in words if word != "缺卡"] + ["旷工"]
    if values.get(("", "出差时长"), "") not in NOTHING:
        words.append("出差")
    if shift == REST:
        words = ["休息并打卡", *words] if times else [REST, *words]
    elif not words and not leaves:
        words = [shift] if shift else []
    return ",".join([*words, *leaves]), (ways_in[0] if ways_in else "", ways_out[-1] if ways_out else "")


def _leaves(values: Mapping[tuple[str, str], str], units: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for key, value in values.items():
        if key[0] == LEAVE and value not in NOTHING:
            yield f"{key[1]}{value}{units.get(key, '')}"
