"""Files that are there whole or not at all: written beside, then renamed."""

import os
import uuid
from collections.abc import Iterable
from pathlib import Path

SUFFIX = ".part"


def write_whole(path: Path, content: bytes | Iterable[bytes], *, mode: int | None = None) -> None:
    """Write a file; one that stood there is replaced at once. OSError leaves what was there."""
    part = write_part(path, [content] if isinstance(content, bytes) else content, mode=mode)
    try:
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_part(path: Path, chunks: Iterable[bytes], *, mode: int | None = None) -> Path:
    """Everything on the disk, in a file beside `path`, for the caller to rename. None is left on failure."""
    part = path.with_name(f".{uuid.uuid4().hex}{SUFFIX}")
    try:
        with part.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def sync_folder(folder: Path) -> None:
    """The names of a folder on the disk, too: a power cut does not lose the renaming."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
