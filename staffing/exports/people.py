"""Who is meant by the rows of an export: by number first, by name only where that is unique."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from contract.models import Contract
from staffing.exports.reading import DayRead
from staffing.models import Operator
from staffing.numbers import Numbers, letters, same_name


def matched(contract: Contract, days: Sequence[DayRead]) -> list[tuple[int, DayRead]]:
    """Each day with its operator (0 where there is none, with the question that this leaves), one query."""
    people = Operator.objects.filter(vendor_id=contract.vendor_id).values_list("employee_number", "pk", "name")
    by_number = Numbers((number, (pk, name)) for number, pk, name in people)
    by_name: dict[str, list[int]] = defaultdict(list)
    for pk, name in by_number.all():
        by_name[letters(name)].append(pk)
    accounts: dict[str, set[str]] = defaultdict(set)
    for day in days:
        accounts[day.name].add(day.account or day.number)
    found = []
    for day in days:
        operator, problem = 0, ""
        if day.number:
            known = by_number.find(day.number)
            if known is None:
                problem = by_number.unknown(day.number)
            elif not same_name(known[1], day.name):
                problem = _("The name of %(number)s is %(name)s.") % {"number": day.number, "name": known[1]}
            else:
                operator = known[0]
        else:
            named = by_name.get(letters(day.name), [])
            if len(named) == 1 and len(accounts[day.name]) == 1:
                operator = named[0]
            else:
                problem = _("Without an employee number “%(name)s” is nobody or several people.") % {"name": day.name}
        found.append((operator, replace(day, question=problem or day.question)))
    return found
