"""Another place: an empty database of the same kind, and an empty folder of documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


@contextmanager
def another_place(settings: Any, folder: Path) -> Iterator[None]:
    """Inside, the program works there; afterwards it is back where it was."""
    old, media = connection.settings_dict["NAME"], settings.MEDIA_ROOT
    new = str(folder / "new.sqlite3")
    if connection.vendor == "postgresql":
        new = f"{old}_restored"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{new}"')
            cursor.execute(f'CREATE DATABASE "{new}"')
    connection.close()
    connection.settings_dict["NAME"] = new
    settings.MEDIA_ROOT = folder / "documents"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = old
        settings.MEDIA_ROOT = media
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{new}"')
