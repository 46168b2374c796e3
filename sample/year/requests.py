"""Requests for the office's consent: answered on the last day, a day late, not at all, withdrawn.

The office has seven days from a request's arrival.
"""

from sample.year.acts import Answer, Asks
from sample.year.events import day

# Two people exchange their posts after 03-31 (see `changes`). Both requests arrive on 03-24; the
# answer to one comes on the last day, to the other a day late, and the vendor has not waited.
MOVES = (
    Asks(
        day(3, 21),
        "staff_change",
        "马珊珊 (HT014) 调至工单审核岗",
        "岗位轮换",
        "乙方函〔2025〕2号（示例）",
        arrived=day(3, 24),
        who=14,
        answer=Answer("granted", day(3, 31), "热线办函〔2025〕6号（示例）"),
    ),
    Asks(
        day(3, 21),
        "staff_change",
        "吴芷若 (HT007) 调至质检岗",
        "岗位轮换",
        "乙方函〔2025〕3号（示例）",
        arrived=day(3, 24),
        who=7,
        answer=Answer("granted", day(4, 1), "热线办函〔2025〕7号（示例）"),
    ),
)
TRANSFER = (
    Asks(
        day(7, 30),
        "staff_change",
        "刘丽娟 (HT029) 调离",
        "乙方另有项目安排",
        "乙方函〔2025〕9号（示例）",
        arrived=day(7, 31),
        who=29,
        answer=Answer("granted", day(8, 5), "热线办函〔2025〕12号（示例）"),
    ),
)

YEARBOOK = "向示例市统计部门提供年度诉求汇总"
SURVEY = "向示例大学提供诉求分类数据"
DISCLOSURES = (
    Asks(
        day(2, 14),
        "disclosure",
        YEARBOOK,
        "编制统计年鉴",
        "乙方函〔2025〕1号（示例）",
        arrived=day(2, 17),
        answer=Answer("granted", day(2, 24), "热线办函〔2025〕2号（示例）"),
    ),
    Asks(
        day(6, 12),
        "disclosure",
        SURVEY,
        "课题研究",
        "乙方函〔2025〕6号（示例）",
        arrived=day(6, 13),
        answer=Answer("granted", day(6, 18), "热线办函〔2025〕9号（示例）"),
    ),
    Asks(
        day(5, 7),
        "disclosure",
        "向示例媒体提供典型案例",
        "新闻采访",
        "乙方函〔2025〕5号（示例）",
        arrived=day(5, 8),
        answer=Answer("refused", day(5, 12), "热线办函〔2025〕8号（示例）", "案例涉及当事人个人信息，不宜提供。"),
    ),
)
THIRD_PARTY = (
    Asks(
        day(6, 25),
        "third_party",
        "话务平台压力测试",
        "委托专业机构测试一日",
        "乙方函〔2025〕7号（示例）",
        arrived=day(6, 26),
        answer=Answer("granted", day(7, 3), "热线办函〔2025〕11号（示例）"),
    ),
    Asks(
        day(8, 14),
        "third_party",
        "委托外部机构翻译多语种知识库",
        "知识库建设",
        "乙方函〔2025〕10号（示例）",
        arrived=day(8, 15),
        withdrawn=(day(8, 18), "改由本单位人员完成。"),
    ),
)
# On 09-30 one lies unanswered since 09-22, one runs until 10-09, over National Day.
OPEN_AT_THE_END = (
    Asks(
        day(9, 12),
        "staff_change",
        "回访岗与综合受理岗互换 2 人",
        "优化排班",
        "乙方函〔2025〕12号（示例）",
        arrived=day(9, 15),
    ),
    Asks(
        day(9, 25),
        "disclosure",
        "向示例市档案部门移交工单目录",
        "档案移交",
        "乙方函〔2025〕13号（示例）",
        arrived=day(9, 26),
    ),
)

EVENTS = (*MOVES, *TRANSFER, *DISCLOSURES, *THIRD_PARTY, *OPEN_AT_THE_END)
