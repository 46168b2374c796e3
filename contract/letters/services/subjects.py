"""What letters can be about, in apps that the core does not know.

An app names its kinds of records in its `AppConfig.ready`: how a record reads in a letter, which
letters it may be in, and what follows when the letter has arrived.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from contract import registry, selectors
from contract.choices import GONE, AlertStatus, Outcome, Side
from contract.letters.choices import NoticeKind
from contract.letters.models import NoticeArrival
from contract.letters.rules import Matter
from contract.models import Alert, Clause, Contract
from contract.models.refusals import ANOTHER_CONTRACT
from contract.rules.cases import answer_deadline
from contract.services import notifications
from contract.terms import POLICIES

LANGUAGE = "zh-hans"
# A person's number, as findings write it after the name: 某某 (HT001).
NUMBER = re.compile(r"\s*\(([^()]+)\)")
ABOUT_PEOPLE = frozenset({"staffing.backfill", "staffing.headcount", "staffing.on_post_rate", "staffing.coverage"})
# Over for the time being: nothing is to be asked about it.
SETTLED = (*GONE, AlertStatus.DISMISSED, AlertStatus.WAIVED, AlertStatus.EXCUSED)


class Follower(Protocol):
    def __call__(self, *, pk: int, arrival: NoticeArrival, actor: Any, at: datetime, on: date) -> None: ...


@dataclass(frozen=True)
class SubjectKind:
    """A kind of record that letters can be about.

    `read` gives the record as a letter states it (ValidationError where it is none of the
    contract's); `kinds` the letters it may be in, the one to suggest first; `arrived` what follows from the
    letter's arrival, `moved` from a correction of it (`arrival.corrects`).
    """

    label: str
    read: Callable[[int, Contract, date], Matter]
    kinds: Callable[[int], Sequence[NoticeKind]]
    arrived: Follower | None = None
    moved: Follower | None = None


_kinds: dict[str, SubjectKind] = {}


def register_subject(kind: SubjectKind) -> None:
    """Let letters be about records of this kind."""
    _kinds[kind.label] = kind


def subject_kind(label: str) -> SubjectKind:
    """ValidationError for records that letters cannot be about."""
    if label not in _kinds:
        raise ValidationError(_("A letter cannot be about this kind of record."))
    return _kinds[label]


def matters(contract: Contract, subjects: Sequence[tuple[str, int]], on: date) -> list[Matter]:
    """The records as the letter states them, in Chinese."""
    with translation.override(LANGUAGE):
        return [subject_kind(label).read(pk, contract, on) for label, pk in subjects]


def kinds_for(subjects: Sequence[tuple[str, int]]) -> list[NoticeKind]:
    """The letters that all these records may be in; the first is the one to suggest."""
    offered = [list(subject_kind(label).kinds(pk)) for label, pk in subjects]
    if not offered:
        return []
    return [kind for kind in offered[0] if all(kind in others for others in offered[1:])]


# --- Alerts -----------------------------------------------------------------------------------


def _read_alert(pk: int, contract: Contract, on: date) -> Matter:
    alert = Alert.objects.select_related("assessment").filter(pk=pk, contract=contract).first()
    if alert is None:
        raise ValidationError(ANOTHER_CONTRACT)
    found = alert.assessment
    clause = Clause.objects.filter(contract=contract, ref=alert.clause_ref).first()
    of_contract = found.subject_label == "contract.Contract"
    period = None
    if found.period_start and found.period_end:
        period = (found.period_start.isoformat(), found.period_end.isoformat())
    return Matter(
        label="contract.Alert",
        pk=alert.pk,
        name="" if of_contract else NUMBER.sub(r"（\1）", found.subject_name),
        clause=alert.clause_ref,
        topic=registry.title(alert.check_id),
        sentence=found.explanation,
        period=period,
        due_on=found.legal_due_on.isoformat() if found.legal_due_on else "",
        amounts={name: str(found.figures[name]) for name in ("refund", "damages") if found.figures.get(name)},
        details={
            "clause_summary": clause.summary if clause else "",
            "outcome": alert.outcome,
            "as_of": found.as_of.isoformat(),
        },
        terminates=clause is not None and clause.terminates,
    )


def _kinds_of_alert(pk: int) -> list[NoticeKind]:
    alert = Alert.objects.filter(pk=pk).first()
    if alert is None or alert.owed_by == Side.OFFICE or alert.status in SETTLED:
        return []
    if alert.status == AlertStatus.CONFIRMED or alert.decided_as == AlertStatus.CONFIRMED:
        kinds = [NoticeKind.DEMAND, NoticeKind.EXPLANATION, NoticeKind.TERMINATION]
        # Where the finding says that only a claim is left, no letter says that the contract is to be terminated.
        return kinds[:2] if "claim_until" in alert.assessment.figures else kinds
    kinds = [NoticeKind.EXPLANATION, NoticeKind.DEMAND]
    if alert.check_id in ABOUT_PEOPLE:
        kinds.append(NoticeKind.BACKFILL)
        if alert.check_id == "staffing.backfill" and alert.outcome == Outcome.NOT_MET:
            kinds.reverse()
    return kinds


def _alert_arrived(*, pk: int, arrival: NoticeArrival, actor: Any, at: datetime, on: date) -> None:
    """The vendor has been told: its time to answer runs from the arrival, unless it runs already.

    A letter that sets a later day than the agreed time gives that day.
    """
    alert = Alert.objects.get(pk=pk)
    if alert.status != AlertStatus.OPEN or alert.outcome not in notifications.TELLABLE:
        return
    if arrival.arrived_on < alert.raised_on:
        return  # opened anew since the letter was written: it speaks of the earlier finding
    notifications.notify(alert=alert, **_told(alert, arrival), actor=actor, at=at, on=on)


def _alert_moved(*, pk: int, arrival: NoticeArrival, actor: Any, at: datetime, on: date) -> None:
    """The time to answer that this letter started runs from the right day."""
    alert = Alert.objects.get(pk=pk)
    told = alert.notifications.filter(round=alert.round, corrected_by__isnull=True).first()
    said = _told(alert, arrival)
    if told is None or (told.source_label, told.source_pk) != said["source"] or told.arrived_on == arrival.arrived_on:
        return
    reason = arrival.correction_reason
    notifications.correct_notification(notification=told, reason=reason, **said, actor=actor, at=at, on=on)


def _told(alert: Alert, arrival: NoticeArrival) -> dict[str, Any]:
    """What the arrival of a letter says about the telling of an alert."""
    notice = arrival.notice
    batch = selectors.batch([alert.contract_id], arrival.arrived_on)
    agreed = answer_deadline(batch.contracts[0], arrival.arrived_on, batch.calendar)
    last = arrival.legal_due_on or arrival.nominal_due_on
    return {
        "arrived_on": arrival.arrived_on,
        "means": "notice",
        "recipient": notice.recipient_person,
        "document": notice.number,
        "source": ("contract.Notice", notice.pk),
        "answer_by": last if last > agreed.last_day else None,
    }


register_subject(SubjectKind("contract.Alert", _read_alert, _kinds_of_alert, _alert_arrived, _alert_moved))


# --- The contract itself: what it leaves open ---------------------------------------------------


def unconfirmed(contract: Contract, on: date) -> list[tuple[str, str, str, str]]:
    """The readings that both sides have not confirmed: key, article, name and value, as a letter writes them."""
    facts = selectors.contract_facts(contract.pk, on)
    held = facts.policies
    day = min(max(on, contract.starts_on), contract.last_day)
    return [
        (key, facts.clause_of(one.check), str(one.label), str(one.display(held.on(day, key))))
        for key, one in POLICIES.items()
        if not held.confirmed(day, key)
    ]


def _read_contract(pk: int, contract: Contract, on: date) -> Matter:
    rows = unconfirmed(contract, on) if pk == contract.pk else []
    if not rows:
        raise ValidationError(_("There is no reading of this contract left to confirm."))
    return Matter(
        label="contract.Contract",
        pk=pk,
        name="",
        clause="",
        topic="合同履行口径",
        sentence="合同没有写明下列事项，为便于双方履行，我单位拟按所列口径执行，请贵公司确认",
        details={"readings": [list(row) for row in rows]},
    )


def _kinds_of_contract(pk: int) -> list[NoticeKind]:
    row = Contract.objects.filter(pk=pk).first()
    return [NoticeKind.READINGS] if row is not None and unconfirmed(row, row.starts_on) else []


register_subject(SubjectKind("contract.Contract", _read_contract, _kinds_of_contract))
