"""The nightly backup, and the weekly look at the documents."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage

from contract.keeping import backups, papers, store

logger = logging.getLogger(__name__)


@shared_task(time_limit=4 * 60 * 60)
def back_up() -> str:
    """Write a backup into BACKUP_FOLDER and remove the oldest; returns its folder, "" where none is wanted."""
    if not settings.BACKUP_FOLDER:
        return ""
    folder = Path(settings.BACKUP_FOLDER)
    record = backups.write(folder, backups.key_from(None))
    for name in backups.prune(folder, settings.BACKUPS_KEPT):
        logger.info("backup %s was removed: %d newer ones are kept", name, settings.BACKUPS_KEPT)
    return record.folder


@shared_task(time_limit=4 * 60 * 60)
def look_at_documents() -> int:
    """Hash every document anew; where all are well, remove files that no record names. Returns how many are not.

    Sessions that have ended go too.
    """
    store.establish()
    wrong = papers.look()
    for text in wrong:
        logger.error("%s", text)
    for name in () if wrong else papers.unnamed():
        default_storage.delete(name)
        logger.info("%s was removed: no record names it", name)
    SessionStore.clear_expired()
    return len(wrong)
