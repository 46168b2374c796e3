"""What was backed up comes back whole, on either database, and what does not is said."""

import base64
from contextlib import suppress
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from contract.choices import RunTrigger
from contract.history import services as history
from contract.keeping import backups, restoring, store
from contract.keeping.models import Backup
from contract.keeping.tasks import back_up
from contract.models import Contract
from contract.roles import SECURITY_ADMIN, SYSTEM_ADMIN
from contract.services import evaluate
from kit.files.storage import DocumentStorage
from staffing.models import Operator
from tests.factories import make_contract, make_roles, make_team, make_user
from tests.keeping.places import another_place

pytestmark = pytest.mark.django_db(transaction=True)
KEY = base64.b64encode(b"k" * 32)
AT = datetime(2025, 3, 5, 2, tzinfo=UTC)


@pytest.fixture
def source(settings: Any, tmp_path: Path) -> Contract:
    """A contract with people, an evaluation and two documents."""
    settings.MEDIA_ROOT = tmp_path / "source"
    contract = make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"])
    make_team(contract, 3)
    evaluate(as_of=date(2025, 3, 4), today=date(2025, 3, 5), at=AT, trigger=RunTrigger.COMMAND)
    store.establish()
    for name in ("letters/1/函.pdf", "scans/2/b"):
        default_storage.save(name, ContentFile(name.encode() * 1000))
    return contract


def run(command: str, *args: Any, **options: Any) -> str:
    out = StringIO()
    with suppress(SystemExit):
        call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("sealed", [False, True])
def test_a_backup_comes_back_whole_in_an_empty_place(
    source: Contract, settings: Any, tmp_path: Path, sealed: bool
) -> None:
    key = tmp_path / "key"
    key.write_bytes(KEY)
    options = {"key_file": str(key)} if sealed else {}
    run("backup", str(tmp_path / "backups"), **options)
    made, agreed = Path(Backup.objects.get().folder), run("reconcile", files=True)
    kept = b"".join(path.read_bytes() for path in made.iterdir())
    assert (b"letters/1" in kept) is not sealed
    with another_place(settings, tmp_path):
        assert "一致" in run("restore", str(tmp_path / "backups"), **options)
        assert history.check(timezone.now())[1] == []
        assert Operator.objects.count() == 3 and Operator.objects.first().resident_id
        assert sorted(store.files()) == [".store", "letters/1/函.pdf", "scans/2/b"]
        assert default_storage.open("scans/2/b").read() == b"scans/2/b" * 1000
        assert store.problem() is None
        assert "1 contracts, 0 differences" in run("rebuild_staff_days", check=True)
        assert run("reconcile", files=True) == agreed
        assert "全部文书齐备" in run("check_documents")


def test_what_differs_from_the_manifest_is_named(source: Contract, settings: Any, tmp_path: Path) -> None:
    folder = Path(backups.write(tmp_path / "b", None).folder)
    manifest = backups.read_manifest(folder, None)
    with another_place(settings, tmp_path):
        assert restoring.restore(folder, None, str) == []
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM contract_term WHERE id = (SELECT MAX(id) FROM contract_term)")
            least = "(SELECT MIN(id) FROM contract_changeentry)"
            cursor.execute(f"UPDATE contract_changeentry SET note = 'x' WHERE id = {least}")
        default_storage.delete("scans/2/b")
        Path(default_storage.path("letters/1/函.pdf")).write_bytes(b"other")
        told = list(restoring.differences(manifest))
    assert len(told) == 4
    assert "contract_term" in told[0] and "日志" in told[1]
    assert {part for text in told[2:] for part in ("letters/1/函.pdf", "scans/2/b") if part in text} == {
        "letters/1/函.pdf",
        "scans/2/b",
    }


def test_it_is_restored_into_an_empty_place_only(source: Contract, tmp_path: Path, settings: Any) -> None:
    folder = Path(backups.write(tmp_path / "b", None).folder)
    with pytest.raises(CommandError, match="数据库不为空"):
        restoring.restore(folder, None, str)
    with another_place(settings, tmp_path):
        default_storage.save("x", ContentFile(b"x"))
        with pytest.raises(CommandError, match="不为空"):
            restoring.restore(folder, None, str)
        assert not connection.introspection.table_names()


def test_an_altered_backup_and_another_key_are_refused(source: Contract, tmp_path: Path, settings: Any) -> None:
    folder = Path(backups.write(tmp_path / "b", b"k" * 32).folder)
    with another_place(settings, tmp_path):
        for key, said in ((None, "加密"), (b"x" * 32, "无法解密")):
            with pytest.raises(CommandError, match=said):
                restoring.restore(folder, key, str)
        documents = folder / "documents.tar.sealed"
        documents.write_bytes(documents.read_bytes()[:-1])
        with pytest.raises(CommandError, match="被改动"):
            restoring.restore(folder, b"k" * 32, str)
        assert not connection.introspection.table_names() and not list(store.files())


def test_a_disk_that_is_full_while_restoring_leaves_the_place_empty(
    source: Contract, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(backups.write(tmp_path / "b", None).folder)
    saved = DocumentStorage._save

    def full(self: Any, name: str, content: Any) -> str:
        if name.startswith("scans"):
            raise OSError(28, "No space left on device")
        return saved(self, name, content)

    monkeypatch.setattr(DocumentStorage, "_save", full)
    with another_place(settings, tmp_path):
        with pytest.raises(CommandError, match="磁盘已满"):
            run("restore", str(folder))
        assert not connection.introspection.table_names() and not list(store.files())


def test_a_backup_that_fails_is_kept_as_failed_and_leaves_no_folder(
    source: Contract, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_FOLDER = str(tmp_path / "b")
    back_up()
    good = backups.last_backup()
    assert good.is_configured and good.finished_at is not None and good.error == ""

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_add", full)
    with pytest.raises(OSError):
        back_up()
    after = backups.last_backup()
    assert "磁盘已满" in after.error and after.finished_at == good.finished_at
    assert [path.name for path in (tmp_path / "b").iterdir()] == [Path(good.folder).name]


def test_the_nightly_job_keeps_so_many(source: Contract, tmp_path: Path, settings: Any) -> None:
    assert back_up() == ""  # no folder is named: none is made
    settings.BACKUP_FOLDER, settings.BACKUPS_KEPT = str(tmp_path / "b"), 2
    (tmp_path / "b" / ".killed.part").mkdir(parents=True)
    made = [back_up() for _ in range(3)]
    assert {str(path) for path in (tmp_path / "b").iterdir()} == set(made[1:])


def test_rows_written_meanwhile_are_in_neither_the_copy_nor_its_manifest(source: Contract, tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's copy is a file of its own; the manifest is read from it")
    from contract.keeping import engines, manifest

    other = connection.copy()
    with engines.copied(tmp_path / "copy") as cursor:
        with other.cursor() as writer:
            writer.execute("UPDATE contract_chainhead SET sequence = 999")
        assert not manifest.head(cursor).startswith("999:")
    other.close()


@pytest.mark.parametrize(("role", "is_told"), [(SYSTEM_ADMIN, True), (SECURITY_ADMIN, False)])
def test_the_systems_administrator_sees_the_last_backup_on_the_home_page(
    source: Contract, client: Any, tmp_path: Path, role: str, is_told: bool
) -> None:
    backups.write(tmp_path / "b", None)
    make_roles([role])
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    assert ("最近一次备份" in client.get("/admin/").content.decode()) is is_told
