"""`manage.py` on a machine where nothing is installed yet."""

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

MANAGE = bootstrap.ROOT / "manage.py"
LOCK = bootstrap.ROOT / "requirements.txt"
DEVELOPMENT_LOCK = bootstrap.ROOT / "requirements-dev.txt"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lock file and nothing else, in which bootstrap believes to stand."""
    (tmp_path / "requirements.txt").write_text("django==5.2.19 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv/installed.sha256")
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "var/install.log")
    return tmp_path


# --- An old Python -----------------------------------------------------------------------------


def test_manage_has_no_syntax_that_an_old_python_refuses() -> None:
    new = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match, ast.AsyncFunctionDef)
    tree = ast.parse(MANAGE.read_text(), feature_version=(3, 7))
    assert not [node for node in ast.walk(tree) if isinstance(node, new)]


def test_an_old_python_is_refused_in_one_line_before_anything_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setitem(sys.modules, "bootstrap", None)  # importing it would fail
    with pytest.raises(SystemExit) as refused:
        runpy.run_path(str(MANAGE), run_name="__main__")
    assert refused.value.code == ("需要 Python 3.11 或更高版本，当前是 3.9。 Python 3.11 or newer needed, this is 3.9.")


# --- What is there -----------------------------------------------------------------------------


def test_the_development_lock_holds_the_other_one() -> None:
    assert set(bootstrap.locked_versions(LOCK)) <= set(bootstrap.locked_versions(DEVELOPMENT_LOCK))


def test_this_environment_holds_the_locked_packages() -> None:
    assert bootstrap.holds_packages(DEVELOPMENT_LOCK)


@pytest.mark.parametrize("pin", ["django==5.2", "no-such-package==1.0"])
def test_another_version_or_a_missing_package_is_noticed(tmp_path: Path, pin: str) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"{pin} \\\n    --hash=sha256:0\n")
    assert not bootstrap.holds_packages(lock)


def test_packages_of_other_platforms_are_not_asked_for(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("# made by uv\nwin==1 ; sys_platform == 'win32' \\\nx[a]==2 \\\n    --hash=s\ny==3\n")
    assert list(bootstrap.locked_versions(lock)) == [("x", "2"), ("y", "3")]


def test_a_changed_lock_makes_the_stamp_stale(empty: Path) -> None:
    lock = empty / "requirements.txt"
    assert not bootstrap.is_stamped(lock)
    bootstrap.VENV.mkdir()
    bootstrap.STAMP.write_text(bootstrap.fingerprint(lock) + "\n")
    assert bootstrap.is_stamped(lock)
    assert not bootstrap.is_ready(lock)  # stamped, but its Python is gone
    lock.write_text("django==5.2.20\n")
    assert not bootstrap.is_stamped(lock)


def test_a_complete_environment_of_ones_own_is_used_as_it_is(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("handed over"))
    bootstrap.ensure("requirements.txt")
    assert not bootstrap.VENV.exists()


def test_the_same_command_starts_again_in_the_ready_environment(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Path, list[str]]] = []
    monkeypatch.setattr(bootstrap, "holds_packages", lambda lock: False)
    monkeypatch.setattr(bootstrap, "is_ready", lambda lock: True)
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-W", "error", "../manage.py", "check"])
    monkeypatch.setattr(os, "execv", lambda path, argv: started.append((path, argv)))
    bootstrap.ensure("requirements.txt")
    python = str(bootstrap.PYTHON)
    assert started == [(bootstrap.PYTHON, [python, "-W", "error", "../manage.py", "check"])]


# --- What goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "english"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "a file does not match its locked hash",
        ),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for django==5.2.19",
            "the package index cannot be reached; check the network or the proxy",
        ),
        ("ERROR: No matching distribution found for django==5.2.19", "the package index has no build for this Python"),
        ("Collecting django\nERROR: something new\n\n", "ERROR: something new"),
        ("", "?"),
    ],
)
def test_the_reason_why_pip_gave_up_is_told(printed: str, english: str) -> None:
    assert bootstrap.why_pip_failed(printed)[1] == english


def test_without_a_venv_module_the_command_that_brings_it_is_named(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_module", lambda name: False)
    monkeypatch.setattr(bootstrap, "apt_install", lambda *_: None)  # no rights
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(bootstrap.Failure, match=f"sudo apt-get install python{version}-venv"):
        bootstrap.make_venv()


def test_without_rights_pdfs_are_missed_in_one_line_and_all_else_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "can_make_pdfs", lambda: False)
    monkeypatch.setattr(bootstrap, "apt_install", lambda *_: None)
    bootstrap.install_pdf_libraries()
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "sudo apt-get install libpango-1.0-0" in told


@pytest.mark.parametrize("error", [bootstrap.Failure("坏了", "Broken"), OSError(30, "Read-only")])
def test_a_failure_is_one_line_and_an_exit_code(empty: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(lock: Path) -> None:
        raise error

    monkeypatch.setattr(bootstrap, "holds_packages", lambda lock: False)
    monkeypatch.setattr(bootstrap, "install", fail)
    with pytest.raises(SystemExit) as ended:
        bootstrap.ensure("requirements.txt")
    assert str(ended.value.code).count("\n") == 0
    assert str(ended.value.code).startswith("✗ ")


def test_long_steps_show_that_they_live(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.LOG.parent.mkdir()
    code, printed = bootstrap.step("等", "waiting", "sh", "-c", "echo late; sleep 2.2; exit 3")
    assert (code, printed) == (3, "late\n")
    assert capsys.readouterr().err == "  等 / waiting . 2 s\n"


def test_without_an_index_it_ends_in_one_line_and_leaves_no_stamp(tmp_path: Path) -> None:
    """The real thing: a bare interpreter, an empty folder, no package index."""
    for name in ("manage.py", "bootstrap.py", "requirements.txt"):
        shutil.copy(bootstrap.ROOT / name, tmp_path)
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    bare = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run(
        [bare, str(tmp_path / "manage.py"), "check"], cwd="/", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("✗ 依赖安装失败")
    assert not (tmp_path / ".venv/installed.sha256").exists()
