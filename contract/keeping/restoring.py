"""Puts a backup into an empty place, compares it with its manifest, and says what differs."""

import tarfile
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from contract.history import verification
from contract.keeping import backups, engines, manifest, start, store
from kit import clock
from kit.files.storage import DocumentMissing, chunks_of

Tell = Callable[[str], object]


def restore(folder: Path, key: bytes | None, tell: Tell) -> list[str]:
    """Fill the empty database and the empty store; returns what differs from the manifest, in sentences.

    Raises CommandError before anything is written where the place is not empty or the backup cannot
    be used; where the writing fails, what was written is removed again.
    """
    content = backups.read_manifest(folder, key)
    _require_usable(folder, content)
    _require_empty()
    tell(_("The files of the backup are as they were written."))
    with tempfile.TemporaryDirectory(dir=_scratch()) as scratch:
        database, documents = (
            _plain(folder, name, key, Path(scratch)) for name in (engines.NAMES[content["engine"]], backups.DOCUMENTS)
        )
        engines.put_back(database)
        try:
            tell(_("The database is restored."))
            _unpack(documents, content["documents"])
            tell(_("%(count)d documents are restored.") % {"count": len(content["documents"])})
        except BaseException:
            for name in list(store.files()):
                default_storage.delete(name)
            engines.clear()
            raise
    return list(differences(content))


def differences(content: dict[str, Any]) -> Iterator[str]:
    """What the database and the store hold otherwise than the manifest says; empty where all agrees."""
    with connection.cursor() as cursor:
        known = {name: columns for name, columns in content["tables"].items() if name in _tables(cursor)}
        for name in sorted(content["tables"].keys() - known.keys()):
            yield _("Table %(table)s is missing.") % {"table": name}
        found = manifest.tables(cursor)
        head = manifest.head(cursor)
    for table, column, expected, value in manifest.differences(known, found):
        yield _("%(table)s, %(column)s: should be %(expected)s, is %(found)s.") % {
            "table": table,
            "column": column,
            "expected": expected,
            "found": value,
        }
    if head != content["head"]:
        yield _("The chain of the change log should end in %(expected)s and ends in %(found)s.") % {
            "expected": content["head"],
            "found": head,
        }
    for problem in verification.chain(clock.now(), verification.Checked()):
        yield str(problem)
    for name, expected in content["documents"].items():
        digest = sha256()
        try:
            for chunk in chunks_of(default_storage, name, known=expected, what=name):
                digest.update(chunk)
        except DocumentMissing as error:
            yield error.messages[0]
            continue
        if digest.hexdigest() != expected:
            yield _("Document %(name)s differs: its SHA-256 should be %(hash)s.") % {"name": name, "hash": expected}
    yield from start.problems()


def _require_usable(folder: Path, content: dict[str, Any]) -> None:
    if content["version"] > backups.VERSION:
        raise CommandError(_("The backup was made by a newer version of the program."))
    if content["engine"] != connection.vendor:
        raise CommandError(
            _("The backup is of %(engine)s, DATABASE_URL names %(other)s: restore it into the same kind of database.")
            % {"engine": content["engine"], "other": connection.vendor}
        )
    ours = manifest.migrations()
    newer = [f"{app}.{name}" for app, name in content["migrations"].items() if name[:4] > ours.get(app, "9999")[:4]]
    if newer:
        raise CommandError(
            _("The backup was made by a newer version of the program: it does not know %(name)s.") % {"name": newer[0]}
        )
    for name, expected in content["files"].items():
        path = folder / name
        if not path.is_file():
            raise CommandError(_("%(file)s is missing from the backup.") % {"file": path})
        if backups.digest_of(path) != expected:
            raise CommandError(_("%(file)s was altered after the backup: it is not restored.") % {"file": path})


def _require_empty() -> None:
    if not engines.is_empty():
        raise CommandError(
            _("The database is not empty: nothing was written. Restore into a new one (an empty file, or createdb).")
        )
    if next(iter(store.files()), None) is not None:
        raise CommandError(
            _("The folder of the documents (%(place)s) is not empty: nothing was written. Move it away first.")
            % {"place": getattr(default_storage, "location", "S3")}
        )


def _plain(folder: Path, name: str, key: bytes | None, scratch: Path) -> Path:
    """The file of a backup, decrypted into the scratch folder where it is sealed."""
    path = folder / name
    if path.is_file():
        return path
    path, target = folder / (name + backups.SEALED), scratch / name
    with path.open("rb") as source, target.open("xb") as out:
        for chunk in backups.plain(source, path, key):
            out.write(chunk)
    return target


def _unpack(archive: Path, expected: dict[str, str]) -> None:
    """Every document under its own name, through the store: only such as the manifest names."""
    with tarfile.open(archive) as opened:
        for info in opened:
            source = opened.extractfile(info)
            if info.name not in expected or source is None:
                raise CommandError(_("%(file)s holds what its manifest does not name.") % {"file": archive})
            if default_storage.save(info.name, File(source, info.name)) != info.name:
                raise CommandError(_("Document %(name)s stands there already.") % {"name": info.name})


def _scratch() -> str | None:
    """Beside the documents where these are a folder: the machine's own temporary space may be small."""
    location = getattr(default_storage, "location", None)
    if not location:
        return None
    Path(location).parent.mkdir(parents=True, exist_ok=True)
    return str(Path(location).parent)


def _tables(cursor: Any) -> set[str]:
    return {info.name for info in connection.introspection.get_table_list(cursor)}
