"""The store of documents: whole files only, and two answers to what is wrong with one."""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

from kit.files.whole import sync_folder, write_part


class DocumentMissing(ValidationError):
    """A record names a file that the store has not: another disk is mounted, or it was removed."""


class DocumentRemoved(DocumentMissing):
    """The file was removed on purpose, and who did it can be told."""


class DocumentAltered(ValidationError):
    """The file is there and is not what was put there."""


Removal = Callable[[str], str]
_removals: list[Removal] = []


def register_removal(tell: Removal) -> Removal:
    """Let somebody say why a file that is not there was removed; "" where it was not."""
    _removals.append(tell)
    return tell


class DocumentStorage(FileSystemStorage):
    """A folder that web and worker share. A full disk or a kill leaves no half file under its name."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        created = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in created if self.directory_permissions_mode is not None else ():
            folder.chmod(self.directory_permissions_mode or 0)
        part = write_part(path, _bytes(content), mode=self.file_permissions_mode)
        try:
            while True:
                try:
                    os.link(part, path)  # unlike a renaming it never replaces another's file
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
                    path = Path(self.path(name))
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
        return str(name).replace("\\", "/")


def read_document(storage: Any, name: str, *, known: str, what: str) -> bytes:
    """A kept file, as it was kept: its SHA-256 is `known` (empty: not on record).

    `what` names the record to a person. Raises DocumentMissing or DocumentAltered.
    """
    content = b"".join(chunks_of(storage, name, known=known, what=what))
    check_document(sha256(content).hexdigest(), known=known, what=what)
    return content


def chunks_of(storage: Any, name: str, *, known: str, what: str) -> Iterator[bytes]:
    """The pieces of a kept file. Raises DocumentMissing, or DocumentRemoved of one that had to go."""
    try:
        if not name:
            raise FileNotFoundError
        with storage.open(name, "rb") as file:
            while chunk := file.read(1024**2):
                yield chunk
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        if removed := next(filter(None, (tell(name) for tell in _removals)), ""):
            raise DocumentRemoved(removed, code="document_removed") from error
        raise missing(name, known=known, what=what) from error


def missing(name: str, *, known: str = "", what: str) -> DocumentMissing:
    """What to tell of a file that is not there."""
    return DocumentMissing(
        _(
            "The file of %(what)s is missing (%(name)s). The web server and the worker must see the same folder of "
            "documents: let the administrator look whether it is mounted, or restore the file from the backup."
        )
        % {"what": what, "name": name or "–"}
        + (_(" Its hash is %(hash)s.") % {"hash": known} if known else ""),
        code="document_missing",
    )


def check_document(found: str, *, known: str, what: str) -> None:
    """Raises DocumentAltered where the SHA-256 `found` is not the one on record."""
    if known and found != known:
        raise DocumentAltered(
            _(
                "The file of %(what)s was altered: it is not handed out. Restore it from the backup; its hash should "
                "be %(known)s and is %(found)s."
            )
            % {"what": what, "known": known, "found": found},
            code="document_altered",
        )


def _bytes(content: Any) -> Iterator[bytes]:
    for chunk in content.chunks():
        yield chunk if isinstance(chunk, bytes) else str(chunk).encode()
