"""The files that records name: whether each is there and what it was."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from contract.keeping import store
from contract.keeping.models import Tombstone
from kit import clock
from kit.files.storage import read_document

# A file is written before the row that names it: a young one may belong to a row to come.
YOUNG = 24 * 60 * 60


def named() -> Iterator[tuple[str, str, str]]:
    """What to call it, name and SHA-256 (empty: not on record) of each file that a current row names;
    not of those that were removed because their time was over."""
    gone = set(Tombstone.objects.exclude(name="").values_list("name", flat=True))
    for model in apps.get_models():
        if hasattr(model, "instance_type"):  # a history: its current row names the file, or did
            continue
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.FileField):
                continue
            known = _digest_column(model, field)
            rows = model._base_manager.exclude(**{field.attname: ""}).exclude(**{field.attname: None})
            for row in rows.order_by("pk").iterator(chunk_size=500):
                what, name = f"{model._meta.verbose_name} {row.pk}", str(getattr(row, field.attname))
                if name not in gone:
                    yield what, name, str(getattr(row, known) if known else "")


def look() -> list[str]:
    """A sentence for everything that is wrong with the documents; how many there are is kept for the alarm."""
    found = [str(problem)] if (problem := store.problem()) else []
    found += problems()
    store.keep_result(len(found), clock.now())
    return found


def problems() -> Iterator[str]:
    """A sentence for each file that is missing or was altered."""
    for what, name, known in named():
        try:
            read_document(default_storage, name, known=known, what=what)
        except ValidationError as error:
            yield from error.messages


def unnamed() -> Iterator[str]:
    """Files that no record names, and none is about to: left by a transaction that was rolled back."""
    wanted = {name for _what, name, _known in named()} | {store.MARK}
    wanted |= {name for name in _of_histories()}
    for name in list(store.files()):
        if name not in wanted and (clock.now() - _made(name)).total_seconds() > YOUNG:
            yield name


def _of_histories() -> Iterator[str]:
    for model in apps.get_models():
        if not hasattr(model, "instance_type"):
            continue
        source: Any = model.instance_type
        for field in source._meta.local_concrete_fields:
            if isinstance(field, models.FileField):
                yield from model._base_manager.values_list(field.attname, flat=True).distinct()


def _made(name: str) -> Any:
    at = default_storage.get_modified_time(name)
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def _digest_column(model: Any, field: models.FileField) -> str:
    """The column with the SHA-256 of a file: of the field's own name, or the only one of the row."""
    names = {one.name for one in model._meta.local_concrete_fields}
    wanted = (f"{field.name}_sha256", "pdf_sha256", "file_sha256", "sha256")
    return next((name for name in wanted if name in names), "")
