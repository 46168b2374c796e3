"""Letters about force majeure."""

from contextlib import suppress
from datetime import date

from django.core.exceptions import ValidationError

from contract import registry, selectors
from contract.choices import PartySide
from contract.duties.models import ForceMajeureEvent
from contract.letters.choices import NoticeKind
from contract.letters.rules import Matter
from contract.letters.services.subjects import SubjectKind, register_subject
from contract.models import Contract
from contract.models.refusals import ANOTHER_CONTRACT
from contract.rules.steps import within_term
from contract.values import NoValue
from contract.wording import day


def _read_event(pk: int, contract: Contract, on: date) -> Matter:
    event = ForceMajeureEvent.objects.filter(pk=pk, contract=contract).first()
    if event is None:
        raise ValidationError(ANOTHER_CONTRACT)
    facts = selectors.batch([contract.pk], on)
    arrived, is_late = event.arrived_on, None
    with suppress(NoValue):  # no time of notice is agreed
        due = within_term(facts.contracts[0], event.occurred_on, "force_majeure_notice_days", facts.calendar)
        is_late = arrived is not None and arrived > due.last_day
    return Matter(
        label="contract.ForceMajeureEvent",
        pk=event.pk,
        name="",
        clause=selectors.clause_of(contract, "contract.force_majeure_notice"),
        topic=event.title,
        sentence=f"贵公司报告，该情形于{event.occurred_on.isoformat()}发生，{event.description}",
        details={
            "occurred_on": event.occurred_on.isoformat(),
            "arrived_on": arrived.isoformat() if arrived else "",
            "is_late": is_late,
            "ended_on": event.ended_on.isoformat() if event.ended_on else "",
            "proof_document": event.proof_document,
            "proof_issuer": event.proof_issuer,
            "excused": _excused(event, on),
        },
    )


def _excused(event: ForceMajeureEvent, on: date) -> list[str]:
    """The duties that two people have excused by the event, with their windows, as of a day."""
    rows = event.excuses.filter(approved_on__lte=on).exclude(revoked_on__lte=on).order_by("from_on", "pk")
    return [
        f"{registry.title(row.check_id)}（{row.subject_name}），自{day(row.from_on)}起"
        + (f"至{day(last)}" if (last := row.to_on or event.ended_on) else "至影响消除")
        for row in rows
    ]


def _kinds_of_event(pk: int) -> list[NoticeKind]:
    reported = ForceMajeureEvent.objects.filter(pk=pk, reported_by=PartySide.VENDOR, withdrawn_on=None)
    return [NoticeKind.FORCE_MAJEURE] if reported.exists() else []


register_subject(SubjectKind("contract.ForceMajeureEvent", _read_event, _kinds_of_event))
