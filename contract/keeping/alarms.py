"""Alarms: a nightly backup that was missed or failed, and documents that are not those of this database."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from contract.alarms import Alarm, register
from contract.findings import Message
from contract.keeping import store
from contract.keeping.backups import last_backup
from contract.keeping.models import StoreMark

LATE = timedelta(hours=26)
NEVER = _("A nightly backup is set up and none has been made yet.")
MISSED = _("The last backup was made at %(at)s: the nightly one was missed.")
FAILED = _("The last backup failed: %(error)s")
WRONG = _(
    "%(count)d documents were missing or altered when all were looked at (%(at)s): “manage.py check_documents” "
    "names them."
)


@register
def kept(now: datetime, today: date) -> Iterable[Alarm]:
    """A query or two each and one small file; a bucket, which all processes share, is looked at their start only."""
    if settings.BACKUP_FOLDER:
        last = last_backup()
        if last.error:
            yield Alarm("backup", Message(FAILED, error=last.error[:200]))
        elif last.finished_at is None:
            yield Alarm("backup", Message(NEVER))
        elif now - last.finished_at > LATE:
            yield Alarm("backup", Message(MISSED, at=f"{localtime(last.finished_at):%Y-%m-%d %H:%M}"))
    if isinstance(storages["default"], FileSystemStorage) and (problem := store.problem()):
        yield Alarm("documents_store", problem)
    mark = StoreMark.objects.filter(pk=1, wrong__gt=0).first()
    if mark is not None and mark.checked_at is not None:
        yield Alarm("documents", Message(WRONG, count=mark.wrong, at=f"{localtime(mark.checked_at):%Y-%m-%d %H:%M}"))
