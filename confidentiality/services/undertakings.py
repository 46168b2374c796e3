"""Undertakings: recorded, corrected, withdrawn, never deleted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from confidentiality.models import Undertaking
from confidentiality.models.base import STANDING
from confidentiality.services.base import not_after, require_standing, withdraw
from contract.models import Contract
from kit.errors import RowError, RowErrors
from staffing.models import Operator
from staffing.services.locks import apply, fresh, lock_contract, save

UNDERTAKING_FIELDS = frozenset({"signed_on", "document_number", "copy"})


@dataclass(frozen=True)
class UndertakingRow:
    """One line of a list: who signed, when, and the number of the document."""

    operator: Operator
    signed_on: date
    document_number: str = ""


@dataclass
class ListResult:
    """How many of a list were new, were corrected, and stood there already."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def record_undertaking(
    *,
    contract: Contract,
    operator: Operator,
    signed_on: date,
    today: date,
    document_number: str = "",
    copy: File | None = None,
) -> Undertaking:
    """Record that an operator has signed. ValidationError if one stands already."""
    undertaking = Undertaking(
        contract=contract, operator=operator, signed_on=signed_on, document_number=document_number.strip(), copy=copy
    )
    not_after(today, signed_on=signed_on)
    with transaction.atomic():
        lock_contract(contract.pk)
        save(undertaking)
    return undertaking


def record_undertakings(*, contract: Contract, rows: Iterable[UndertakingRow], today: date) -> ListResult:
    """Take in a list, all of it or nothing. What stands already is corrected where it differs.

    Raises RowErrors with every bad row.
    """
    wanted = list(rows)
    errors = _named_twice(wanted)
    result = ListResult()
    with transaction.atomic():
        lock_contract(contract.pk)
        standing = {
            row.operator_id: row
            for row in Undertaking.objects.filter(
                STANDING, contract=contract, operator__in=[row.operator for row in wanted]
            )
        }
        for index, row in enumerate(wanted):
            values = {"signed_on": row.signed_on, "document_number": row.document_number.strip()}
            undertaking = standing.get(row.operator.pk) or Undertaking(contract=contract, operator=row.operator)
            is_new = undertaking.pk is None
            differs = apply(undertaking, UNDERTAKING_FIELDS, values)
            try:
                not_after(today, signed_on=row.signed_on)
                if is_new or differs:
                    save(undertaking)
            except ValidationError as error:
                errors += _of_row(index, error)
            result.created += is_new
            result.changed += differs and not is_new
            result.unchanged += not differs and not is_new
        if errors:
            raise RowErrors(errors)
    return result


def correct_undertaking(*, undertaking: Undertaking, today: date, **changes: Any) -> Undertaking:
    """Correct what was typed (fields of `UNDERTAKING_FIELDS`); equal values write nothing."""
    not_after(today, signed_on=changes.get("signed_on"))
    with transaction.atomic():
        lock_contract(undertaking.contract_id)
        current = fresh(undertaking)
        require_standing(current)
        if apply(current, UNDERTAKING_FIELDS, changes):
            save(current)
    return current


def withdraw_undertaking(*, undertaking: Undertaking, today: date, reason: str) -> Undertaking:
    """Withdraw an undertaking: revoked, or entered by mistake. It counts no more."""
    with transaction.atomic():
        lock_contract(undertaking.contract_id)
        current = fresh(undertaking)
        withdraw(current, today, reason)
        save(current)
    return current


def _named_twice(rows: list[UndertakingRow]) -> list[RowError]:
    times = Counter(row.operator.pk for row in rows)
    return [
        RowError(index, "operator", _("This person stands in several rows of the list."))
        for index, row in enumerate(rows)
        if times[row.operator.pk] > 1
    ]


def _of_row(index: int, error: ValidationError) -> list[RowError]:
    return [
        RowError(index, "" if field == NON_FIELD_ERRORS else field, message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
