"""The documents: all files of the store, and whether it is the one of this database.

A file of the store bears the number that stands in the database. A web server and a worker on two
hosts that do not share a folder have two stores, and one of them lacks the mark: that is told at the
start and by the health page, before somebody misses a document.
"""

import uuid
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from contract.keeping.models import StoreMark
from kit.files.storage import DocumentMissing, chunks_of
from kit.files.whole import SUFFIX

MARK = ".store"


def problem() -> str:
    """What is wrong with this process's store, in a sentence; empty where nothing is.

    The first one to ask marks the store of a database that knows none yet.
    """
    mark = StoreMark.objects.filter(pk=1).first()
    found = _found()
    if mark is None and found is None:
        mark, created = StoreMark.objects.get_or_create(pk=1)
        if created:
            default_storage.save(MARK, ContentFile(mark.uid.hex.encode()))
        found = _found()
    elif mark is None:  # the documents came first: after a restore of them, or of an older database
        mark, _created = StoreMark.objects.get_or_create(pk=1, defaults={"uid": found})
    if mark is not None and found == mark.uid:
        return ""
    place = str(getattr(default_storage, "location", "") or default_storage.__class__.__name__)
    if found is None:
        return _(
            "The folder of the documents (%(place)s) is not the one of this database: web server and worker must "
            "share one folder or one S3 bucket. Mount it, or restore the documents from the backup."
        ) % {"place": place}
    return _("The folder of the documents (%(place)s) belongs to another database.") % {"place": place}


def take() -> None:
    """Make this process's store, as it is, the one of this database: for a loss that is known."""
    if _found() is not None:
        default_storage.delete(MARK)
    mark, _created = StoreMark.objects.update_or_create(pk=1, defaults={"uid": uuid.uuid4()})
    default_storage.save(MARK, ContentFile(mark.uid.hex.encode()))


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
