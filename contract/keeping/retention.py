"""What may be removed because its time is over, and its removal: each leaves a tombstone.

Rows stay, so that the change log and its chain verify as before; what goes is the files of a
procurement that is long over, logs that nothing refers to, and what says who the operators were.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contract.access.models import LoginLock
from contract.choices import AlertStatus
from contract.history.access import forgetting
from contract.history.content import owners, values
from contract.history.models import AccessEntry, ChangeCheck, ChangeEntry
from contract.history.redaction import redact, register_redactions
from contract.keeping.models import Backup, Tombstone
from contract.keeping.periods import logs_due_before, papers_due_on
from contract.models import Alert, AlertEvent, Contract
from kit.files.documents import facts_hash
from kit.files.storage import register_removal
from law.periods import BEIJING, beijing_day

# Over, without anything left to decide.
OVER = (
    AlertStatus.CLOSED,
    AlertStatus.CURED,
    AlertStatus.DISMISSED,
    AlertStatus.WAIVED,
    AlertStatus.EXCUSED,
    AlertStatus.WITHDRAWN,
)
# Logs, with the column of their time. Evaluations are no log: they belong to the cases.
LOGS: dict[str, tuple[Any, str]] = {
    model._meta.label: (model, column)
    for model, column in (
        (AccessAttempt, "attempt_time"),
        (AccessLog, "attempt_time"),
        (LogEntry, "action_time"),
        (LoginLock, "until"),
        (ChangeCheck, "started_at"),
        (Backup, "started_at"),
        (AccessEntry, "at"),
    )
}
EndSource = Callable[[Contract], date | None]
_ends: list[EndSource] = []


@dataclass(frozen=True)
class Person:
    """Somebody of whom nothing is needed any more: the row, since when, and what stands there instead."""

    model: Any
    pk: int
    since: date
    values: Mapping[str, Any]


PeopleSource = Callable[[date], Iterable[Person]]
_people: list[PeopleSource] = []
PEOPLE = "people"
ENTRIES = ChangeEntry._meta.label


def register_people(source: PeopleSource) -> PeopleSource:
    """Let an app above say whose personal data are to be deleted by a day (个人信息保护法 article 47)."""
    _people.append(source)
    return source


def register_end(source: EndSource) -> EndSource:
    """Let an app above say when something of a contract ended last (an acceptance)."""
    _ends.append(source)
    return source


@dataclass(frozen=True)
class Due:
    """What may be removed: the files of a contract, the rows of a log, or what is personal of people."""

    kind: str
    name: str
    since: date
    count: int
    contract: Contract | None = None
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A file that a row of a contract names."""

    row: Any
    field: models.FileField
    name: str


def due(today: date) -> Iterator[Due]:
    """Everything whose time is over."""
    for contract in Contract.objects.order_by("number"):
        since = papers_since(contract)
        if since is not None and since <= today and (count := len(papers_of(contract))):
            yield Due("papers", contract.number, since, count, contract)
    if people := people_due(today):
        since = min(one.since for one in people)
        yield Due(PEOPLE, people[0].model._meta.label, since, len(people), people=tuple(people))
    before = logs_due_before(today, settings.LOGS_KEPT_MONTHS)
    for label in LOGS:
        if count := _old(label, before).count():
            yield Due("logs", label, before, count)


def people_due(today: date) -> list[Person]:
    """Whose time is over, without those of whom everything has gone already."""
    gone = set(Tombstone.objects.filter(kind=PEOPLE).values_list("label", "row_pk"))
    found = [person for source in _people for person in source(today)]
    return [one for one in found if (one.model._meta.label, one.pk) not in gone]


def papers_since(contract: Contract) -> date | None:
    """The first day on which the papers of a contract may go; None while a case is open."""
    alerts = Alert.objects.filter(contract=contract)
    if alerts.exclude(status__in=OVER).exists():
        return None
    last = AlertEvent.objects.filter(alert__contract=contract).aggregate(last=models.Max("at"))["last"]
    ends = [contract.last_day, last and beijing_day(last), *(source(contract) for source in _ends)]
    return papers_due_on(ends, settings.PAPERS_KEPT_YEARS)


