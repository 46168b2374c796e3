"""The quarterly file: asked for by a person, made by a job, ready only once it is whole.

Jobs claim a file by a conditional update and a slot, of which the database allows so many at once.
Every sign of life carries the job's token: one that was taken for dead can write nothing more.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.documents.quarter_file import STEPS, Assembled, assemble
from billing.models import Instalment, Invoice, QuarterFile, Statement
from billing.selectors.quarter_file import missing_papers, quarter_file_facts
from billing.selectors.statement import evaluated_on
from billing.services.base import lock, require, require_not_vendor
from billing.services.numbers import period_name
from billing.services.statements import issue_statement, read_statement
from billing.states import FileStatus
from contract.records import reason_given
from kit.errors import Conflict
from kit.faults import sentence
from kit.files.documents import facts_hash
from kit.files.storage import read_document
from law.periods import beijing_day

logger = logging.getLogger(__name__)

MISSING = {
    "invoice": gettext_noop("a standing invoice (the vendor hands it in)"),
    "acceptance": gettext_noop("a passed acceptance (the office decides upon it)"),
}
ATTEMPTS_AT_MOST = 3
Now = Callable[[], datetime]


class Lost(Exception):
    """This job was taken for dead meanwhile; another one makes the file."""


# --- Asking for a file ------------------------------------------------------------------------


@transaction.atomic
def request_file(
    *,
    instalment: Instalment,
    actor: Any,
    at: datetime,
    as_of: date,
    replaces: QuarterFile | None = None,
    reason: str = "",
) -> QuarterFile:
    """Freeze the facts of a payment and put its file in the queue.

    A statement is issued where none stands. A second click gets the file of the first one; where
    the facts have changed since, name the earlier file as `replaces`, with the reason. Raises
    ValidationError where papers are missing, Conflict where somebody else was first.
    """
    require(actor, "billing.add_quarterfile")
    row = lock(instalment)
    require_not_vendor(actor, row)
    if missing := missing_papers(row, whole=True):
        names = "、".join(_(MISSING[one]) for one in missing)
        raise ValidationError(_("The payment file cannot be made yet. Missing: %(names)s.") % {"names": names})
    statement = _statement(row, actor=actor, at=at, as_of=as_of)
    body = quarter_file_facts(row, statement, as_of)
    last = row.files.filter(replaced_by=None).first()
    if replaces is None and last is not None:
        if _body(last.facts) == body:
            return _again(last)
        raise ValidationError(
            _("File %(number)s exists and the facts have changed since. Make a new one that gives the reason.")
            % {"number": last}
        )
    if replaces is not None:
        reason = reason_given(reason, "reason")
        if last is None or last.pk != replaces.pk:
            raise Conflict(
                _("File %(number)s is not the latest any more. Reload the page and look again.") % {"number": replaces}
            )
        if last.is_under_way:
            raise Conflict(_("File %(number)s is still being made.") % {"number": last})
    ordinal = row.files.count() + 1
    number = f"CL-{row.contract.number}-{period_name(row)}-{ordinal:02d}"
    evaluated = evaluated_on(row.contract_id, as_of)
    facts = body | {
        "document": {
            "number": number,
            "made_on": beijing_day(at).isoformat(),
            "as_of": as_of.isoformat(),
            "evaluated_on": evaluated.isoformat() if evaluated else None,
            "replaces": replaces and _reference(replaces, reason),
        }
    }
    file = QuarterFile(
        contract=row.contract,
        instalment=row,
        ordinal=ordinal,
        number=number,
        statement=statement,
        as_of=as_of,
        requested_at=at,
        requested_by=actor,
        replaces=last,
        reason=reason,
        facts=facts,
        facts_sha256=facts_hash(facts),
        steps=STEPS,
    )
    file.full_clean()
    file.save()
    return file


def has_changed_since(file: QuarterFile, as_of: date) -> bool:
    """Whether a file made now would say something else."""
    return _body(file.facts) != quarter_file_facts(file.instalment, file.statement, as_of)


def _statement(row: Instalment, *, actor: Any, at: datetime, as_of: date) -> Statement:
    """The statement that stands; where there is none, one is issued now."""
    standing: Statement | None = row.statements.filter(corrected_by=None).first()
    if standing is not None:
        return standing
    return issue_statement(instalment=row, actor=actor, at=at, as_of=as_of)


def _again(file: QuarterFile) -> QuarterFile:
    """The file of an earlier click; one that could not be made is put in the queue again."""
    failed = QuarterFile.objects.filter(pk=file.pk, status=FileStatus.FAILED)
    failed.update(status=FileStatus.QUEUED, error="", attempts=0, done=0)
    file.refresh_from_db()
    return file


def _reference(file: QuarterFile, reason: str) -> dict[str, str]:
    return {"number": file.number, "facts_sha256": file.facts_sha256, "reason": reason}


def _body(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key != "document"}


# --- Making it --------------------------------------------------------------------------------


def make_waiting_files(now: Now) -> list[str]:
    """Make what waits in the queue, as long as a slot is free.

    Returns the numbers that were taken up; why one could not be made is kept with it.
    """
    taken: list[str] = []
    while True:
        queue = QuarterFile.objects.filter(status=FileStatus.QUEUED).order_by("requested_at", "pk")
        file = queue.first()
        if file is None or not make_file(file, now):
            return taken
        taken.append(file.number)


def make_file(file: QuarterFile, now: Now) -> bool:
    """Make one file, unless somebody else makes it or every slot is taken (False).

    Whatever goes wrong is kept with the file; half a file is never ready.
    """
    token = uuid.uuid4().hex
    if not _claim(file, token, now()):
        return False
    try:
        made = _assemble(file, token, now)
        _finish(file, token, made, now)
    except Lost:
        logger.warning("%s is made by another job", file.number)
    except Exception as error:
        logger.exception("%s could not be made", file.number)
        _running(file, token).update(
            status=FileStatus.FAILED, slot=None, token="", error=sentence(error)[:2000], finished_at=now()
        )
    return True


def requeue_dead_files(now: datetime) -> list[str]:
    """Put files whose job gave no sign of life for too long back in the queue."""
    limit = now - timedelta(seconds=settings.QUARTER_FILE_DEAD_AFTER)
    dead = QuarterFile.objects.filter(status=FileStatus.RUNNING, beat_at__lt=limit)
    numbers = []
    for file in dead:
        same = QuarterFile.objects.filter(pk=file.pk, status=FileStatus.RUNNING, token=file.token, beat_at__lt=limit)
        tired = file.attempts >= ATTEMPTS_AT_MOST
        status = FileStatus.FAILED if tired else FileStatus.QUEUED
        error = _("The job died %(count)d times.") % {"count": file.attempts} if tired else ""
        if same.update(status=status, slot=None, token="", done=0, error=error):
            numbers.append(file.number)
    return numbers


def _claim(file: QuarterFile, token: str, at: datetime) -> bool:
    for slot in range(settings.QUARTER_FILES_AT_ONCE):
        waiting = QuarterFile.objects.filter(pk=file.pk, status=FileStatus.QUEUED)
        try:
            with transaction.atomic():
                taken = waiting.update(
                    status=FileStatus.RUNNING,
                    slot=slot,
                    token=token,
                    beat_at=at,
                    done=0,
                    attempts=file.attempts + 1,
                    error="",
                )
        except IntegrityError:  # somebody works in this slot
            continue
        return bool(taken)
    return False


def _running(file: QuarterFile, token: str) -> Any:
    return QuarterFile.objects.filter(pk=file.pk, status=FileStatus.RUNNING, token=token)


def _assemble(file: QuarterFile, token: str, now: Now) -> Assembled:
    def progress(done: int) -> None:
        if not _running(file, token).update(done=done, beat_at=now()):
            raise Lost

    return assemble(
        file.facts, statement=read_statement(file.statement), attachments=_attachments(file), progress=progress
    )


def _attachments(file: QuarterFile) -> dict[str, bytes]:
    """The vendor's invoice as it was handed in. Raises DocumentMissing or DocumentAltered."""
    frozen = file.facts["invoice"]["file"]
    if frozen is None:
        return {}
    invoice = Invoice.objects.get(pk=file.facts["invoice"]["pk"])
    what = _("invoice %(number)s") % {"number": invoice}
    content = read_document(default_storage, frozen["name"], known=frozen["sha256"], what=what)
    return {f"发票 {invoice.code}{invoice.number}{PurePath(frozen['name']).suffix}": content}


