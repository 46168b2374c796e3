"""A name holds no character that nobody sees, whichever way it comes in."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from openpyxl import Workbook

from contract import records
from contract.duties.models import Misconduct
from contract.models import Party
from kit.database.invisible import hidden_in
from staffing.models import Operator, Post
from staffing.workbooks.operators import OPERATORS
from tests.api import client_of, problem
from tests.factories import credit_code, make_contract, make_operator, make_party, make_user, resident_id

RIGHT_TO_LEFT, ISOLATE, ZERO_WIDTH, BELL, LINE = "\u202e", "\u2067", "\u200b", "\x07", "\u2028"
HIDDEN = [RIGHT_TO_LEFT, ISOLATE, ZERO_WIDTH, BELL, LINE, "\x00", "\x7f", "\ufeff", "\n"]


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_it_is_found_wherever_it_stands(character: str) -> None:
    assert hidden_in(f"王{character}明") == character


@pytest.mark.parametrize("name", ["王小明", "阿卜杜拉·买买提", "O'Neil", "欧阳 娜娜", "𠮷田", "ئابدۇللا", "བཀྲ་ཤིས"])
def test_the_names_of_people_are_left_alone(name: str) -> None:
    assert hidden_in(name) == ""


def test_a_note_keeps_its_line_breaks_and_nothing_else() -> None:
    assert hidden_in("第一行\r\n第二行\t完", multiline=True) == ""
    assert hidden_in(f"第一行\n{RIGHT_TO_LEFT}", multiline=True) == RIGHT_TO_LEFT


@pytest.mark.django_db
def test_an_operator_is_refused_at_the_name_in_chinese() -> None:
    with pytest.raises(ValidationError) as caught, translation.override("zh-hans"):
        make_operator(make_party(), name=f"王{RIGHT_TO_LEFT}小明")
    [message] = caught.value.message_dict["name"]
    assert "第 2 个字符" in message and "U+202E" in message
    assert not Operator.objects.exists()


@pytest.mark.django_db
def test_so_are_the_names_of_posts_parties_and_records() -> None:
    contract = make_contract(check_ids=())
    with pytest.raises(ValidationError, match="U\\+200B"):
        records.enter(Post(contract=contract, code="A", name=f"质检{ZERO_WIDTH}岗"))
    with pytest.raises(ValidationError, match="U\\+0007"):
        Party(name=f"示例{BELL}公司", credit_code=credit_code(99)).full_clean()
    with pytest.raises(ValidationError, match="U\\+2067"):
        records.enter(
            Misconduct(
                contract=contract, title=f"{ISOLATE}违规", description="第一行\n第二行", found_on=contract.starts_on
            )
        )


@pytest.mark.django_db
def test_the_api_names_the_field() -> None:
    contract = make_contract(check_ids=())
    user = make_user(party=contract.vendor, permissions=["staffing.add_operator"])
    answer = client_of(user).post(
        "/api/v1/operators",
        {"employee_number": "1", "name": f"王{ISOLATE}明", "resident_id": resident_id(1), "hired_on": "2024-09-01"},
        format="json",
    )
    assert [error["field"] for error in problem(answer, 400)["errors"]] == ["name"]


@pytest.mark.django_db
def test_a_workbook_names_the_cell() -> None:
    contract = make_contract(check_ids=())
    book = Workbook()
    sheet = book.active
    sheet.title = OPERATORS.sheet
    sheet.append([column.title for column in OPERATORS.columns])
    sheet.append(["1", f"王{RIGHT_TO_LEFT}明", resident_id(1), "", "", str(date(2024, 9, 1))])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "people.xlsx"
    user = make_user(party=contract.vendor, permissions=["staffing.add_operator", "staffing.change_operator"])
    answer = client_of(user).post("/api/v1/operators/import", {"file": file}, format="multipart")
    assert [error["field"] for error in problem(answer, 400)["errors"]] == ["B2"]
