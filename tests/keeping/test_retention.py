"""Papers and logs go when their time is over, confirmed by name, and never without a tombstone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessLog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from contract.choices import AlertStatus
from contract.history import services as history
from contract.history.models import ChangeEntry
from contract.keeping import papers, retention
from contract.keeping.models import Tombstone
from contract.keeping.periods import logs_due_before, papers_due_on
from contract.models import Alert, Contract, Response, ResponseFile
from tests.contract.admin_helpers import make_alert
from tests.factories import make_contract, make_user

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
    assert list(papers.problems()) == [] and list(retention.due(since)) == []


def test_logs_go_by_the_command_and_young_ones_stay(contract: Contract) -> None:
    old, young = (AccessLog.objects.create(username=name) for name in ("old", "young"))
    AccessLog.objects.filter(pk=old.pk).update(attempt_time=timezone.now() - timedelta(days=400))
    boss = make_user("boss", is_superuser=True)
    with pytest.raises(CommandError):  # nothing of this name is due
        call_command("retention", remove="axes.AccessAttempt", confirm="axes.AccessAttempt", by="boss", reason="x")
    call_command("retention", remove="axes.AccessLog", confirm="axes.AccessLog", by="boss", reason="one year")
    assert list(AccessLog.objects.values_list("pk", flat=True)) == [young.pk]
    stone = Tombstone.objects.get()
    assert (stone.count, stone.removed_by, stone.label) == (1, boss, "axes.AccessLog")
