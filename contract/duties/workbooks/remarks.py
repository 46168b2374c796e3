"""Remarks of inspections with the vendor's answers.

The vendor fills in its answers; the office keeps the whole list, with new remarks and second looks.
"""

from dataclasses import replace

from kit.workbooks.columns import ANSWERS, Column, day, whole, word
from kit.workbooks.lists import ListBook

INSPECTION = (
    Column("检查编号", "inspection", whole, fixed=True, required=True, width=10, show=lambda row: row.inspection_id),
    Column("检查日期", "inspected_on", fixed=True, show=lambda row: row.inspection.inspected_on),
)
ASKED = (
    Column("序号", "number", whole, fixed=True, required=True, width=8),
    Column("检查意见", "text", fixed=True, width=40),
    Column("整改期限", "due_on", day, fixed=True),
)
ANSWER = Column("乙方答复", "answer", width=40)
ANSWERED_ON = Column("答复日期", "answered_on", day, fixed=True)
SECOND_LOOK = (
    Column("复查日期", "checked_on", day, fixed=True),
    Column("是否整改到位", "is_settled", word(ANSWERS), ANSWERS, fixed=True),
    Column("复查情况", "check_note", fixed=True, width=30),
)

ANSWERS_OF_THE_VENDOR = ListBook(
    "检查意见", (*INSPECTION, *ASKED, ANSWER, ANSWERED_ON, *SECOND_LOOK), key=("inspection", "number"), spare=0
)
# The same sheet, of which the office fills in every column but those that name the inspection.
REMARKS_OF_THE_OFFICE = ListBook(
    "检查意见",
    (
        *(replace(column, fixed=False) for column in INSPECTION[:1]),
        *INSPECTION[1:],
        *(replace(column, fixed=False) for column in (*ASKED, ANSWER, ANSWERED_ON, *SECOND_LOOK)),
    ),
    key=("inspection", "number"),
)
