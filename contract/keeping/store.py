"""The documents: all files of the store, and whether it is the one of this database.

A file of the store bears the number that stands in the database. A web server and a worker on two
hosts that do not share a folder have two stores, and one of them lacks the mark: that is told at the
start and by the health page, before somebody misses a document.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop as _

from contract.findings import Message
from contract.keeping.models import StoreMark
from kit.files.storage import DocumentMissing, chunks_of
from kit.files.whole import SUFFIX

MARK = ".store"
NOT_SHARED = _(
    "The folder of the documents (%(place)s) is not the one of this database: web server and worker must share one "
    "folder or one S3 bucket. Mount it, or restore the documents from the backup."
)
OTHER_DATABASE = _("The folder of the documents (%(place)s) belongs to another database.")


def establish() -> None:
    """Mark the store of a database that knows none yet; the first process to start does it."""
    found = _found()
    if StoreMark.objects.filter(pk=1).exists():
        return
    # The documents may have come first: after a restore of them, or of an older database.
    mark, created = StoreMark.objects.get_or_create(pk=1, defaults={"uid": found or uuid.uuid4()})
    if created and found is None:
        default_storage.save(MARK, ContentFile(mark.uid.hex.encode()))


def problem() -> Message | None:
    """What is wrong with this process's store; None where nothing is (one query, one small file)."""
    mark, found = StoreMark.objects.filter(pk=1).first(), _found()
    if mark is None or found == mark.uid:
        return None
    place = str(getattr(default_storage, "location", "") or default_storage.__class__.__name__)
    return Message(NOT_SHARED if found is None else OTHER_DATABASE, place=place)


def take() -> None:
    """Make this process's store, as it is, the one of this database: for a loss that is known."""
    if _found() is not None:
        default_storage.delete(MARK)
    mark, _created = StoreMark.objects.update_or_create(pk=1, defaults={"uid": uuid.uuid4()})
    default_storage.save(MARK, ContentFile(mark.uid.hex.encode()))


def keep_result(wrong: int, at: datetime) -> None:
    """What a look at all documents has found: how many are missing or altered."""
    StoreMark.objects.filter(pk=1).update(wrong=wrong, checked_at=at)


def files(folder: str = "") -> Iterator[str]:
    """The names of all documents, in their order; what a killed process left half is none."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        if not name.endswith(SUFFIX):
            yield f"{folder}/{name}" if folder else name
    for one in sorted(folders):
        yield from files(f"{folder}/{one}" if folder else one)


def _found() -> uuid.UUID | None:
    try:
        content = b"".join(chunks_of(default_storage, MARK, known="", what=MARK))
        return uuid.UUID(hex=content.decode().strip())
    except (DocumentMissing, ValueError):
        return None
