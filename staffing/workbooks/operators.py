"""A vendor's list of people as a workbook."""

from typing import Any

from kit.files.spreadsheets import fold
from kit.workbooks.columns import ANSWERS, Column, day, text, word
from kit.workbooks.lists import ListBook
from law.identity import normalise_resident_id
from staffing.choices import Education, Sex
from staffing.numbers import read

SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
DEGREES = {
    "高中及以下": Education.SECONDARY,
    "大专": Education.COLLEGE,
    "本科": Education.BACHELOR,
    "硕士及以上": Education.MASTER,
}


def _resident_id(value: Any) -> str:
    """The number, or the masked one of the list, which the service compares with the person's."""
    return normalise_resident_id(fold(text(value)))


def _masked(person: Any) -> Any:
    return person.resident_id_masked


def _masked_phone(person: Any) -> Any:
    return person.phone_masked


OPERATORS = ListBook(
    "话务人员",
    (
        Column("工号", "employee_number", read, required=True, width=12),
        Column("姓名", "name", required=True),
        Column("身份证号", "resident_id", _resident_id, required=True, width=22, show=_masked),
        Column("性别", "sex", word(SEXES), SEXES, width=8),
        Column("电话", "phone", lambda value: fold(text(value)), width=16, show=_masked_phone),
        Column("入职日期", "hired_on", day, required=True),
        Column("学历", "education", word(DEGREES), DEGREES),
        Column("全日制统招", "is_full_time_degree", word(ANSWERS), ANSWERS, width=12),
        Column("无犯罪记录证明日期", "clean_record_proved_on", day, width=20),
    ),
    key=("employee_number",),
)
