"""How the records of the contract's duties are written: validated, in one transaction, kept."""

from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contract.models import Contract

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def keep(*, row: Row) -> Row:
    """Validate a record and write it, new or corrected; the history keeps what stood there.

    Raises ValidationError with the fields at fault; then nothing is written.
    """
    lock(row)
    row.full_clean()
    row.save()
    return row


def lock(row: Any) -> None:
    """One writer at a time for a contract: what is checked here stays true until it is written."""
    contract_id = contract_of(row)
    if contract_id is not None:
        list(Contract.objects.select_for_update().filter(pk=contract_id))


def contract_of(row: Any) -> int | None:
    """The contract that a record or its parent belongs to."""
    for parent in ("inspection", "amendment", "scheme", "assessment"):
        if hasattr(row, f"{parent}_id") and not hasattr(row, "contract_id"):
            row = getattr(row, parent, None)
    found: int | None = getattr(row, "contract_id", None)
    return found


def fresh(row: Row) -> Row:
    """The row as it stands in the database, with its contract locked."""
    lock(row)
    found: Row = type(row)._default_manager.get(pk=row.pk)
    return found


def stored(row: Row) -> Row | None:
    """What the database holds of a row that is about to be written; None for a new one."""
    if row.pk is None:
        return None
    found: Row | None = type(row)._default_manager.filter(pk=row.pk).first()
    return found


def unchanged(row: models.Model, old: models.Model | None, *fields: str, why: str) -> None:
    """These fields must stay as they are; ValidationError at those that do not."""
    if old is None:
        return
    problems = {
        field: why for field in fields if getattr(row, _column(row, field)) != getattr(old, _column(row, field))
    }
    if problems:
        raise ValidationError(problems)


def required(text: str, field: str) -> str:
    """The text without blanks around it; ValidationError at `field` where nothing is left."""
    text = text.strip()
    if not text:
        raise ValidationError({field: _("This field is required.")})
    return text


def target(label: str, pk: int | None, contract_id: int | None) -> tuple[Any, dict[str, str]]:
    """The row that a record names by its kind and number, and what is wrong with naming it."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None, {"subject_label": _("The program keeps no such records.")}
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        return None, {"subject_pk": _("There is no such record.")}
    if _owner(row) not in (None, contract_id):
        return None, {"subject_pk": _("This belongs to another contract.")}
    return row, {}


def _owner(row: Any) -> int | None:
    """The contract of any row; None for one that belongs to no single contract."""
    return int(row.pk) if isinstance(row, Contract) else contract_of(row)


def _column(row: models.Model, field: str) -> str:
    return str(getattr(row._meta.get_field(field), "attname", field))
