"""The tools whose exports are known: by what a sheet is recognised, where things stand, what words mean.

Headings are compared without unit and line breaks, by group and name, never by position: every
firm chooses its own columns. 飞书 is known by its API only: it is read, like any other tool, where
columns are headed by whole days, in one heading row or under groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from staffing.choices import AttendanceStatus

# States of a day, as a person would say them; `staffing.exports.reading.status_of` says what counts.
WORKED, REST, REST_WORKED, ABSENT, LEAVE, SICK, TRIP = (
    "worked",
    "rest",
    "rest_worked",
    "absent",
    "leave",
    "sick",
    "trip",
)
LATE, EARLY, MISSING, OVERTIME, ODD = "late", "early", "missing_punch", "overtime", "odd_place"
UNSCHEDULED, OUTSIDE, CORRECTED = "unscheduled", "outside", "corrected"

_SPAN = (
    r"(?P<first>\d\d-\d\d \d\d:\d\d)到(?P<last>\d\d-\d\d \d\d:\d\d) ?(?P<amount>\d+(?:\.\d+)?)(?P<unit>小时|天|分钟)"
)
_LENGTH = r"(?P<amount>\d+(?:\.\d+)?)(?P<unit>天|小时|分钟)"
_MINUTES = r"(?:(?P<hours>\d+)小时)?(?:(?P<amount>\d+)(?P<unit>分钟))?"

# Of both tools, full-width signs made plain. The first that fits the whole part is meant:
# 旷工迟到 is lateness and no absence, 休息并打卡 is work and no rest.
WORDS: tuple[tuple[str, str], ...] = (
    (r"正常\(休息\)", REST),
    (r"正常\(未排班\)|未排班", UNSCHEDULED),
    (r"正常\(请假\)|请假", LEAVE),
    (r"正常\(补卡\)|补卡审批通过|管理员.{1,30}改为正常", CORRECTED),
    (r"正常\(出差\)|出差", TRIP),
    (r"正常\(外出\)|正常\(外勤\)|正常|外勤", WORKED),
    (r"休息并打卡", REST_WORKED),
    (r"休息", REST),
    (rf"(?:上班)?(?:旷工|严重)?迟到{_MINUTES}", LATE),
    (rf"(?:下班)?早退{_MINUTES}", EARLY),
    (rf"旷工{_MINUTES}", ABSENT),
    (r"(?:上班|下班)?缺卡(?:(?P<amount>\d+)(?P<unit>次))?", MISSING),
    (r"(?:地点|设备)异常(?:(?P<amount>\d+)(?P<unit>次))?", ODD),
    (r"未入职|已离职|未入职/已离职|不在考勤组|未加入考勤组", OUTSIDE),
    (rf"加班{_SPAN}", OVERTIME),
    (rf"出差{_SPAN}", TRIP),
    (rf"病假{_SPAN}", SICK),
    (rf"病假{_LENGTH}", SICK),
    (rf"[^\d:,;]{{1,10}}?{_SPAN}", LEAVE),
    (rf"(?:[^\d:,;]{{1,6}}假|调休){_LENGTH}", LEAVE),
)


@dataclass(frozen=True)
class Source:
    """A sheet of one tool.

    `period` finds its days above the headings: named groups first and last, or month-day and the
    day on which it was made, where the tool leaves the year out. In a sheet of a month `days` is
    the group of its day columns; else a row is a day, told by `day`, and its words stand in `result`.
    """

    key: str
    tool: str
    sheet: str
    period: str
    number: str
    account: str
    parts: str
    days: str = ""
    day: str = ""
    result: str = ""
    request: str = ""
    first_punch: tuple[str, str] = ("", "")
    last_punch: tuple[str, str] = ("", "")
    outside: Mapping[str, str] | None = None
    statuses: Mapping[str, str] | None = None
    """Words that say a whole day's status at once."""
    in_columns: bool = False
    """A row of a day has its words at each punch, and its leaves in sums."""
    in_punches: bool = False
    """A cell has the times of punches, and no word."""
    is_dated: bool = False
    """Its columns of days are headed by whole days, of any tool."""
    heads: int = 2


_DINGTALK = r"统计日期:(?P<first>\d{4}-\d\d-\d\d) 至 (?P<last>\d{4}-\d\d-\d\d)"
_WECOM = r"统计时间:(?P<first>\d\d-\d\d) ~ (?P<last>\d\d-\d\d) +制表时间:(?P<made>\d{4}-\d\d-\d\d)"

OWN_WORDS: Mapping[str, str] = {
    "在岗": AttendanceStatus.ON_DUTY,
    "休息": AttendanceStatus.REST,
    "请假": AttendanceStatus.LEAVE,
    "病休": AttendanceStatus.SICK,
    "旷工": AttendanceStatus.ABSENT,
}

SOURCES: tuple[Source, ...] = (
    Source(
        "dingtalk_month",
        "钉钉",
        "月度汇总",
        _DINGTALK,
        "工号",
        "UserId",
        ",",
        days="考勤结果",
        outside={"考勤组": "未加入考勤组"},
    ),
    Source(
        "dingtalk_day",
        "钉钉",
        "每日统计",
        _DINGTALK,
        "工号",
        "UserId",
        ",",
        day="日期",
        result="上班1打卡结果",
        outside={"考勤组": "未加入考勤组", "班次": "不在考勤组"},
        in_columns=True,
    ),
    Source(
        "dingtalk_punches",
        "钉钉",
        "打卡时间",
        _DINGTALK,
        "工号",
        "UserId",
        ",",
        days="打卡时间",
        outside={"考勤组": "未加入考勤组"},
        in_punches=True,
    ),
    Source(
        "wecom_day",
        "企业微信",
        "日报",
        _WECOM,
        "工号",
        "账号",
        ";",
        day="时间",
        result="考勤结果",
        request="假勤申请",
        first_punch=("考勤概况", "最早"),
        last_punch=("考勤概况", "最晚"),
    ),
    Source("wecom_month", "企业微信", "月报", _WECOM, "工号", "账号", ";", days="打卡明细"),
    Source(
        "plain", "普通表格", "明细", "", "工号", "账号", ";", day="日期", result="状态", heads=1, statuses=OWN_WORDS
    ),
    Source("dated", "通用表格", "按日汇总", "", "工号", "账号", ",", is_dated=True, statuses=OWN_WORDS, heads=1),
    Source("dated_groups", "通用表格", "按日汇总", "", "工号", "账号", ",", is_dated=True, statuses=OWN_WORDS),
)
