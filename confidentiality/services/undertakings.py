"""The undertakings of a team, taken in as one list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from confidentiality.models import Undertaking
from contract import records
from contract.models import Contract
from contract.models.base import STANDING
from kit.workbooks.taking_in import ListResult, Taken, take_in


@transaction.atomic
def take_in_list(*, contract: Contract, rows: Sequence[Mapping[str, Any]], today: date) -> ListResult:
    """Write who signed when (`operator`, `signed_on`, `document_number`), all of it or nothing.

    What stands already is corrected where it differs. Raises RowErrors with every bad row.
    """
    records.lock_contract(contract.pk)
    people = [row["operator"] for row in rows]
    times = Counter(person.pk for person in people)
    found = Undertaking.objects.filter(STANDING, contract=contract, operator__in=people)
    known = {row.operator_id: row for row in found}

    def write(row: Mapping[str, Any]) -> Taken:
        person = row["operator"]
        if times[person.pk] > 1:
            raise ValidationError({"operator": _("This person stands in several rows of the list.")})
        # A number that the list does not mention stays as it is.
        values = {name: value for name, value in row.items() if name in ("signed_on", "document_number")}
        undertaking = known.get(person.pk) or Undertaking(contract=contract, operator=person)
        return records.enter_or_correct(undertaking, values, today=today)

    return take_in(rows, write)
