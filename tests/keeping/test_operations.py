"""docs/operations.md is followed to the letter: what it says of a restore is run as it stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from contract.choices import RunTrigger
from contract.keeping import store
from contract.services import evaluate
from tests.billing.factories import make_instalments
from tests.factories import make_contract, make_team

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def steps() -> str:
    """The commands below "To restore"."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(r"\*\*To restore\*\*.*?```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def new() -> Iterator[str]:
    """The name of the empty database; on PostgreSQL it is removed afterwards."""
    name = f"{connection.settings_dict['NAME']}_new"
    yield name
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def test_a_restore_by_the_letter_is_clean(settings: Any, tmp_path: Path, new: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "documents"
    contract = make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"])
    make_team(contract, 3)
    make_instalments(contract)
    evaluate(
        as_of=date(2025, 3, 4), today=date(2025, 3, 5), at=datetime(2025, 3, 5, tzinfo=UTC), trigger=RunTrigger.COMMAND
    )
    store.establish()
    default_storage.save("letters/1/函.pdf", ContentFile(b"%PDF-1.7"))
    key, out = tmp_path / "backup.key", StringIO()
    key.write_text("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    call_command("backup", str(tmp_path / "backups"), key_file=str(key), stdout=out)
    head = re.search(r"[0-9]+:[0-9a-f]{64}", out.getvalue())
    assert head is not None

    place = {name: str(connection.settings_dict[name] or "") for name in ("HOST", "PORT", "USER", "PASSWORD")}
    script = steps()
    for written, meant in {
        "postgres://…/hotline_new": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format_map(place) + new,
        "createdb hotline_new": f"createdb {new}",
        "/srv/hotline-new": str(tmp_path / "new"),
        "KEYS=…": f"KEYS={project.FIELD_ENCRYPTION_KEYS}",
        "/backups": str(tmp_path / "backups"),
        " backup.key": f" {key}",
        "HEAD": head[0],
        "python manage.py": f"{sys.executable} manage.py",
    }.items():
        assert written in script, written
        script = script.replace(written, meant)
    if connection.vendor == "sqlite":  # as the comments there say
        script = re.sub(r"createdb.*\n", "", script)
        script = re.sub(r"DATABASE_URL=\S+", "", script)
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    env |= {f"PG{name}": value for name, value in place.items()} if place["HOST"] else {}
    done = subprocess.run(["bash", "-eux", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("均与清单一致", "一致", "1 contracts, 0 differences", "全部文书齐备"):
        assert said in done.stdout
    assert (tmp_path / "new" / "documents" / "letters" / "1" / "函.pdf").read_bytes() == b"%PDF-1.7"
