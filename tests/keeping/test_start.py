"""Wrong keys stop the start; another folder of documents is named."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from config.settings import documents
from contract.alarms import Alarm
from contract.keeping import keys, start, store
from contract.keeping.alarms import kept
from contract.keeping.models import Backup
from tests.factories import make_operator, make_party

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 5, 2, tzinfo=UTC)


def alarms() -> list[Alarm]:
    return list(kept(NOW, NOW.date()))


OTHER = "t1:" + base64.b64encode(b"o" * 32).decode()
THIRD = "t3:" + base64.b64encode(b"3" * 32).decode()


@pytest.mark.parametrize(
    ("written", "said"),
    [(OTHER, "不是"), (THIRD, "缺少"), ("", "FIELD_ENCRYPTION_KEYS must hold"), ("{good}," + THIRD, "顺序")],
)
def test_wrong_keys_stop_the_start_with_one_sentence(settings: Any, capsys: Any, written: str, said: str) -> None:
    make_operator(make_party())
    start.stop_unless_fit()  # with the right ones it goes on
    settings.FIELD_ENCRYPTION_KEYS = written.replace("{good}", settings.FIELD_ENCRYPTION_KEYS)
    with pytest.raises(SystemExit) as stopped:
        start.stop_unless_fit()
    assert stopped.value.code == start.EXIT_CODE
    told = capsys.readouterr().err.strip()
    assert said in told and "FIELD_ENCRYPTION_KEYS" in told and "\n" not in told


def test_with_wrong_keys_nobody_is_accused_of_tampering(settings: Any) -> None:
    make_operator(make_party())
    settings.FIELD_ENCRYPTION_KEYS = OTHER
    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS"):
        call_command("verify_history")


def test_keys_in_the_history_are_looked_at_too(settings: Any) -> None:
    operator = make_operator(make_party())
    good = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = f"{THIRD},{good}"
    operator.save()  # the current row moves to the new key, the first version stays
    assert list(keys.problems()) == []
    settings.FIELD_ENCRYPTION_KEYS = THIRD
    assert "HistoricalOperator" in next(keys.problems())


def test_a_database_that_is_away_at_the_start_is_told_by_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(keys, "problems", away)
    start.stop_unless_fit()


def test_a_folder_of_another_host_is_named(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "web"
    assert store.problem() is None  # nothing is known yet
    store.establish()
    assert store.problem() is None and not list(alarms())
    settings.MEDIA_ROOT = tmp_path / "worker"
    store.establish()  # another process that starts later does not take its own for the right one
    assert str(tmp_path / "worker") in str(store.problem()) and "同一" in str(store.problem())
    assert [alarm.name for alarm in alarms()] == ["documents_store"]
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / store.MARK).write_text("0" * 32)
    assert "另一数据库" in str(store.problem())
    with pytest.raises(SystemExit):
        call_command("check_documents")
    call_command("check_documents", take_store=True)
    assert store.problem() is None


@pytest.mark.parametrize(("hours", "names"), [(26, []), (27, ["backup"])])
def test_a_backup_that_was_missed_is_an_alarm(settings: Any, hours: int, names: list[str]) -> None:
    assert alarms() == []  # none is set up
    settings.BACKUP_FOLDER = "/backups"
    at = NOW - timedelta(hours=hours)
    Backup.objects.create(started_at=at, finished_at=at)
    assert [alarm.name for alarm in alarms()] == names


def test_a_backup_that_failed_is_an_alarm_with_its_cause(settings: Any) -> None:
    settings.BACKUP_FOLDER = "/backups"
    Backup.objects.create(started_at=NOW, finished_at=NOW)
    Backup.objects.create(started_at=NOW, finished_at=NOW, error="磁盘已满")
    assert "磁盘已满" in alarms()[0].zh


@pytest.mark.parametrize("is_installed", [False, True])
def test_documents_in_a_bucket_need_a_package_and_say_so(monkeypatch: pytest.MonkeyPatch, is_installed: bool) -> None:
    assert documents.documents_store() == {"BACKEND": "kit.files.storage.DocumentStorage"}
    monkeypatch.setenv("S3_BUCKET", "papers")
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://s3.example")
    monkeypatch.setattr(documents, "find_spec", lambda name: object() if is_installed else None)
    if not is_installed:
        with pytest.raises(ImproperlyConfigured, match="django-storages"):
            documents.documents_store()
        return
    options = documents.documents_store()["OPTIONS"]
    assert (options["bucket_name"], options["endpoint_url"]) == ("papers", "https://s3.example")
    assert options["file_overwrite"] is False  # never another's document
