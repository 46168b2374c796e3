"""Two clients that are generated from the description do a vendor's daily work."""

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from knox.models import AuthToken

from contract.models import Alert, Contract
from staffing.models import Attendance
from tests.contract.cases import DAY, told
from tests.factories import make_assignment, make_user
from tests.programs import MARKS
from tests.staffing.test_api_people import ALL

pytestmark = [*MARKS, pytest.mark.django_db(transaction=True)]
HERE = Path(__file__).parent
GENERATORS = ("openapi-python-client==0.29.1", "openapi-generator-cli==7.26.0")
RIGHTS = [*ALL, "contract.view_contract", "contract.view_alert", "contract.view_response", "contract.add_response"]


def run(*words: str | Path, **options: Any) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False, **options)
    assert done.returncode == 0, (words, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with both clients, made from today's description; they can be imported by name."""
    folder = tmp_path_factory.mktemp("clients")
    schema, settings = folder / "schema.json", folder / "settings.yml"
    call_command("spectacular", format="openapi-json", file=str(schema))
    settings.write_text("package_name_override: hotline_attrs\nproject_name_override: hotline-attrs\npost_hooks: []\n")
    venv.create(folder / "env", with_pip=True)
    bin = folder / "env" / "bin"
    run(bin / "pip", "install", "-q", *GENERATORS)
    attrs, pydantic = folder / "attrs", folder / "pydantic"
    words = ("generate", "--path", schema, "--output-path", attrs, "--meta", "setup", "--config", settings)
    said = run(bin / "openapi-python-client", *words)
    assert "Unable to process schema" not in said
    words = ("generate", "-i", schema, "-g", "python", "-o", pydantic, "--package-name", "hotline_pydantic")
    run(bin / "openapi-generator-cli", *words)
    run(bin / "pip", "install", "-q", attrs, pydantic)
    return bin / "python"


@pytest.mark.parametrize("program", ["attrs_client", "pydantic_client"])
def test_a_client_lists_pages_sends_a_month_and_answers_an_alert(
    python: Path, program: str, live_server: Any, contract: Contract, alert: Alert, office: User, settings: Any
) -> None:
    settings.DEMONSTRATION_DAY = f"{DAY}"
    told(alert, office)
    team = [make_assignment(contract).operator for _person in range(5)]
    vendor = make_user(party=contract.vendor, permissions=RIGHTS)
    token = AuthToken.objects.create(user=vendor)[1]
    number = team[0].employee_number
    said = run(python, HERE / f"{program}.py", live_server.url, token, str(contract.pk), number, str(alert.pk))
    assert json.loads(said) == {
        "people": [one.employee_number for one in team],
        "tried": 1,
        "sent": 1,
        "asked": [alert.pk],
        "answered": "已按期补正。",
    }
    assert Attendance.objects.count() == 1
    assert alert.responses.get().statement == "已按期补正。"


def test_every_module_of_both_clients_can_be_imported(python: Path) -> None:
    code = (
        "import importlib, pkgutil, sys\n"
        "package = importlib.import_module(sys.argv[1])\n"
        "names = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + '.')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print(len(names))\n"
    )
    for package in ("hotline_attrs", "hotline_pydantic"):
        assert int(run(python, "-c", code, package)) > 200