def _finish(file: QuarterFile, token: str, made: Assembled, now: Now) -> None:
    """Write both files, read them back, and only then call the file ready."""
    folder = f"quarter-files/{file.contract_id}"
    written: list[str] = []
    try:
        for suffix, content in ((".zip", made.bundle), (".pdf", made.pdf)):
            name = f"{folder}/{file.instalment_id}-{file.ordinal:02d}-{token[:12]}{suffix}"
            written.append(default_storage.save(name, ContentFile(content)))
            with default_storage.open(written[-1], "rb") as opened:
                if sha256(opened.read()).digest() != sha256(content).digest():
                    raise OSError(f"{name} was not written as it is")
        ready = _running(file, token).update(
            status=FileStatus.READY,
            slot=None,
            token="",
            finished_at=now(),
            pages=made.pages,
            done=STEPS,
            bundle=written[0],
            bundle_sha256=sha256(made.bundle).hexdigest(),
            pdf=written[1],
            pdf_sha256=sha256(made.pdf).hexdigest(),
        )
        if not ready:
            raise Lost
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


# --- Handing it out ---------------------------------------------------------------------------


def read_file(file: QuarterFile, form: str) -> bytes:
    """The ZIP ("bundle") or the merged PDF ("pdf") of a ready file, as it was made."""
    if not file.is_ready:
        raise ValidationError(_("File %(number)s is not ready.") % {"number": file})
    stored, known = getattr(file, form), getattr(file, f"{form}_sha256")
    what = _("payment file %(number)s") % {"number": file}
    return read_document(stored.storage, str(stored.name), known=known, what=what)
