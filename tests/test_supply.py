"""What is shipped is listed; what is known about it is asked, and a question without an answer is not green."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / ".ci"))

import audit  # noqa: E402
import bill  # noqa: E402
from lock import locked  # noqa: E402


def test_the_bill_names_every_locked_package_with_its_hashes_and_the_list_its_licence(tmp_path: Path) -> None:
    assert bill.main(tmp_path) == 0
    made = json.loads((tmp_path / "bill-of-materials.cdx.json").read_text())
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    by_name = {component["name"]: component for component in made["components"]}
    assert set(by_name) == {package.name for package in locked()} and len(by_name) > 50
    django = by_name["django"]
    assert django["purl"] == f"pkg:pypi/django@{django['version']}" and django["licenses"]
    assert all(component["properties"] for component in by_name.values())
    licences = {row["package"]: row["licence"] for row in csv.DictReader((tmp_path / "licences.csv").open())}
    assert licences["django"].startswith("BSD") and set(licences) == set(by_name)


def test_artefacts_are_not_kept_under_version_control() -> None:
    assert "/var/" in (ROOT / ".gitignore").read_text().split()
    assert bill.FOLDER.relative_to(ROOT).parts[0] == "var"


def test_a_line_of_the_lock_that_is_not_understood_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("# by hand\ndjango>=5\n")
    with pytest.raises(ValueError, match="line 2: not understood: django>=5"):
        locked(lock)


def answering(**vulnerable: list[str]) -> Any:
    """A server that knows advisories about these packages."""

    def ask(url: str, body: bytes) -> bytes:
        purls = [query["package"]["purl"] for query in json.loads(body)["queries"]]
        known = [next((v for name, v in vulnerable.items() if f"/{name}@" in purl), []) for purl in purls]
        return json.dumps(
            {"results": [{"vulns": [{"id": one} for one in ids]} if ids else {} for ids in known]}
        ).encode()

    return ask


def test_a_server_that_knows_of_nothing_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(answering()) == 0
    assert "0 with advisories" in capsys.readouterr().out


def test_an_advisory_is_named_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(answering(django=["PYSEC-0000-1"])) == 1
    assert "pkg:pypi/django@" in (told := capsys.readouterr().out) and "PYSEC-0000-1" in told


def refused(url: str, body: bytes) -> bytes:
    raise OSError("no route to host")


def cut(url: str, body: bytes) -> bytes:
    results = [{"next_page_token": "x"} for _query in json.loads(body)["queries"]]
    return json.dumps({"results": results}).encode()


@pytest.mark.parametrize("ask", [refused, cut, lambda *_: b"{}", lambda *_: b"[]", lambda *_: b"<html>"])
def test_what_could_not_be_asked_is_not_checked(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(ask) == 3
    assert capsys.readouterr().out.startswith("NOT CHECKED")
