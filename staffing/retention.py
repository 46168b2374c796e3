"""When nothing personal of a former operator is needed any more, and what stands there then.

The papers of a procurement are kept for fifteen years (政府采购法 article 42); until then the numbers of who has left
are blocked (staffing.rules.former), afterwards they are deleted (个人信息保护法 article 47). What was counted stays:
attendance, leaves and gaps of somebody of whom nobody can say who it was.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from contract.keeping.retention import Person, papers_since, register_people
from contract.models import Contract
from kit.database.fields import blind_index
from law.identity import with_check_digit
from staffing.models import Assignment, Operator
from staffing.models.people import RESIDENT_ID_PURPOSE

NAME = "已删除"
NUMBER = "DEL{}"


@register_people
def people(today: date) -> Iterator[Person]:
    """Each operator whose contracts are all over, with their papers' time (two queries, and those of each contract)."""
    since = cache(papers_since)
    served: dict[int, list[Contract]] = defaultdict(list)
    for row in Assignment.objects.select_related("contract").order_by("operator_id"):
        served[row.operator_id].append(row.contract)
    for pk, contracts in served.items():
        days = [since(contract) for contract in set(contracts)]
        over = [day for day in days if day is not None and day <= today]
        if len(over) == len(days):
            yield Person(Operator, pk, max(over), nobody(pk))


def nobody(pk: int) -> dict[str, Any]:
    """The columns of somebody who is nobody. The ID number is of an area and of a day that no card bears."""
    first = f"999{pk // 1000 % 1000:03d}19000101{pk % 1000:03d}"
    number = with_check_digit(first)
    return {
        "employee_number": NUMBER.format(pk),
        "name": NAME,
        "sex": "male" if pk % 2 else "female",
        "resident_id": number,
        "resident_id_index": blind_index(number, RESIDENT_ID_PURPOSE),
        "phone": "",
        "clean_record_proved_on": None,
    }
