"""Rows about people and days of a month, as attendance and the rota are sent."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contract.errors import RowError, RowErrors
from contract.models import Contract
from staffing.models import Operator


def with_people(
    contract: Contract, sent: list[dict[str, Any]], first: date, last: date
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its person, found by id or number (one query), all of them in the month.

    Raises RowErrors with every row at fault.
    """
    people = Operator.objects.filter(vendor_id=contract.vendor_id)
    by_number = dict(people.values_list("employee_number", "pk"))
    errors, found = [], []
    for index, row in enumerate(sent):
        number = row.get("employee_number")
        operator_id = row["operator"] if number is None else by_number.get(number)
        if operator_id is None:
            message = _("There is no operator with the number %(number)s.") % {"number": number}
            errors.append(RowError(index, "employee_number", message, "unknown_operator"))
        if not first <= row["day"] <= last:
            message = _("%(day)s does not lie in %(month)s.") % {
                "day": row["day"], "month": f"{first:%Y-%m}",
            }  # fmt: skip
            errors.append(RowError(index, "day", message, "other_month"))
        found.append((operator_id or 0, row))
    if errors:
        raise RowErrors(errors)
    yield from found
