"""Without internet: a bundle is checked, put in place, updated with a copy kept, and taken back."""

import fcntl
import importlib.util
from pathlib import Path
from typing import Any

import pytest

import bootstrap
from contract.management.commands import bundle

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "install.py"


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The installer of a small bundle: a program of one line in its first version."""
    root = tmp_path / "hotline-20260101"
    root.mkdir()
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", root)
    released(module, "one")
    return module


def released(installer: Any, text: str) -> None:
    root = installer.HERE
    (root / "manage.py").write_text(text)
    (root / "PYTHON.txt").write_text(bundle.kind())
    (root / bundle.SUMS).write_text("".join(f"{digest}  {path}\n" for digest, path in bundle.sums(root)))


def installed(installer: Any, tmp_path: Path) -> Path:
    target = tmp_path / "office"
    installer.install(target)
    (target / "var").mkdir()
    (target / "var" / "hotline.sqlite3").write_text("data of one")
    return target


def test_a_changed_or_missing_file_is_named_and_nothing_is_installed(unpacked: Any, tmp_path: Path) -> None:
    (unpacked.HERE / "manage.py").write_text("something else")
    with pytest.raises(SystemExit, match=r"manage\.py"):
        unpacked.install(tmp_path / "office")
    (unpacked.HERE / "manage.py").unlink()
    with pytest.raises(SystemExit, match=r"manage\.py"):
        unpacked.install(tmp_path / "office")
    assert not (tmp_path / "office").exists()


def test_a_bundle_for_another_python_says_so_and_touches_nothing(unpacked: Any, tmp_path: Path) -> None:
    root = unpacked.HERE
    (root / "PYTHON.txt").write_text("3.9 armv7l\n")
    (root / bundle.SUMS).write_text("".join(f"{digest}  {path}\n" for digest, path in bundle.sums(root)))
    with pytest.raises(SystemExit, match=r"3\.9 armv7l"):
        unpacked.install(tmp_path / "office")
    assert not (tmp_path / "office").exists()


def test_what_only_an_older_patch_of_python_needs_goes_along() -> None:
    """Debian 12 has Python 3.11.2: a bundle made under 3.11.7 lacked one package there."""
    lock = (
        "async-timeout==5.0.1 ; python_full_version < '3.11.3' \\\n    --hash=x\ntzdata==1 ; sys_platform == 'win32'\n"
    )
    kept = bundle.every_patch(lock)
    assert kept.splitlines()[0] == "async-timeout==5.0.1 \\"
    assert "sys_platform" in kept


@pytest.mark.parametrize("git", [True, False])
def test_what_came_from_a_bundle_makes_the_next_one_with_or_without_git(
    git: bool, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not git:
        monkeypatch.setattr(bundle.shutil, "which", lambda name: None)
    settings.BASE_DIR = tmp_path / "office"
    for name in ("manage.py", "deploy/install.py", "var/hotline.sqlite3", ".venv/pyvenv.cfg", "debs/a.deb"):
        (settings.BASE_DIR / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.BASE_DIR / name).write_text(name)
    bundle.program(tmp_path / "made")
    made = {str(path.relative_to(tmp_path / "made")) for path in (tmp_path / "made").rglob("*") if path.is_file()}
    assert made == {"manage.py", "deploy/install.py", "install.py"}


def test_a_folder_of_somebody_else_is_left_alone(unpacked: Any, tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "letter.txt").write_text("mine")
    with pytest.raises(SystemExit):
        unpacked.install(tmp_path / "office")
    assert [path.name for path in (tmp_path / "office").iterdir()] == ["letter.txt"]


def test_an_update_keeps_the_data_and_a_copy_of_both(unpacked: Any, tmp_path: Path) -> None:
    target = installed(unpacked, tmp_path)
    released(unpacked, "two")
    unpacked.install(target)
    assert (target / "manage.py").read_text() == "two"
    assert (target / "var" / "hotline.sqlite3").read_text() == "data of one"
    (kept,) = unpacked.copies(target)
    assert (kept / "manage.py").read_text() == "one"
    assert (kept / "var" / "hotline.sqlite3").read_text() == "data of one"


def test_the_way_back_brings_program_and_data_as_they_were_before(unpacked: Any, tmp_path: Path) -> None:
    target = installed(unpacked, tmp_path)
    released(unpacked, "two")
    unpacked.install(target)
    (target / "var" / "hotline.sqlite3").write_text("spoiled by two")
    unpacked.back(target)
    assert (target / "manage.py").read_text() == "one"
    assert (target / "var" / "hotline.sqlite3").read_text() == "data of one"
    (failed,) = tmp_path.glob("office.failed-*")
    assert (failed / "var" / "hotline.sqlite3").read_text() == "spoiled by two"


def test_a_program_that_runs_is_not_updated(unpacked: Any, tmp_path: Path) -> None:
    target = installed(unpacked, tmp_path)
    with (target / "var" / "run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit, match="running"):
            unpacked.install(target)
    assert (target / "manage.py").read_text() == "one" and not unpacked.copies(target)


def test_without_a_copy_there_is_no_way_back(unpacked: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no copy"):
        unpacked.back(installed(unpacked, tmp_path))


def test_what_came_as_a_bundle_is_installed_from_its_wheels_and_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "WHEELS", tmp_path / "wheels")
    monkeypatch.setattr(bootstrap, "step", lambda chinese, english, *command: asked.append(command) or (0, ""))
    bootstrap.install_packages(Path("lock.txt"))
    assert "--no-index" not in asked[-1]
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "pip-24.0-py3-none-any.whl").touch()
    bootstrap.install_packages(Path("lock.txt"))
    assert {"--no-index", "--require-hashes", str(tmp_path / "wheels")} <= set(asked[-1])
    assert asked[-1][1].endswith("pip-24.0-py3-none-any.whl/pip")
