"""Papers and logs go when their time is over, confirmed by name, and never without a tombstone."""

import os
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axes.models import AccessLog
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from contract.choices import AccessKind, AlertStatus
from contract.history import seals, verification
from contract.history import services as history
from contract.history.access import forgetting, log
from contract.history.models import AccessEntry, AccessLink, ChangeEntry
from contract.history.problems import Fault
from contract.keeping import papers, retention
from contract.keeping.alarms import kept
from contract.keeping.models import Tombstone
from contract.keeping.periods import logs_due_before, papers_due_on
from contract.keeping.tasks import look_at_documents
from contract.models import Alert, Contract, Response, ResponseFile
from contract.roles import SYSTEM_ADMIN
from kit.files.storage import DocumentRemoved, read_document
from tests.contract.admin_helpers import make_alert
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2045, 1, 1, tzinfo=UTC)


def test_fifteen_years_run_from_the_latest_end() -> None:
    ends = [date(2025, 9, 30), None, date(2026, 2, 28)]
    assert papers_due_on(ends) == date(2041, 3, 1)
    with pytest.raises(ValueError, match="15 years"):
        papers_due_on(ends, 14)


def test_six_months_of_logs_are_the_least() -> None:
    assert logs_due_before(date(2025, 8, 31)) == date(2025, 2, 28)
    with pytest.raises(ValueError, match="6 months"):
        logs_due_before(date(2025, 8, 31), 5)


@pytest.fixture
def contract(settings: Any, tmp_path: Path) -> Contract:
    """A contract with a case that is closed, and a file that the vendor gave in it."""
    settings.MEDIA_ROOT = tmp_path
    contract = make_contract()
    alert = make_alert(contract)
    response = Response.objects.create(
        alert=alert, round=1, statement="x", arrived_on=AT.date(), given_by=make_user(), given_at=AT
    )
    kept = ResponseFile(response=response, name="a.pdf", size=8, sha256="0" * 64)
    kept.file.save("a.pdf", ContentFile(b"%PDF-1.7"), save=True)
    return contract


def close(contract: Contract) -> None:
    for alert in Alert.objects.filter(contract=contract):
        alert.status = AlertStatus.CLOSED
        alert.save()


def test_a_contract_with_an_open_case_is_never_due(contract: Contract) -> None:
    assert retention.papers_since(contract) is None
    close(contract)
    since = retention.papers_since(contract)
    assert since is not None and since > contract.last_day + timedelta(days=15 * 365)


