"""A backup: the database, the documents, and a manifest of both, in one folder that is whole or not there."""

import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from contract.keeping import engines, manifest, sealed, store
from contract.keeping.models import Backup
from kit import clock, faults
from kit.files.whole import sync_folder, write_whole

MANIFEST, DOCUMENTS, SEALED = "manifest.json", "documents.tar", ".sealed"
VERSION = 1


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that was finished, and what became of the newest that was begun."""

    finished_at: datetime | None
    folder: str
    error: str
    is_configured: bool


def last_backup() -> LastBackup:
    """For the home page and the health page (one query, or two after failures in a row)."""
    newest = Backup.objects.order_by("-pk").first()
    good = newest
    if newest is not None and (newest.error or newest.finished_at is None):
        good = Backup.objects.filter(finished_at__isnull=False, error="").order_by("-pk").first()
    return LastBackup(
        good.finished_at if good else None,
        good.folder if good else "",
        newest.error if newest else "",
        bool(settings.BACKUP_FOLDER),
    )


def write(folder: Path, key: bytes | None) -> Backup:
    """Copy everything into a new folder inside `folder`, while the program goes on.

    What fails is kept with the record; then no folder is there. Raises CommandError or OSError.
    """
    at = clock.now()
    record = Backup.objects.create(started_at=at)
    name = f"{timezone.localtime(at):%Y%m%d-%H%M%S}-{record.pk}"
    part, target = folder / f".{name}.part", folder / name
    try:
        part.mkdir(parents=True, mode=0o700)
        content = _fill(part, key, at)
        os.replace(part, target)
        sync_folder(folder)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        record.error = faults.sentence(error)[:2000] or type(error).__name__
        record.finished_at = clock.now()
        record.save()
        raise
    record.folder, record.head = str(target), content["head"]
    record.documents = len(content["documents"])
    record.size = sum(path.stat().st_size for path in target.iterdir())
    record.finished_at = clock.now()
    record.save()
    return record


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest `keep` backups of a folder, and what a killed one left; their names."""
    gone = all_in(folder)[:-keep] if keep > 0 else []
    gone += sorted(path for path in folder.glob(".*.part") if path.is_dir())
    for path in gone:
        shutil.rmtree(path)
    return [path.name for path in gone]


def all_in(folder: Path) -> list[Path]:
    """The backups of a folder, the oldest first."""
    found = [path for path in folder.glob("[0-9]*-*") if _manifest_of(path) is not None]
    # Of two within one second the number of the record decides, as a number.
    return sorted(found, key=lambda path: [int(part) for part in re.findall(r"[0-9]+", path.name)])


def newest_in(folder: Path) -> Path:
    """The backup that `folder` is, or else the newest in it. Raises CommandError."""
    if _manifest_of(folder) is not None:
        return folder
    found = all_in(folder) if folder.is_dir() else []
    if not found:
        raise CommandError(_("%(folder)s holds no backup (no manifest).") % {"folder": folder})
    return found[-1]


def key_from(path: str | None) -> bytes | None:
    """The key in a file, else the one in the settings; None: not encrypted. Raises CommandError."""
    try:
        written = Path(path).read_text() if path else settings.BACKUP_KEY
        return sealed.key_of(written) if written else None
    except OSError as error:
        raise CommandError(_("--key-file: %(reason)s") % {"reason": error.strerror}) from error
    except ValueError as error:
        raise CommandError(_("The backup key must be 32 bytes in base64. Make one: openssl rand -base64 32")) from error


def read_manifest(folder: Path, key: bytes | None) -> dict[str, Any]:
    """Raises CommandError where it cannot be read."""
    path = _manifest_of(folder)
    if path is None:
        raise CommandError(_("%(folder)s holds no backup (no manifest).") % {"folder": folder})
    with path.open("rb") as file:
        found: dict[str, Any] = json.loads(b"".join(plain(file, path, key)))
    return found


def plain(file: IO[bytes], path: Path, key: bytes | None) -> Iterator[bytes]:
    """What a file of a backup says, decrypted where it is sealed. Raises CommandError."""
    if path.suffix != SEALED:
        while chunk := file.read(1024**2):
            yield chunk
        return
    if key is None:
        raise CommandError(_("The backup is encrypted: give its key (BACKUP_KEY, or --key-file)."))
    try:
        yield from sealed.opened(file, key)
    except sealed.NotReadable as error:
        raise CommandError(
            _("%(file)s cannot be decrypted: another key, or the file was altered or cut off.") % {"file": path}
        ) from error


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(1024**2):
            digest.update(chunk)
    return digest.hexdigest()


def _fill(part: Path, key: bytes | None, at: datetime) -> dict[str, Any]:
    database = part / engines.NAMES[connection.vendor]
    # The database first: a document that a row names was there before the row.
    with engines.copied(database) as cursor:
        content: dict[str, Any] = {
            "version": VERSION,
            "made_at": at.isoformat(),
            "engine": connection.vendor,
            "tables": manifest.tables(cursor),
            "head": manifest.head(cursor),
            "migrations": manifest.migrations(),
            "documents": {},
            "files": {},
        }
    parts = [_sealed(database, key)]
    documents = part / DOCUMENTS
    with tarfile.open(documents, "w") as archive:
        for name in store.files():
            content["documents"][name] = _add(archive, name)
    parts.append(_sealed(documents, key))
    content["files"] = {path.name: digest_of(path) for path in parts}
    text = json.dumps(content, ensure_ascii=False, indent=1).encode()
    path = part / (MANIFEST if key is None else MANIFEST + SEALED)
    write_whole(path, text if key is None else sealed.seal([text], key), mode=0o600)
    return content


def _add(archive: tarfile.TarFile, name: str) -> str:
    """One document, with its SHA-256 as it was read."""
    with default_storage.open(name, "rb") as file:
        info = tarfile.TarInfo(name)
        info.size = default_storage.size(name)
        info.mode = 0o600
        reader = _Hashed(file)
        archive.addfile(info, reader)
    return reader.digest.hexdigest()


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any) -> None:
        self.file, self.digest = file, sha256()

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self.file.read(size)
        self.digest.update(chunk)
        return chunk


def _sealed(path: Path, key: bytes | None) -> Path:
    """The file, encrypted in its own place where there is a key; on the disk either way."""
    path.chmod(0o600)
    if key is None:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        return path
    target = path.with_name(path.name + SEALED)
    with path.open("rb") as file:
        write_whole(target, sealed.seal(iter(lambda: file.read(1024**2), b""), key), mode=0o600)
    path.unlink()
    return target


def _manifest_of(folder: Path) -> Path | None:
    return next((path for name in (MANIFEST, MANIFEST + SEALED) if (path := folder / name).is_file()), None)
