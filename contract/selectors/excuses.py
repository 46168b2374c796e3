"""Excuses as facts."""

from datetime import date

from contract.batch import Batch
from contract.choices import ExcuseCause
from contract.models import Excuse
from contract.rules.excuses import ExcuseFacts, resume_by
from law.periods import Roll


def claimed(batch: Batch) -> list[ExcuseFacts]:
    """The excuses that a batch of findings may claim, as of its day (one query for the batch)."""
    return batch.once((claimed, tuple(batch.ids)), lambda: _claimed(batch))


def _claimed(batch: Batch) -> list[ExcuseFacts]:
    contracts = {contract.pk: contract for contract in batch.contracts}
    rows = Excuse.objects.filter(contract_id__in=batch.ids).select_related("event").order_by("pk")
    found = []
    for row in rows:
        if not _came(row.revoked_on, batch.as_of) and not _withdrawn(row, batch.as_of):
            contract = contracts[row.contract_id]
            day = max(row.from_on, contract.starts_on)
            days = contract.policies.on(day, "resume_days")
            found.append(_excuse(row, batch.as_of, days, contract.roll(day)))
    return found


def _excuse(row: Excuse, as_of: date, resume_days: int, roll: Roll) -> ExcuseFacts:
    last, lacks, title = row.to_on, "", row.document
    if row.event is not None:
        last = min([day for day in (row.to_on, row.event.ended_on) if day], default=None)
        title = row.event.title
        if not _came(row.event.proof_arrived_on, as_of):
            lacks = "proof"
    if not _came(row.approved_on, as_of):
        lacks = "approval"
    return ExcuseFacts(
        pk=row.pk,
        contract_id=row.contract_id,
        check_id=row.check_id,
        subject_label=row.subject_label,
        subject_pk=row.subject_pk,
        cause=ExcuseCause(row.cause),
        title=title,
        first=row.from_on,
        last=last,
        resume_by=None if row.cause == ExcuseCause.WAIVER else resume_by(last, resume_days),
        lacks=lacks,
        person_days=row.person_days,
        roll=roll,
    )


def _withdrawn(row: Excuse, as_of: date) -> bool:
    return row.event is not None and _came(row.event.withdrawn_on, as_of)


def _came(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of