def test_the_last_acceptance_counts(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    close(contract)
    monkeypatch.setattr(retention, "_ends", [lambda one: date(2040, 1, 1)])
    assert retention.papers_since(contract) == date(2055, 1, 2)


def test_papers_are_due_on_the_day_and_not_before(contract: Contract) -> None:
    close(contract)
    since = retention.papers_since(contract)
    assert since is not None
    assert [one.name for one in retention.due(since)] == [contract.number]
    assert list(retention.due(since - timedelta(days=1))) == []


def test_a_removal_leaves_a_tombstone_and_the_chain_verifies(contract: Contract) -> None:
    close(contract)
    since = retention.papers_since(contract)
    assert since is not None
    (found,) = retention.due(since)
    name = str(ResponseFile.objects.get().file.name)
    admin = make_user(is_superuser=True)
    with pytest.raises(CommandError, match=contract.number):
        retention.remove(found, confirmed="yes", actor=admin, reason="over", at=AT)
    assert default_storage.exists(name) and not Tombstone.objects.exists()
    (stone,) = retention.remove(found, confirmed=contract.number, actor=admin, reason="over", at=AT)
    assert not default_storage.exists(name) and (stone.name, len(stone.digest)) == (name, 64)
    assert ChangeEntry.objects.filter(label="contract.Tombstone", row_pk=stone.pk).exists()
    assert history.check(timezone.now())[1] == []
    assert list(papers.problems()) == [] and "papers" not in [one.kind for one in retention.due(since)]
    with pytest.raises(DocumentRemoved, match="2045-01-01") as removed:  # not "missing": nobody looks for it
        read_document(default_storage, name, known=stone.digest, what="x")
    assert stone.digest in removed.value.messages[0] and "over" in removed.value.messages[0]


def test_logs_go_by_the_command_and_young_ones_stay(contract: Contract) -> None:
    old, young = (AccessLog.objects.create(username=name) for name in ("old", "young"))
    AccessLog.objects.filter(pk=old.pk).update(attempt_time=timezone.now() - timedelta(days=400))
    boss = make_user("boss")
    make_roles()
    with pytest.raises(CommandError, match="--by"):
        call_command("retention", remove="axes.AccessLog", confirm="axes.AccessLog", by="boss", reason="x")
    boss.groups.add(Group.objects.get(name=SYSTEM_ADMIN))
    with pytest.raises(CommandError):  # nothing of this name is due
        call_command("retention", remove="axes.AccessAttempt", confirm="axes.AccessAttempt", by="boss", reason="x")
    call_command("retention", remove="axes.AccessLog", confirm="axes.AccessLog", by="boss", reason="one year")
    assert list(AccessLog.objects.values_list("pk", flat=True)) == [young.pk]
    stone = Tombstone.objects.get()
    assert (stone.count, stone.removed_by, stone.label) == (1, boss, "axes.AccessLog")


def visit(kind: AccessKind, days: int) -> AccessEntry:
    """An entry of so many days ago, in the chain."""
    with time_machine.travel(timezone.now() - timedelta(days=days)):
        entry = log.note(kind)
        seals.seal(seals.ACCESSES)
    return entry


def forget_visits() -> str:
    make_user("boss", is_superuser=True)
    name = "contract.AccessEntry"
    call_command("retention", remove=name, confirm=name, by="boss", reason="one year")
    seals.seal(seals.ACCESSES)
    return Tombstone.objects.get(label=name).digest


def faults() -> list[Fault]:
    return [problem.fault for problem in verification.chain(timezone.now(), verification.Checked(), seals.ACCESSES)]


def test_visits_go_after_their_time_and_the_chain_is_whole() -> None:
    kinds = [AccessKind.LOGIN, AccessKind.REFUSED, AccessKind.SHOWN, AccessKind.LOGOUT]
    visits = [visit(kind, days=400) for kind in kinds]
    young = visit(AccessKind.FAILED, days=300)
    assert len(forget_visits()) == 64
    left = list(AccessEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert left[:2] == [visits[2].pk, young.pk]  # what was shown to whom stays
    assert AccessLink.objects.filter(entry=None).count() == 3 and faults() == []
    told = AccessEntry.objects.get(kind=AccessKind.FORGOTTEN)
    assert (told.username, told.note, told.changes["in_all"]) == ("boss", "one year", 3)


def test_who_takes_one_entry_more_away_is_found_out() -> None:
    visit(AccessKind.SHOWN, days=400)
    gone = [visit(AccessKind.LOGIN, days=400), visit(AccessKind.LOGOUT, days=400)]
    forget_visits()
    assert gone and faults() == []
    shown = AccessEntry.objects.get(kind=AccessKind.SHOWN)
    AccessLink._base_manager.filter(entry=shown).update(entry=None)
    AccessEntry._base_manager.filter(pk=shown.pk).delete()
    assert faults() == [Fault.ENTRY_GONE]


def test_a_second_removal_counts_on_from_the_first() -> None:
    visit(AccessKind.LOGIN, days=500)
    forget_visits()
    visit(AccessKind.LOGIN, days=400)
    assert forgetting.forget(timezone.now() - timedelta(days=380), by=None, reason="x")[0] == 1
    assert forgetting.told()[1] == 2 and faults() == []


def test_the_weekly_look_removes_what_no_record_names_and_counts_what_is_wrong(contract: Contract) -> None:
    file = ResponseFile.objects.get()
    ResponseFile._base_manager.update(sha256=sha256(b"%PDF-1.7").hexdigest())
    default_storage.save("scans/left", ContentFile(b"of a transaction that was rolled back"))
    os.utime(default_storage.path("scans/left"), (1, 1))
    default_storage.save("scans/young", ContentFile(b"of one that goes on"))
    assert look_at_documents() == 0
    assert not default_storage.exists("scans/left") and default_storage.exists("scans/young")
    assert [alarm.name for alarm in kept(timezone.now(), AT.date())] == []
    default_storage.delete(str(file.file.name))
    default_storage.save("scans/left", ContentFile(b"perhaps the lost one, under another name"))
    os.utime(default_storage.path("scans/left"), (1, 1))
    assert look_at_documents() == 1 and default_storage.exists("scans/left")
    (alarm,) = kept(timezone.now(), AT.date())
    assert alarm.name == "documents" and "1 份文书" in alarm.zh
