"""What is on file of people as workbooks: trainings, trials, labour contracts, proofs."""

from typing import Any

from kit.workbooks.columns import Column, day, number, whole, word
from kit.workbooks.lists import ListBook
from staffing.choices import ProofKind
from staffing.models import EmploymentContract, QualificationProof, Training, TrialAssessment
from staffing.numbers import read

RESULTS = {"合格": True, "不合格": False}
KINDS = {
    "学历证明": ProofKind.DEGREE,
    "无犯罪记录证明": ProofKind.CLEAN_RECORD,
    "办公软件操作能力证明": ProofKind.OFFICE_SOFTWARE,
    "品行证明": ProofKind.CONDUCT,
}

PERSON = (
    Column("工号", "employee_number", read, required=True, width=12, show=lambda row: row.operator.employee_number),
    Column("姓名", "name", required=True, show=lambda row: row.operator.name),
)
DOCUMENT = (Column("文号", "document", width=20), Column("备注", "note", width=24))

BOOKS: dict[type[Any], ListBook] = {
    Training: ListBook(
        "岗前培训",
        (
            *PERSON,
            Column("首日", "starts_on", day, required=True),
            Column("末日", "ends_on", day),
            Column("试用开始日", "trial_starts_on", day),
            Column("培训内容", "topic", required=True, width=36),
            Column("学时", "hours", whole, width=8),
            *DOCUMENT,
        ),
        key=("employee_number", "starts_on"),
    ),
    TrialAssessment: ListBook(
        "试用考核",
        (
            *PERSON,
            Column("考核日期", "assessed_on", day, required=True),
            Column("结果", "is_passed", word(RESULTS), RESULTS, required=True, width=10),
            Column("得分", "score", number, width=8),
            *DOCUMENT,
        ),
        key=("employee_number", "assessed_on"),
    ),
    EmploymentContract: ListBook(
        "劳动合同",
        (
            *PERSON,
            Column("签订日期", "signed_on", day, required=True),
            Column("起始日", "starts_on", day, required=True),
            Column("终止日", "ends_on", day),
            *DOCUMENT,
        ),
        key=("employee_number", "starts_on"),
    ),
    QualificationProof: ListBook(
        "资格证明",
        (
            *PERSON,
            Column("证明种类", "kind", word(KINDS), KINDS, required=True, width=20),
            Column("出具日期", "dated_on", day, required=True),
            *DOCUMENT,
        ),
        key=("employee_number", "kind"),
    ),
}
