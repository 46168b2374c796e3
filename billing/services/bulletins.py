"""Reports to the leader that are kept: made by a job on their day, by a person as a further version."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from billing.choices import BulletinKind
from billing.documents.bulletin import bulletin_docx, bulletin_pdf
from billing.models import KeptBulletin
from billing.selectors.bulletin import bulletin, due_bulletins
from billing.services.base import require
from contract.models import Contract, Membership
from contract.records import reason_given
from kit.database.snapshot import snapshot
from kit.errors import Conflict
from kit.files.documents import CannotPrint, facts_hash
from kit.files.storage import read_document
from staffing.rules.presence import Span

logger = logging.getLogger(__name__)
LETTERS = {BulletinKind.MONTH: "M", BulletinKind.QUARTER: "Q", BulletinKind.YEAR: "Y"}


def keep_bulletin(
    *,
    contract: Contract,
    kind: str,
    span: Span,
    at: datetime,
    as_of: date,
    actor: Any = None,
    corrects: KeptBulletin | None = None,
    reason: str = "",
) -> KeptBulletin:
    """Freeze the report on a span as it is known on a day, with both files. `actor` None is the schedule.

    One that stands already is answered as it is, unless it is named as `corrects`, with the reason: then another
    version is made beside it. Raises ValidationError before the span's last day has passed or where nothing has
    changed, Conflict where somebody else was first, CannotPrint where this machine cannot print Chinese.

    The files are made before the contract is locked: of a new contract a year of reports is made in a row, and whoever
    writes meanwhile would wait for all of them.
    """
    require(actor, "billing.add_keptbulletin")
    row = Contract.objects.select_related("office", "vendor").get(pk=contract.pk)
    if actor is not None and Membership.objects.filter(user=actor, party_id=row.vendor_id).exists():
        raise PermissionDenied(_("The vendor keeps no report of the office."))
    if as_of <= span.last:
        raise ValidationError(
            _("The span has not ended: its report is kept from the day after %(last)s.") % {"last": span.last}
        )
    kept = KeptBulletin.objects.filter(contract=row, kind=kind, first=span.first)
    standing = kept.filter(corrected_by=None).first()
    if corrects is None and standing is not None:
        return standing
    if corrects is not None:
        reason = reason_given(reason, "reason")
        if standing is None or standing.pk != corrects.pk:
            raise Conflict(
                _("Report %(number)s does not stand any more. Reload the page and look again.") % {"number": corrects}
            )
    with snapshot():
        report = bulletin(row, kind, span, as_of)
    digest = facts_hash(report.facts)
    if standing is not None and standing.facts_sha256 == digest:
        raise ValidationError(_("Since report %(number)s was made nothing has changed.") % {"number": standing})
    ordinal = kept.count() + 1
    name = f"{LETTERS[BulletinKind(kind)]}{span.first:%Y%m}-{ordinal:02d}"
    number = f"TB-{row.number}-{name}"
    pdf, word = bulletin_pdf(report, number), bulletin_docx(report)
    made = KeptBulletin(
        contract=row,
        kind=kind,
        first=span.first,
        last=span.last,
        ordinal=ordinal,
        number=number,
        as_of=as_of,
        made_at=at,
        made_by=actor,
        corrects=standing,
        reason=reason,
        facts=report.facts,
        facts_sha256=digest,
        pdf_sha256=sha256(pdf).hexdigest(),
        word_sha256=sha256(word).hexdigest(),
    )
    with transaction.atomic():
        Contract.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if kept.count() + 1 != ordinal:  # somebody else was first
            if corrects is None:
                return kept.get(corrected_by=None)
            raise Conflict(
                _("Report %(number)s does not stand any more. Reload the page and look again.") % {"number": corrects}
            )
        made.pdf.save(f"{name}.pdf", ContentFile(pdf), save=False)
        made.word.save(f"{name}.docx", ContentFile(word), save=False)
        try:
            made.full_clean()
            made.save()
        except BaseException:
            made.pdf.delete(save=False)
            made.word.delete(save=False)
            raise
    return made


def keep_due_bulletins(as_of: date, now: Callable[[], datetime]) -> list[str]:
    """Keep every report whose day has come; run twice it makes nothing twice. Returns the numbers of new ones."""
    made = []
    for contract, kind, span in list(due_bulletins(as_of)):
        try:
            made.append(keep_bulletin(contract=contract, kind=kind, span=span, at=now(), as_of=as_of).number)
        except CannotPrint as error:
            logger.error("no report is kept: %s", " ".join(error.messages))
            break
        except Exception:  # the others go on
            logger.exception("the report of %s on %s %s was not kept", contract, kind, span.first)
    return made


def read_bulletin(kept: KeptBulletin, form: str) -> bytes:
    """The file as it was kept, `form` "pdf" or "word". Raises DocumentMissing or DocumentAltered."""
    file = getattr(kept, form)
    what = _("report %(number)s") % {"number": kept}
    return read_document(file.storage, str(file.name), known=getattr(kept, f"{form}_sha256"), what=what)
