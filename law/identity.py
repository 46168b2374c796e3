"""Credit codes (GB 32100), resident ID numbers (GB 11643) and invoice numbers.

`normalise_*` tidies what a person typed; `is_*` judges it. Nothing here says that a number was ever
issued, only that it is well formed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

Sex = Literal["female", "male"]

NUMBER_MALFORMED = "number_not_8_or_20_digits"
CODE_NOT_EMPTY = "code_must_be_empty"
CODE_MISSING = "code_missing"
CODE_MALFORMED = "code_not_10_or_12_digits"

# The letters I, O, S, V and Z are not used. Positions 1-2 (registering body, kind) may be letters.
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_RESIDENT_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_MASKED_SHOWN = (3, 4)


def normalise_credit_code(s: str) -> str:
    """A unified social credit code without surrounding space and in capitals."""
    return s.strip().upper()


def is_credit_code(s: str) -> bool:
    """Whether the 18 characters and the check character fit GB 32100."""
    code = normalise_credit_code(s)
    return bool(_CREDIT_CODE.fullmatch(code)) and uscc.calc_check_digit(code[:-1]) == code[-1]


def normalise_resident_id(s: str) -> str:
    """A resident ID number without surrounding space and with a capital X."""
    return s.strip().upper()


def is_resident_id(s: str) -> bool:
    """Whether 18 characters carry a real date of birth and the right check digit (GB 11643).

    The first six digits are not looked up: lists of areas lack abolished districts, and a made-up
    area such as 999999 is wanted in examples. The 15-digit form is withdrawn and refused.
    """
    try:
        _checked_resident_id(s)
    except ValueError:
        return False
    return True


def resident_id_birthday(s: str) -> date:
    """The date of birth in a resident ID number. Raises ValueError if the number is malformed."""
    return _birth_date(_checked_resident_id(s))


def resident_id_sex(s: str) -> Sex:
    """The sex in a resident ID number. Raises ValueError if the number is malformed."""
    return "male" if int(_checked_resident_id(s)[16]) % 2 else "female"


def with_check_digit(first: str) -> str:
    """The 17 digits of a resident ID number with its check digit."""
    return first + str(ric.calc_check_digit(f"{first}0"))


def mask_resident_id(s: str) -> str:
    """A resident ID number for display: three digits, stars, and the last four characters.

    Anything that has not 18 characters is masked wholly.
    """
    number = normalise_resident_id(s)
    if len(number) != 18:
        return "*" * len(number)
    head, tail = _MASKED_SHOWN
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_telephone(number: str) -> str:
    """A telephone number for display: the first three characters, stars, and the last two."""
    return number[:3] + "*" * max(len(number) - 5, 0) + number[-2:] if len(number) > 5 else "*" * len(number)


def invoice_number_problem(code: str, number: str) -> str | None:
    """What is wrong with an invoice's code and number, as a code; None if nothing is.

    A fully digital invoice (数电票) has 20 digits and no code; an older one has 8 digits and a code
    of 10 or 12. "No code" is the empty string, so that a unique constraint sees duplicates.
    """
    if re.fullmatch(r"[0-9]{20}", number):
        return CODE_NOT_EMPTY if code else None
    if not re.fullmatch(r"[0-9]{8}", number):
        return NUMBER_MALFORMED
    if not code:
        return CODE_MISSING
    return None if re.fullmatch(r"[0-9]{10}|[0-9]{12}", code) else CODE_MALFORMED


def _checked_resident_id(s: str) -> str:
    number = normalise_resident_id(s)
    if not _RESIDENT_ID.fullmatch(number):
        raise ValueError("a resident ID number has 17 digits and a digit or X")
    if ric.calc_check_digit(number) != number[-1]:
        raise ValueError("the check digit of the resident ID number is wrong")
    _birth_date(number)
    return number


def _birth_date(number: str) -> date:
    try:
        return ric.get_birth_date(number)
    except ValidationError:
        raise ValueError("the resident ID number holds no real date of birth") from None