def papers_of(contract: Contract) -> list[Paper]:
    """The files that rows of a contract name, and that were not removed yet."""
    gone = set(Tombstone.objects.exclude(name="").values_list("name", flat=True))
    found = []
    for model in apps.get_models():
        files = [one for one in model._meta.local_concrete_fields if isinstance(one, models.FileField)]
        if hasattr(model, "instance_type") or not files:
            continue
        for row in model._base_manager.order_by("pk"):
            if owners(row)[0] == contract.pk:
                named = ((field, str(getattr(row, field.attname) or "")) for field in files)
                found += [Paper(row, field, name) for field, name in named if name and name not in gone]
    return found


def remove(found: Due, *, confirmed: str, actor: Any, reason: str, at: datetime) -> list[Tombstone]:
    """Remove what is due; its name must be given once more. Raises CommandError; then nothing is removed.

    The tombstones are committed before a file goes: a kill in between leaves a file that nothing
    names (`check_documents --remove-unnamed`), never a gap without a tombstone.
    """
    if confirmed != found.name:
        raise CommandError(_("--confirm: give the name “%(name)s” to remove it.") % {"name": found.name})
    if not reason.strip():
        raise CommandError(_("--reason: say why; it is kept with the tombstone."))
    common = {"kind": found.kind, "due_since": found.since, "reason": reason.strip()[:200], "removed_by": actor}
    common |= {"removed_at": at, "contract": found.contract}
    with transaction.atomic():
        if found.contract is not None:
            papers = papers_of(found.contract)
            stones = [_stone(paper, common) for paper in papers]
        elif found.kind == PEOPLE:
            papers, stones = [], [_forget(person, common) for person in found.people]
        else:
            papers, stones = [], [_clear_log(found, common)]
    for paper in papers:
        default_storage.delete(paper.name)
    return stones


def _stone(paper: Paper, common: dict[str, Any]) -> Tombstone:
    try:
        with default_storage.open(paper.name, "rb") as file:
            digest = sha256(file.read()).hexdigest()
    except FileNotFoundError as error:
        raise CommandError(
            _("%(name)s is missing already, so nothing was removed: see check_documents.") % {"name": paper.name}
        ) from error
    label = paper.row._meta.label
    return Tombstone.objects.create(label=label, row_pk=paper.row.pk, name=paper.name, digest=digest, **common)


def _forget(person: Person, common: dict[str, Any]) -> Tombstone:
    """The person's tombstone, beside one for each entry of the log that holds nothing of the person any more."""
    label = person.model._meta.label
    entries = redact(person.model, person.pk, person.values)
    for pk, digest in entries:
        Tombstone.objects.create(label=ENTRIES, row_pk=pk, digest=digest, **common)
    digest = facts_hash({"entries": entries})
    return Tombstone.objects.create(label=label, row_pk=person.pk, digest=digest, count=len(entries), **common)


@register_redactions
def redactions() -> Iterator[tuple[int, str]]:
    """Each entry of the log from which values were taken, with the digest that it has since (one query)."""
    for pk, digest in Tombstone.objects.filter(kind=PEOPLE, label=ENTRIES).values_list("row_pk", "digest"):
        yield int(pk or 0), digest


def _clear_log(found: Due, common: dict[str, Any]) -> Tombstone:
    model, _column = LOGS[found.name]
    if model is AccessEntry:
        count, digest = forgetting.forget(_instant(found.since), by=common["removed_by"], reason=common["reason"])
    else:
        rows = list(_old(found.name, found.since).order_by("pk"))
        count, digest = len(rows), facts_hash({"rows": [values(row) for row in rows]})
        model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return Tombstone.objects.create(label=found.name, digest=digest, count=count, **common)


def _old(label: str, before: date) -> Any:
    model, column = LOGS[label]
    if model is AccessEntry:
        return forgetting.old(_instant(before))
    return model._base_manager.filter(**{f"{column}__lt": _instant(before)})


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BEIJING)


@register_removal
def told(name: str) -> str:
    """Of a file that is not there: when and why it had to go; "" where it had not (one query)."""
    stone = Tombstone.objects.filter(name=name).order_by("-pk").first()
    if stone is None:
        return ""
    return _("%(name)s was removed on %(day)s, because its time was over (%(reason)s). Its SHA-256 was %(digest)s.") % {
        "name": name,
        "day": beijing_day(stone.removed_at),
        "reason": stone.reason,
        "digest": stone.digest,
    }
