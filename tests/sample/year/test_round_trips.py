"""Every template, opened and saved by another program in either time zone, says what it said: nothing has changed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import EndpointEnumerator

from contract.models import Contract
from contract.roles import VENDOR
from tests.api import client_of
from tests.programs import MARKS
from tests.test_permissions import member

pytestmark = [*MARKS, pytest.mark.django_db, pytest.mark.usefixtures("year")]
PACKAGES = ("exceljs@4.4.0", "xlsx@0.18.5")
EXCELJS = """
const { Workbook } = require("exceljs");
const book = new Workbook();
book.xlsx.readFile(process.argv[2]).then(() => book.xlsx.writeFile(process.argv[3]));
"""
SHEETJS = """
const XLSX = require("xlsx");
const book = XLSX.readFile(process.argv[2], { cellDates: false, cellNF: true, cellStyles: true });
XLSX.writeFile(book, process.argv[3]);
"""
ZONES = ("UTC", "Asia/Shanghai")
# Each with what is asked for and what is sent along.
TEMPLATES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("operators", (), ("vendor",)),
    *(
        (name, ("contract",), ("contract",))
        for name in (
            "assignments",
            "leaves",
            "qualification-proofs",
            "employment-contracts",
            "trainings",
            "trial-assessments",
            "service-reports",
            "inspection-remarks",
        )
    ),
    ("contracts/{contract}/attendance", ("month",), ()),
    ("contracts/{contract}/rota", ("month",), ()),
)


def test_no_template_is_left_out() -> None:
    ends = "/template.xlsx"
    paths = {path for path, *_rest in EndpointEnumerator().get_api_endpoints() if path.endswith(ends)}
    named = {f"/api/v1/{route}{ends}".replace("{contract}", "{contract_id}") for route, *_rest in TEMPLATES}
    assert named == paths


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=300)
    (folder / "exceljs.js").write_text(EXCELJS)
    (folder / "sheetjs.js").write_text(SHEETJS)
    return folder


def saved_by(program: str, zone: str, node: Path, folder: Path, content: bytes) -> bytes:
    """The workbook as the program has saved it."""
    before, after = folder / "before.xlsx", folder / "out" / "before.xlsx"
    after.parent.mkdir(exist_ok=True)
    after.unlink(missing_ok=True)
    before.write_bytes(content)
    if program == "libreoffice":
        profile = f"-env:UserInstallation=file://{folder}/profile"
        words = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
        words += ["--outdir", str(after.parent), str(before)]
    else:
        words = ["node", f"{program}.js", str(before), str(after)]
    environment = os.environ | {"TZ": zone}
    subprocess.run(words, cwd=node, env=environment, check=True, capture_output=True, timeout=180)
    return after.read_bytes()


@pytest.fixture
def client(settings: Any, contract: Contract) -> Any:
    """The vendor's HR, whose lists these are."""
    settings.DEMONSTRATION_DAY = "2025-09-30"
    return client_of(member(VENDOR, contract.vendor))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("program", ["libreoffice", "exceljs", "sheetjs"])
def test_the_templates_come_back_unchanged(
    program: str, zone: str, node: Path, tmp_path: Path, contract: Contract, client: Any
) -> None:
    if program == "libreoffice" and shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    told = {}
    for route, query, form in TEMPLATES:
        values = {"contract": contract.pk, "vendor": contract.vendor_id}
        url = f"/api/v1/{route.format(**values)}"
        given = client.get(f"{url}/template.xlsx", {name: values.get(name, "2025-03") for name in query})
        assert given.status_code == 200, (url, given.content[:300])
        back = saved_by(program, zone, node, tmp_path, given.content)
        sent = {"file": SimpleUploadedFile("名单.xlsx", back)} | {name: values[name] for name in form}
        answer = client.post(f"{url}/import", sent, format="multipart")
        told[route] = (
            answer.json()
            if answer.status_code != 200
            else {name: answer.json().get(name, 0) for name in ("created", "changed", "replaced")}
        )
    nothing = {"created": 0, "changed": 0, "replaced": 0}
    assert told == {route: nothing for route, _query, _form in TEMPLATES}
