"""The disk beside the documents: whether it can be written, and how much is left."""

import os
import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

from contract.alarms import Alarm, register
from contract.findings import Message

FULL = _("Only %(left)d MB are left on the disk of the documents (limit: %(limit)d MB).")


def try_to_write(folder: Path) -> None:
    """Write a file, let it reach the disk, and read it again. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path, content = folder / f".alive-{os.getpid()}", os.urandom(4096)
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.read_bytes() != content:
            raise OSError(f"{path}: other bytes came back than were written")
    finally:
        path.unlink(missing_ok=True)


def left() -> int | None:
    """Megabytes that are free beside the documents; None where the folder is not there yet."""
    try:
        return shutil.disk_usage(settings.DATA_DIR).free // 2**20
    except OSError:
        return None


@register
def nearly_full(now: datetime, today: date) -> Iterable[Alarm]:
    """Too little is left for a night's work (no query)."""
    free = left()
    if free is not None and free < settings.DISK_FREE_MIN_MB:
        yield Alarm("disk_full", Message(FULL, left=free, limit=settings.DISK_FREE_MIN_MB))
