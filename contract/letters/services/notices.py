"""Letters of the office: looked at as a draft, issued once under the next number; see `arrivals`.

A letter is issued with its document, its subjects and its messages in one transaction: numbers run
without gaps, and what was not issued is not told.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from contract import selectors
from contract.delivery.choices import Event
from contract.delivery.services import events, outbox
from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import LONGEST, LetterHead, Notice, NoticeSubject
from contract.letters.rules import Draft, Letter, Matter, compose
from contract.letters.services.subjects import kinds_for, matters
from contract.models import Contract, Membership
from contract.records import reason_given
from contract.selectors import clauses_of
from contract.services.steps import require
from contract.values import NoValue
from kit.errors import Conflict
from kit.files.documents import ARCHIVAL, facts_hash, render_document
from kit.files.names import file_name
from kit.files.storage import read_document

TEMPLATE = "notices/letter.html"
SUBJECTS = 50

Subjects = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Writing:
    """What a person decides about a letter; the rest follows from the records."""

    kind: NoticeKind
    subjects: Subjects
    recipient_person: str = ""
    days: int | None = None
    extra: str = ""
    means: NoticeMeans = NoticeMeans.SYSTEM
    corrects: Notice | None = None
    reason: str = ""
    readings: tuple[str, ...] | None = None
    """Keys of the readings that a letter asks to confirm; None: all that are not confirmed."""


def preview_notice(*, contract: Contract, writing: Writing, actor: Any, on: date) -> bytes:
    """The letter as it would be issued now, as a PDF marked as a draft. Nothing is kept."""
    return _render(check_notice(contract=contract, writing=writing, actor=actor, on=on), draft=True)


def check_notice(*, contract: Contract, writing: Writing, actor: Any, on: date) -> dict[str, Any]:
    """The facts of the letter as it would be issued now, or what `issue_notice` refuses. Nothing is kept."""
    require_office(actor, contract)
    facts, _letter = _facts(contract, writing, _next_ordinal(contract, on.year), on)
    return facts


@transaction.atomic
def issue_notice(
    *, contract: Contract, writing: Writing, actor: Any, at: datetime, on: date, token: uuid.UUID | None = None
) -> Notice:
    """Number a letter, freeze it, keep its PDF, and put it into the outbox.

    `token` is the form's own number: sent twice, it is the same letter. ValidationError names what
    is missing; then no number is used.
    """
    require_office(actor, contract)
    list(Contract.objects.select_for_update().filter(pk=contract.pk))
    if token is not None and (issued := Notice.objects.filter(token=token).first()):
        return issued
    ordinal = _next_ordinal(contract, on.year)
    facts, letter = _facts(contract, writing, ordinal, on)
    content = _render(facts)
    document = facts["document"]
    notice = Notice(
        contract=contract,
        kind=writing.kind,
        year=on.year,
        ordinal=ordinal,
        number=document["number"],
        title=document["title"],
        recipient=contract.vendor,
        recipient_person=facts["person"],
        days=facts["days"],
        means=writing.means,
        issued_on=on,
        issued_at=at,
        issued_by=actor,
        corrects=writing.corrects,
        reason=writing.reason.strip(),
        facts=facts,
        facts_sha256=facts_hash(facts),
        pdf_sha256=sha256(content).hexdigest(),
        token=token or uuid.uuid4(),
    )
    notice.file.save("x.pdf", ContentFile(content), save=False)
    try:
        notice.full_clean()
        notice.save()
        NoticeSubject.objects.bulk_create(
            [
                NoticeSubject(
                    notice=notice,
                    subject_label=matter["label"],
                    subject_pk=matter["pk"],
                    name=f"{matter['topic']} {matter['name']}".strip()[:200],
                )
                for matter in facts["subjects"]
            ]
        )
        _send(notice, letter, at)
    except BaseException:
        notice.file.delete(save=False)
        raise
    return notice


def read_notice(notice: Notice) -> bytes:
    """The letter as it was issued. Raises DocumentMissing or DocumentAltered."""
    what = _("letter %(number)s") % {"number": notice}
    return read_document(notice.file.storage, str(notice.file.name), known=notice.pdf_sha256, what=what)


def notice_data(notice: Notice) -> dict[str, Any]:
    """A letter as other systems are told of it."""
    return {
        "id": notice.pk,
        "number": notice.number,
        "kind": notice.kind,
        "title": notice.title,
        "issued_on": notice.issued_on.isoformat(),
        "days": notice.days,
        "pdf_sha256": notice.pdf_sha256,
    }


def default_days(contract: Contract, kind: str, on: date) -> int:
    """The days that a letter gives: what the contract says, else the time to answer."""
    facts = selectors.contract_facts(contract.pk, on)
    day = min(max(on, facts.starts_on), facts.last_day)
    if kind == NoticeKind.REPLACEMENT:
        return int(facts.terms.on(day, "replacement_days"))
    return int(facts.policies.on(day, "answer_days"))


# --- Parts ------------------------------------------------------------------------------------


def _facts(contract: Contract, writing: Writing, ordinal: int, on: date) -> tuple[dict[str, Any], Letter]:
    """Everything that the letter says."""
    _check(writing)
    last_day = contract.terminated_on or contract.ends_on
    if writing.kind == NoticeKind.TERMINATION and last_day < on:
        raise ValidationError(
            {"kind": _("The contract ended on %(day)s: there is nothing left to terminate.") % {"day": last_day}}
        )
    days = _days(contract, writing, on)
    found = [_chosen(matter, writing.readings) for matter in matters(contract, writing.subjects, on)]
    head = LetterHead.objects.filter(contract=contract).first()
    office, vendor = contract.office, contract.vendor
    sender = (head.sender if head else "") or office.name
    corrects = _corrected(contract, writing)
    letter = compose(
        Draft(
            kind=writing.kind,
            contract_title=contract.title,
            contract_number=contract.number,
            signed_on=contract.signed_on.isoformat(),
            matters=found,
            days=days,
            extra=writing.extra,
            corrects=corrects,
            clauses=clauses_of(contract),
        )
    )
    facts = {
        "schema": 1,
        "document": {
            "number": f"{_prefix(contract, head)}〔{on.year}〕{ordinal}号",
            "kind": writing.kind,
            "title": f"{sender}{letter.about}",
            "issued_on": on.isoformat(),
            "corrects": corrects,
        },
        "contract": {"number": contract.number, "title": contract.title, "signed_on": contract.signed_on.isoformat()},
        "office": {
            "name": sender,
            "contact": head.contact if head else "",
            "telephone": (head.telephone if head else "") or office.telephone,
            "address": office.address,
        },
        "vendor": {"name": vendor.name, "credit_code": vendor.credit_code},
        "person": (writing.recipient_person or contract.vendor_agent).strip(),
        "days": days,
        "means": writing.means,
        "subjects": [matter.as_dict() for matter in found],
        "letter": {
            "about": letter.about,
            "opening": letter.opening,
            "sections": [[title, body] for title, body in letter.sections],
            "closing": letter.closing,
        },
    }
    return facts, letter


def _chosen(matter: Matter, keys: tuple[str, ...] | None) -> Matter:
    """A matter with those of its readings that go into the letter."""
    if keys is None or "readings" not in matter.details:
        return matter
    rows = [row for row in matter.details["readings"] if row[0] in keys]
    if not rows:
        raise ValidationError({"readings": _("Choose at least one reading that is not confirmed yet.")})
    return replace(matter, details={**matter.details, "readings": rows})


def _check(writing: Writing) -> None:
    if not writing.subjects:
        raise ValidationError(_("Say what the letter is about."))
    if len(set(writing.subjects)) != len(writing.subjects) or len(writing.subjects) > SUBJECTS:
        raise ValidationError(
            _("A letter is about each record once, and about %(limit)d at most.") % {"limit": SUBJECTS}
        )
    allowed = kinds_for(writing.subjects)
    if writing.kind not in allowed:
        names = "、".join(str(NoticeKind(kind).label) for kind in allowed)
        raise ValidationError(
            {"kind": _("This letter does not fit these records. Possible: %(kinds)s.") % {"kinds": names or "–"}}
        )


def _days(contract: Contract, writing: Writing, on: date) -> int:
    try:
        usual = default_days(contract, writing.kind, on)
    except NoValue as missing:
        raise ValidationError(
            {"days": _("The contract gives no figure for “%(key)s”: record the term first.") % {"key": missing.label}}
        ) from missing
    days = usual if writing.days is None else writing.days
    if writing.kind == NoticeKind.REPLACEMENT and days != usual:
        raise ValidationError({"days": _("The contract says %(days)d days for a replacement.") % {"days": usual}})
    if writing.kind == NoticeKind.EXPLANATION and days < usual:
        raise ValidationError({"days": _("The time to answer is %(days)d days at least.") % {"days": usual}})
    if not 1 <= days <= LONGEST:
        raise ValidationError({"days": _("Give 1 to %(limit)d days.") % {"limit": LONGEST}})
    return days


def _corrected(contract: Contract, writing: Writing) -> dict[str, str] | None:
    old = writing.corrects
    if old is None:
        return None
    if old.contract_id != contract.pk or old.kind != writing.kind:
        raise ValidationError(_("A letter corrects one of its own kind and contract."))
    if Notice.objects.filter(corrects=old).exists():
        raise Conflict(_("Letter %(number)s has been corrected already.") % {"number": old})
    return {
        "number": old.number,
        "issued_on": old.issued_on.isoformat(),
        "sha256": old.facts_sha256,
        "reason": reason_given(writing.reason, "reason").rstrip("。"),
    }


def _prefix(contract: Contract, head: LetterHead | None) -> str:
    """The mark before the number; without a letterhead one that no other contract has."""
    return head.prefix if head else f"热线合{contract.pk}函"


def _next_ordinal(contract: Contract, year: int) -> int:
    last = Notice.objects.filter(contract=contract, year=year).order_by("-ordinal").first()
    return last.ordinal + 1 if last else 1


def _render(facts: Mapping[str, Any], *, draft: bool = False) -> bytes:
    digest = facts_hash(facts)
    context = {"facts": facts, "draft": draft, "digest": digest}
    return render_document(TEMPLATE, context, identifier=digest, pdf_variant=ARCHIVAL)


def _send(notice: Notice, letter: Letter, at: datetime) -> None:
    """The letter to the vendor's people, and word of it to the webhooks of both sides."""
    contract = notice.contract
    number = {"number": notice.number}
    text = f"{notice.recipient.name}：\n{letter.text}\n\n{notice.facts['office']['name']}"
    payload = {
        "subject": f"【{notice.number}】{notice.title}",
        "text": f"{text}\n{_('The letter is attached as PDF. Please acknowledge its arrival.')}",
        "attachments": [
            {
                "path": str(notice.file.name),
                "sha256": notice.pdf_sha256,
                "name": file_name(notice.number, "pdf"),
                "type": "application/pdf",
            }
        ],
    }
    outbox.enqueue(
        kind=Event.NOTICE_ISSUED,
        contract=contract,
        party=contract.vendor,
        payload=payload,
        recipients=addresses(contract.vendor_id),
        dedupe_key=f"notice:{notice.pk}",
        at=at,
    )
    events.tell(
        event=Event.NOTICE_ISSUED,
        contract=contract,
        at=at,
        dedupe_key=f"notice:{notice.pk}",
        title=_("Letter %(number)s is issued") % number,
        text=f"{notice.title}\n{_('The text stands in the system.')}",
        data={"notice": notice_data(notice)},
    )


def addresses(party_id: int) -> list[str]:
    """The e-mail addresses of a party's people."""
    users = User.objects.filter(memberships__party_id=party_id, is_active=True).exclude(email="")
    return sorted(set(users.values_list("email", flat=True)))


def require_office(actor: Any, contract: Contract) -> None:
    require(actor, "contract.add_notice")
    member = Membership.objects.filter(user=actor, party_id=contract.office_id).exists()
    if not member and not actor.is_superuser:
        raise PermissionDenied(_("Letters are written by the office."))
