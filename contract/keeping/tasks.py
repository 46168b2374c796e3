"""The nightly backup."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings

from contract.keeping import backups

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
