"""What every record that people keep has in common, and what machines write once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, NoReturn

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from contract import acting
from contract.signals import history_added, rows_added, rows_updated, values_added
from kit.database import sets
from kit.database.constraint_messages import duplicates, violated
from kit.database.invisible import refuse_hidden

# Columns, by name, that are shown in part wherever rows, versions and entries are shown.
MASKED_FIELDS = frozenset({"phone"})


def by_two_people(
    prefix: str, *, second: str = "decided_by", answer: str = "is_approved", state: str = "decided_or_open"
) -> list[models.CheckConstraint]:
    """What holds of a step that one person proposes and a second decides: two people; open, or decided whole."""
    return [
        models.CheckConstraint(
            condition=~Q(**{second: F("proposed_by")}),
            name=f"{prefix}_by_two_people",
            violation_error_message=_("The second person must not be the proposer."),
        ),
        models.CheckConstraint(
            condition=Q(**{f"{name}__isnull": True for name in (second, answer)})
            | Q(**{f"{name}__isnull": False for name in (second, answer)}),
            name=f"{prefix}_{state}",
        ),
    ]


class RowQuerySet(models.QuerySet[Any]):
    """Writes in sets are told to the change log, like `save()`; kept rows are never deleted.

    Rows with a history are changed in sets by `bulk_update_with_history` only.
    """

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        with transaction.atomic(using=self.db, savepoint=False):
            rows = super().bulk_create(objs, *args, **kwargs)
            if rows and not _has_history(self.model):
                rows_added.send(self.model, rows=rows)
        return rows

    def update(self, **kwargs: Any) -> int:
        if _has_history(self.model):
            return super().update(**kwargs)
        with transaction.atomic(using=self.db, savepoint=False):
            held = self.order_by().select_for_update(of=("self",))
            before = {row.pk: row for row in held}
            count = models.QuerySet.update(self.filter(pk__in=list(before)), **kwargs)
            after = self.model._base_manager.using(self.db).in_bulk(list(before))
            rows_updated.send(self.model, before=before, after=after)
        return count

    def insert_set(self, columns: Any, rows: Any, *, renewed: Any = ()) -> None:
        """Rows of a model that is logged by sets (`LOGGED_BY`), as values of these columns: one statement, one entry.

        `renewed`: what a row that stands already takes over; left out, every row must be new.
        """
        key = self.model.LOGGED_BY if renewed else ()
        with transaction.atomic(using=self.db, savepoint=False):
            sets.insert(self.model, columns, rows, using=self.db, key=key, renewed=renewed)
            values_added.send(self.model, columns=columns, rows=rows)

    # Django's own marks on the methods that are replaced here.
    bulk_create.alters_data = update.alters_data = insert_set.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> Any:
        if issubclass(self.model, Kept):
            raise TypeError(f"{self.model._meta.label} rows are never deleted")
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]


class LoggedHistory(HistoryManager):
    """Histories written in sets bear the acting user and instant, and are told to the log."""

    def bulk_history_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        kwargs["default_date"] = kwargs.get("default_date") or acting.instant()
        kwargs["default_user"] = kwargs.get("default_user") or acting.actor()
        rows = super().bulk_history_create(objs, *args, **kwargs)
        if rows:
            history_added.send(self.model, rows=rows, instances=objs)
        return rows


class Logged(models.Model):
    """A row whose every write is in the change log: both are one commit, or neither is."""

    objects = RowQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using"), savepoint=False):
            super().save(*args, **kwargs)


class Record(Logged):
    """A row that people keep: each change leaves who, when, old and new.

    `update()` and `bulk_*` write no history: lock, check the state, `save()` in one transaction.
    """

    FIXED: ClassVar[tuple[str, ...]] = ("contract",)
    """What a record is about: chosen once, never corrected."""
    PAST: ClassVar[tuple[str, ...]] = ()
    """Days and instants that must have come when they are written down."""
    PART_OF: ClassVar[str] = ""
    """The record that this one is a part of; it must stand, too."""
    LOCKED_BY: ClassVar[tuple[str, ...]] = ("contract",)
    """What has one writer at a time, in the order of the locks; empty: the row itself."""
    WITHDRAWAL: ClassVar[tuple[str, str]] = ("withdrawn_on", "withdrawal_reason")
    """Where the day and the reason of a withdrawal stand, in a record that has one."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    history = HistoricalRecords(inherit=True, history_manager=LoggedHistory)

    class Meta(Logged.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that the database refuses goes with the refusal: its twin can be named."""
        try:
            super().save(*args, **kwargs)
        except IntegrityError as error:
            error.row = self  # type: ignore[attr-defined]
            raise

    def clean_fields(self, exclude: Any = None) -> None:
        """Each field by itself; no text holds a character that nobody sees."""
        super().clean_fields(exclude=exclude)
        refuse_hidden(self, exclude)

    def validate_unique(self, exclude: Any = None) -> None:
        """Of a row that stands there already: who recorded it, and when."""
        try:
            super().validate_unique(exclude=exclude)
        except ValidationError as error:
            raise duplicates(self, error) from error

    def validate_constraints(self, exclude: Any = None) -> None:
        """The same of the table's constraints."""
        if error := violated(self, exclude):
            raise error

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return getattr(self, self.WITHDRAWAL[0], None) is None


class Kept(Logged):
    """A row that may be superseded or corrected, never deleted."""

    class Meta(Logged.Meta):
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


class Withdrawable(Kept, Record):
    """A record that was made by mistake, or that was revoked, is withdrawn; it is never deleted."""

    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


STANDING = models.Q(withdrawn_on__isnull=True)


def _has_history(model: type[models.Model]) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")


@lru_cache
def watched() -> Mapping[str, type[models.Model]]:
    """The models whose every write is logged: what people keep and machines write once."""
    return {
        model._meta.label: model for model in apps.get_models() if issubclass(model, Logged) and not model._meta.proxy
    }


def history_of(model: Any) -> Any:
    """The history table of a model, or None."""
    name = getattr(model._meta, "simple_history_manager_attribute", None)
    return getattr(model, name).model if name else None
