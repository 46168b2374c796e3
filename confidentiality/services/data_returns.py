"""The vendor's declaration that all data were returned or deleted: its own until the office has looked."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from confidentiality.models import DataReturn
from contract import records
from contract.records import enter
from kit.errors import Conflict

__all__ = ["correct", "enter", "withdraw"]


@transaction.atomic
def correct(row: DataReturn, **changes: Any) -> DataReturn:
    """Correct a declaration. Conflict once the office has looked at it."""
    _own(row)
    return records.correct(row, **changes)


@transaction.atomic
def withdraw(row: DataReturn, **said: Any) -> DataReturn:
    """Withdraw a declaration with a reason. Conflict once the office has looked at it."""
    _own(row)
    return records.withdraw(row, **said)


def _own(row: DataReturn) -> None:
    if records.locked(row).checked_on is not None:
        raise Conflict(_("The office has looked at this declaration already. Send another one."))
