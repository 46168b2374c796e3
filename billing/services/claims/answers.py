"""The vendor's side of a claim: an answer to each line, files, and the record of its silence."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Claim, ClaimFile, Instalment
from billing.rules import claims as rules
from billing.services.base import keep, lock, require
from billing.services.claims.rows import happened, lock_contract, require_office
from billing.states import UNANSWERED, ClaimStatus, LineAnswer
from contract.choices import PartySide
from contract.models import Membership
from contract.records import reason_given
from kit.errors import Conflict

ANSWERED, SILENCE = "answered", "silence"
FILES_AT_MOST = 10


@transaction.atomic
def answer_claim(
    *, claim: Claim, lines: Mapping[int, Mapping[str, str]], statement: str, actor: Any, at: datetime, on: date
) -> Claim:
    """The vendor accepts or disputes each line; a dispute has its reason.

    `lines` maps the line's pk to {"answer": accepted|disputed, "reason": …} and names every line.
    An answer that comes late is taken in too: silence is no consent and closes nothing. What is
    answered once is changed by a settlement only.
    """
    require(actor, "billing.answer_claim")
    contract = lock_contract(claim.contract_id)
    if actor is not None and not actor.is_superuser:
        members = Membership.objects.filter(user=actor, party_id=contract.vendor_id)
        if not members.exists():
            raise PermissionDenied(_("Only the vendor answers a claim."))
    row = Claim.objects.get(pk=claim.pk)
    if row.instalment_id is not None:
        row.instalment = lock(Instalment(pk=row.instalment_id))
    if row.status not in UNANSWERED:
        raise Conflict(
            _("Claim %(number)s stands at “%(status)s”: it cannot be answered (again).")
            % {"number": row, "status": row.get_status_display()}
        )
    own = {line.pk: line for line in row.lines.all()}
    if set(lines) != set(own):
        raise ValidationError(
            {
                "lines": _("Answer every line of the claim, each once: %(ids)s.")
                % {"ids": ", ".join(str(pk) for pk in sorted(own))}
            }
        )
    before = row.status
    for pk, said in lines.items():
        line = own[pk]
        line.answer = said.get("answer", "")
        line.answer_reason = said.get("reason", "").strip()
        if line.answer not in LineAnswer.values:
            raise ValidationError({"lines": _("Answer a line with accepted or disputed.")})
        if line.answer == LineAnswer.DISPUTED and not line.answer_reason:
            raise ValidationError({"lines": _("Line “%(line)s”: give the reason of the dispute.") % {"line": line}})
        keep(line, actor)
    agreed = [line for line in own.values() if line.answer == LineAnswer.ACCEPTED]
    row.accepted_amount = rules.total(agreed)
    row.answer, row.answered_on = statement.strip(), on
    row.status = ClaimStatus.ACCEPTED if len(agreed) == len(own) else ClaimStatus.DISPUTED
    row.version += 1
    keep(row, actor)
    happened(
        row, ANSWERED, actor=actor, at=at, on=on, before=before, amount=row.accepted_amount, note=row.answer[:2000]
    )
    return row


@transaction.atomic
def record_silence(*, claim: Claim, actor: Any, at: datetime, on: date) -> Claim:
    """A person records that the time to answer has run out: no consent, and nothing is deducted."""
    require(actor, "billing.change_claim")
    contract = lock_contract(claim.contract_id)
    require_office(actor, contract)
    row = Claim.objects.get(pk=claim.pk)
    if row.status != ClaimStatus.ISSUED or row.answer_due_on is None:
        raise Conflict(
            _("Claim %(number)s stands at “%(status)s”: there is no silence to record.")
            % {"number": row, "status": row.get_status_display()}
        )
    if on <= row.answer_due_on:
        raise ValidationError(_("The vendor may answer until %(day)s.") % {"day": row.answer_due_on})
    row.status = ClaimStatus.SILENT
    row.version += 1
    keep(row, actor)
    happened(row, SILENCE, actor=actor, at=at, on=on, before=ClaimStatus.ISSUED)
    return row


@transaction.atomic
def add_claim_file(*, claim: Claim, side: str, title: str, file: File, actor: Any, at: datetime) -> ClaimFile:
    """A scan put to a claim: the office's evidence, or an annex of the vendor's answer."""
    require(actor, "billing.answer_claim" if side == PartySide.VENDOR else "billing.change_claim")
    contract = lock_contract(claim.contract_id)
    if side == PartySide.OFFICE:
        require_office(actor, contract)
    if claim.files.filter(side=side).count() >= FILES_AT_MOST:
        raise ValidationError({"file": _("A side hands in at most %(most)d files.") % {"most": FILES_AT_MOST}})
    file.seek(0)
    digest = sha256(file.read()).hexdigest()
    file.seek(0)
    if claim.files.filter(sha256=digest).exists():
        raise Conflict(_("This file is with the claim already."))
    row = ClaimFile(
        claim=claim,
        side=side,
        title=reason_given(title, "title"),
        file=file,
        sha256=digest,
        added_by=actor,
        added_at=at,
    )
    row.full_clean()
    row.save()
    return row
