"""Locks: writers of one contract come one after the other.

PostgreSQL locks the row; on SQLite every write transaction is IMMEDIATE, which says the same of
the whole database. Both then read what is true, and validation is not overtaken.
"""

from typing import Any, TypeVar

from django.db import models

from contract.models import Contract
from staffing.models import Operator

M = TypeVar("M", bound=models.Model)


def lock_contract(contract_id: int) -> Contract:
    """The contract as it is now, locked until the transaction ends."""
    return Contract.objects.select_for_update(no_key=True).get(pk=contract_id)


def lock_operator(operator_id: int) -> Operator:
    """The operator, locked: a person's assignments may stand in several contracts."""
    return Operator.objects.select_for_update(no_key=True).get(pk=operator_id)


def fresh(instance: M) -> M:
    """The row as it is now, whatever the caller has in hand."""
    return type(instance)._default_manager.get(pk=instance.pk)


def apply(instance: models.Model, allowed: frozenset[str], changes: dict[str, Any]) -> bool:
    """Set the named fields; True where a value differs. TypeError for a field not allowed."""
    if unknown := set(changes) - allowed:
        raise TypeError(f"{instance._meta.label}: cannot set {', '.join(sorted(unknown))}")
    differs = False
    for name, value in changes.items():
        differs |= getattr(instance, name) != value
        setattr(instance, name, value)
    return differs


def save(instance: models.Model) -> None:
    """Validate wholly, then write."""
    instance.full_clean()
    instance.save()
