"""What every record that people keep has in common, and what machines write once."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Record(models.Model):
    """A row that people keep: each change leaves who, when, old and new.

    `update()` and `bulk_*` write no history: lock, check the state, `save()` in one transaction.
    """

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that may be superseded or corrected, never deleted."""

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model._meta.label} rows are never deleted")


class Kept(models.Model):
    """A row that may be superseded or corrected, never deleted."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(f"{self._meta.label} rows are never deleted")


class AppendOnly(Kept):
    """A row that is written once: `save()` refuses to change it."""

    class Meta(Kept.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.label} rows are never changed")
        super().save(*args, **kwargs)
