"""docs/house.md names every room, README and the page name files that exist, and the families are folders."""

import re
import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

from contract import registry
from contract.apps import HOUSES
from contract.dashboard import sections
from contract.version import sources
from tests import engine

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "house.md").read_text()
APPS = ("contract", "staffing", "hotline", "billing", "confidentiality")
PRODUCT = (*APPS, "config", "kit", "law", "sample")
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
).stdout.split()
MODULES = [
    PurePosixPath(name)
    for name in FILES
    if name.endswith(".py") and name.split("/")[0] in PRODUCT and "/migrations/" not in name
]


def test_every_top_level_folder_and_every_house_is_on_the_page() -> None:
    folders = {name.split("/")[0] for name in FILES if "/" in name and not name.startswith(".")}
    folders |= {f"contract/{house}" for house in HOUSES}
    folders |= {
        "/".join(path.parts[:2])
        for path in MODULES
        if path.parts[0] == "kit" and path.parts[1:2] and len(path.parts) > 2
    }
    missing = [folder for folder in sorted(folders) if f"`{folder}/`" not in PAGE]
    assert not missing


def test_the_table_names_no_folder_that_is_gone() -> None:
    named = [name for row in re.findall(r"^\| (`.*?`) \|", PAGE, re.M) for name in re.findall(r"`(.+?)/`", row)]
    assert named and not [name for name in named if name != "findings" and not (ROOT / name).is_dir()]


@pytest.mark.parametrize("page", ["docs/house.md", "README.md", "README.zh-CN.md"])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.(?:py|md|html))`", (ROOT / page).read_text())
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_core_has_few_rooms_and_no_module_is_long() -> None:
    root = [path for path in MODULES if path.parent == PurePosixPath("contract") and path.name != "__init__.py"]
    assert len(root) <= 17, root
    long = {str(p): n for p in MODULES if (n := len((ROOT / p).read_text().splitlines())) > 400}
    assert not long


def test_two_modules_with_the_same_first_word_are_a_folder() -> None:
    words = Counter((path.parent, path.stem.split("_")[0]) for path in MODULES if path.stem.strip("_") != "init")
    families = [f"{folder}/{word}_*" for (folder, word), count in words.items() if count > 1]
    assert not families


def test_the_rules_version_knows_every_check_and_what_it_decides_by() -> None:
    """Names by string fail in silence: each registered check stands in a file that is fingerprinted."""
    for check in registry.checks().values():
        path = check.function.__module__.replace(".", "/") + ".py"
        assert path in sources(), check.check_id
    rules = {str(path) for path in MODULES if "rules" in path.parts or path.name in ("rules.py", "selectors.py")}
    rules |= {str(path) for path in MODULES if path.parts[0] == "law" or "selectors" in path.parts}
    assert rules <= set(sources())


def test_every_part_of_the_home_page_has_come_in() -> None:
    """They are imported for their effect; a forgotten one would be missing in silence."""
    wanted = {
        "billing.next_payment",
        "contract.alerts",
        "contract.coming",
        "contract.letters",
        "contract.mine",
        "contract.policies",
        "contract.readiness",
        "contract.sides",
        "hotline.service",
        "staffing.demands",
        "staffing.gaps",
        "staffing.on_post",
    }
    assert {section.key for section in sections()} == wanted


def test_what_is_repeated_on_postgresql_exists() -> None:
    assert not [name for name in engine.NAMES if not (ROOT / name).exists()]
