"""Every template comes back through the programs of others, in two time zones, as what is on record."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import EndpointEnumerator

from contract.roles import VENDOR
from kit.files.spreadsheets import MEDIA_TYPE
from tests.api import client_of, ok
from tests.programs import MARKS
from tests.test_permissions import member, world

__all__ = ["world"]  # a fixture
pytestmark = [*MARKS, pytest.mark.django_db]
HERE = Path(__file__).parent
LIBRARIES = ("exceljs@4.4.0", "xlsx@0.18.5")
PROGRAMS = ("libreoffice", "exceljs", "sheetjs")
ZONES = ("UTC", "Asia/Shanghai")
Through = Callable[[str, str, dict[str, bytes]], dict[str, bytes]]


def run(*words: str | Path, cwd: Path, zone: str = "UTC") -> None:
    environment = {**os.environ, "TZ": zone}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, (words, done.stdout[-3000:], done.stderr[-3000:])


@pytest.fixture(scope="module")
def through(tmp_path_factory: pytest.TempPathFactory) -> Through:
    """Files that a program has read and written again, by name."""
    home = tmp_path_factory.mktemp("programs")
    run("npm", "install", "--no-audit", "--no-fund", *LIBRARIES, cwd=home)

    def passed(program: str, zone: str, files: dict[str, bytes]) -> dict[str, bytes]:
        before, after = (tmp_path_factory.mktemp(name) for name in ("before", "after"))
        for name, content in files.items():
            (before / name).write_bytes(content)
        if program == "libreoffice":
            words = ("--headless", f"-env:UserInstallation=file://{home / 'profile'}", "--convert-to", "xlsx")
            run("soffice", *words, "--outdir", after, *(before / name for name in files), cwd=home, zone=zone)
        else:
            run("node", HERE / "through.cjs", program, before, after, cwd=home, zone=zone)
        return {name: (after / name).read_bytes() for name in files}

    return passed


def templates() -> list[str]:
    """The address of every template of the API: a new list is in here by itself."""
    ends = "/template.xlsx"
    paths = {path for path, *_rest in EndpointEnumerator().get_api_endpoints() if path.endswith(ends)}
    return sorted(path.removesuffix(ends) for path in paths)


@pytest.fixture
def hr(world: dict[str, Any]) -> Any:
    """The vendor's HR, with a month of attendance and of the rota on record too."""
    contract = world["contract"]
    client = client_of(member(VENDOR, contract.vendor))
    # The template of attendance proposes what a leave on record says: it is reported already.
    present, away = {"status": "on_duty"}, {"status": "sick"}
    attendance = [("2025-03-03", away), ("2025-03-04", away), ("2025-03-18", present)]
    for kind, days in (("attendance", attendance), ("rota", [("2025-03-18", {"shifts": ["20:00-08:00"]})])):
        rows = [{"operator": world["rows"]["operators"], "day": day, **says} for day, says in days]
        ok(client.put(f"/api/v1/contracts/{contract.pk}/{kind}/2025-03", {"rows": rows}, format="json"))
    remark = f"/api/v1/inspection-remarks/{world['rows']['inspection-remarks']}"
    ok(client.post(f"{remark}/answer", {"answer": "已整改。\n见附件"}, format="json"))
    return client


def test_there_are_the_templates_that_the_readme_speaks_of() -> None:
    assert len(templates()) >= 9


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_template_comes_back_unchanged(
    world: dict[str, Any], hr: Any, through: Through, program: str, zone: str
) -> None:
    contract = world["contract"]
    addresses = {f"{n}.xlsx": path.format(contract_id=contract.pk) for n, path in enumerate(templates())}
    files = {}
    for name, address in addresses.items():
        query = {"month": "2025-03"} if "/contracts/" in address else {}
        answer = hr.get(f"{address}/template.xlsx", query, headers={"Accept": MEDIA_TYPE})
        assert answer.status_code == 200, address
        files[name] = answer.content
    counts = ("created", "changed", "replaced", "unchanged")
    for name, content in through(program, zone, files).items():
        body = {"file": SimpleUploadedFile("名单.xlsx", content, MEDIA_TYPE)}
        taken = ok(hr.post(f"{addresses[name]}/import", body, format="multipart"))
        said = {count: taken[count] for count in counts if taken.get(count)}
        assert set(said) == {"unchanged"}, f"{addresses[name]}: {taken}"
