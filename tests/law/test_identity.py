"""Credit codes, resident ID numbers (fictitious areas only) and invoice numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.identity import (
    invoice_number_problem,
    is_credit_code,
    is_resident_id,
    mask_resident_id,
    normalise_credit_code,
    normalise_resident_id,
    resident_id_birthday,
    resident_id_sex,
)

STANDARD_SAMPLE = "11010519491231002X"
LEAP_DAY_SAMPLE = "999999200002290019"


@pytest.mark.parametrize(
    ("code", "valid", "because"),
    [
        ("11411200005802061W", True, "the office"),
        ("914112005710257896", True, "the vendor"),
        ("914112005710257896 ", True, "a trailing space is trimmed"),
        ("11411200005802061w", True, "a small letter is raised"),
        ("914112005710257869", False, "the last two are swapped"),
        ("91350100M000100Y43", True, "letters in the organisation's part"),
        ("91350100M000100Y4Z", False, "Z is not in the alphabet"),
        ("91350100M000100Y4I", False, "nor is I"),
        ("91411200571025789", False, "17 characters"),
        ("9141120057102578966", False, "19 characters"),
        ("9141 1200 5710 2578 96", False, "spaces inside"),
        ("", False, "nothing"),
    ],
)
def test_a_credit_code_is_judged(code: str, valid: bool, because: str) -> None:
    assert is_credit_code(code) is valid, because


def test_a_credit_code_is_tidied() -> None:
    assert normalise_credit_code(" 11411200005802061w\n") == "11411200005802061W"


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_spoils_a_credit_code(position: int, offset: int) -> None:
    code = "914112005710257896"
    wrong = str((int(code[position]) + offset) % 10)
    assert not is_credit_code(code[:position] + wrong + code[position + 1 :])


@pytest.mark.parametrize(
    ("number", "valid", "because"),
    [
        (STANDARD_SAMPLE, True, "the standard's own sample"),
        ("11010519491231002x", True, "a small x"),
        (" 11010519491231002X ", True, "space around"),
        ("110105194912310021", False, "a wrong check digit"),
        (LEAP_DAY_SAMPLE, True, "a leap day in a fictitious area"),
        ("999999199002290015", False, "no 29 February in 1990"),
        ("110105491231002", False, "the withdrawn form of 15 digits"),
        ("11010519491331002X", False, "no thirteenth month"),
        ("１1010519491231002X", False, "a full-width digit"),
        ("X1010519491231002X", False, "an X that is not last"),
        ("", False, "nothing"),
    ],
)
def test_a_resident_id_is_judged(number: str, valid: bool, because: str) -> None:
    assert is_resident_id(number) is valid, because


def test_exactly_one_check_digit_fits() -> None:
    assert sum(is_resident_id(LEAP_DAY_SAMPLE[:17] + last) for last in "0123456789X") == 1
    assert sum(is_resident_id("99999919900229001" + last) for last in "0123456789X") == 0


def test_a_resident_id_is_tidied() -> None:
    assert normalise_resident_id(" 11010519491231002x\t") == STANDARD_SAMPLE


def test_a_resident_id_tells_birthday_and_sex() -> None:
    assert resident_id_birthday(LEAP_DAY_SAMPLE) == date(2000, 2, 29)
    assert resident_id_sex(LEAP_DAY_SAMPLE) == "male"
    assert resident_id_birthday("11010519491231002x") == date(1949, 12, 31)
    assert resident_id_sex("11010519491231002x") == "female"


def test_a_malformed_resident_id_tells_nothing() -> None:
    for tell in (resident_id_birthday, resident_id_sex):
        with pytest.raises(ValueError) as error:
            tell("110105194912310021")
        assert "110105" not in str(error.value)  # an error may be logged, a number may not


@pytest.mark.parametrize(
    ("number", "masked"),
    [(STANDARD_SAMPLE, "110***********002X"), ("11010519491231002x", "110***********002X"), ("1101", "****"), ("", "")],
)
def test_a_masked_resident_id_hides_the_birthday(number: str, masked: str) -> None:
    assert mask_resident_id(number) == masked


@pytest.mark.parametrize(
    ("code", "number", "problem"),
    [
        ("", "25412000000123456789", None),
        ("", "2541200000012345678", "number_not_8_or_20_digits"),
        ("", "254120000001234567890", "number_not_8_or_20_digits"),
        ("041002400111", "25412000000123456789", "code_must_be_empty"),
        ("041002400111", "12345678", None),
        ("4100240011", "12345678", None),
        ("", "12345678", "code_missing"),
        ("04100240011", "12345678", "code_not_10_or_12_digits"),
        ("04100240011A", "12345678", "code_not_10_or_12_digits"),
        ("041002400111", "1234567", "number_not_8_or_20_digits"),
        ("", "2541200000012345678A", "number_not_8_or_20_digits"),
        ("", "２5412000000123456789", "number_not_8_or_20_digits"),
        ("", "25412000000123456789\n", "number_not_8_or_20_digits"),
        ("", "", "number_not_8_or_20_digits"),
    ],
)
def test_an_invoice_number_is_judged_with_its_code(code: str, number: str, problem: str | None) -> None:
    assert invoice_number_problem(code, number) == problem
