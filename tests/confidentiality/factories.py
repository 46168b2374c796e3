"""People and assignments for tests of confidentiality. Nobody in here exists."""

from datetime import date
from itertools import count
from typing import Any

from contract import records
from contract.batch import Batch
from contract.models import Contract, Party
from contract.selectors import batch
from staffing.models import Assignment, Operator
from staffing.services import assignments

_numbers = count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(number: int, born: date = date(1995, 5, 5)) -> str:
    """A number of the fictitious area 999999 with a right check digit."""
    body = f"999999{born:%Y%m%d}{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def make_operator(vendor: Party, *, born: date | None = None, **fields: Any) -> Operator:
    number = next(_numbers)
    return records.enter(
        Operator(
            vendor=vendor,
            employee_number=fields.pop("employee_number", f"H{number:04d}"),
            name=fields.pop("name", f"示例{number}"),
            resident_id=resident_id(number, born or date(1990 + number // 1000 % 10, 5, 5)),
            hired_on=fields.pop("hired_on", date(2024, 8, 1)),
            **fields,
        )
    )


def make_assignment(
    contract: Contract, starts_on: date | None = None, *, operator: Operator | None = None, **fields: Any
) -> Assignment:
    return assignments.enter(
        Assignment(
            contract=contract,
            operator=operator or make_operator(contract.vendor),
            starts_on=starts_on or contract.starts_on,
            **fields,
        )
    )


def batch_of(*contracts: Contract, as_of: date) -> Batch:
    return batch([contract.pk for contract in contracts], as_of)
