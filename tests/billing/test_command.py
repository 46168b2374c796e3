"""`manage.py statement`."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from billing.documents import statement
from billing.models import Statement
from tests.billing.factories import make_finance, make_instalments
from tests.factories import make_contract

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "render", lambda facts, draft=False: b"draft" if draft else b"issued")


def run(tmp_path: Path, *args: str) -> bytes:
    out = tmp_path / "q.pdf"
    call_command("statement", "--contract", "HT-1", "--out", str(out), *args)
    return out.read_bytes()


def test_it_writes_a_draft_until_the_statement_is_issued(tmp_path: Path) -> None:
    contract = make_contract(number="HT-1")
    make_instalments(contract)
    make_finance(contract, "zhang")
    assert run(tmp_path, "--quarter", "1") == b"draft"
    assert not Statement.objects.exists()
    assert run(tmp_path, "--quarter", "1", "--issue", "--by", "zhang") == b"issued"
    assert run(tmp_path, "--quarter", "1") == b"issued"
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--contract", "HT-2", "--quarter", "1"], "HT-1"),
        (["--contract", "HT-1", "--quarter", "5"], "共4期"),
        (["--contract", "HT-1", "--quarter", "1", "--issue", "--by", "nobody"], "--by"),
        (["--contract", "HT-1", "--quarter", "1", "--out", "/nowhere/q.pdf"], "/nowhere/q.pdf"),
    ],
)
def test_every_mistake_is_one_sentence_with_the_remedy(args: list[str], says: str) -> None:
    make_instalments(make_contract(number="HT-1"))
    with pytest.raises(CommandError, match=says):
        call_command("statement", *args)
