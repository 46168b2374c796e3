"""Wrong keys stop the start; another folder of documents is named."""

import base64
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from contract.keeping import keys, start, store
from tests.factories import make_operator, make_party

pytestmark = pytest.mark.django_db
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
    assert store.problem() == "" == store.problem()
    settings.MEDIA_ROOT = tmp_path / "worker"
    assert str(tmp_path / "worker") in store.problem() and "同一" in store.problem()
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / store.MARK).write_text("0" * 32)
    assert "另一数据库" in store.problem()
    with pytest.raises(SystemExit):
        call_command("check_documents")
    call_command("check_documents", take_store=True)
    assert store.problem() == ""
