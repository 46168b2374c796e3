"""`manage.py run`: refuses what cannot work, prepares, and keeps its children alive."""

import fcntl
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import override

from contract.management.commands import run
from kit.terminal.progress import progress
from kit.terminal.supervisor import Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The command takes over signals and changes the folder; English is easier to read here."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    folder = Path.cwd()
    with override("en"):
        yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    os.chdir(folder)


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


# --- What it refuses ---------------------------------------------------------------------------


def test_a_port_in_use_is_refused_in_one_line_that_names_the_option() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError) as refused:
            call_command("run", port=port)
    assert str(refused.value) == (f"Port {port} is in use. Choose another: manage.py run --port {port + 1}")


@pytest.mark.parametrize(
    ("host", "port", "told"),
    [
        ("127.0.0.1", 70000, "--port must be a number from 1 to 65535."),
        ("203.0.113.1", 8000, "Cannot listen on 203.0.113.1:8000"),
        ("no such host", 8000, "Cannot listen on no such host:8000"),
    ],
)
def test_an_impossible_address_is_refused_in_one_line(host: str, port: int, told: str) -> None:
    with pytest.raises(CommandError) as refused:
        run.require_free(host, port)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


def test_a_second_run_with_the_same_data_is_refused(data_dir: Path) -> None:
    with (data_dir / "run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="runs already"):
            call_command("run", port=_free_port())
    with run.only_one():
        pass  # and goes on once the other has ended


# --- What it does ------------------------------------------------------------------------------


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> list[str]:
    """The commands called; each says its name. Nothing is served."""
    names: list[str] = []

    def call(name: str, *, stdout: Any = None, **options: Any) -> None:
        names.append(name)
        if stdout is not None:
            stdout.write(f"<{name}>")

    monkeypatch.setattr(run, "call_command", call)
    monkeypatch.setattr(run, "web_server", lambda host, port: Child("web", SLEEPER))
    monkeypatch.setattr(run, "answers", lambda host, port: lambda: True)
    monkeypatch.setattr(run, "job_runners", lambda: _raise(KeyboardInterrupt))
    return names


@pytest.mark.django_db
def test_it_loads_evaluates_and_tells_addresses_and_logins(called: list[str]) -> None:
    out = io.StringIO()
    port = _free_port()
    call_command("run", port=port, stdout=out)
    assert called == ["seed_reference", "seed_sample", "evaluate"]  # nothing to migrate: quiet
    told = out.getvalue()
    assert "<seed_reference>" not in told
    assert told.index("<evaluate>") < told.index(f"http://127.0.0.1:{port}/admin/")
    assert f"http://127.0.0.1:{port}/api/v1/docs/" in told
    assert told.index("/admin/") < told.index("<seed_sample>")  # the logins
    assert told.endswith("Stopped.\n")


def test_what_a_service_writes_into_a_file_is_there_while_it_runs(tmp_path: Path) -> None:
    """The code of the first page and the addresses do not wait in a buffer until the program ends."""
    with (tmp_path / "log").open("w") as log:
        run.Command(stdout=log).welcome("http://127.0.0.1:8000", "the code")
        assert "the code" in (tmp_path / "log").read_text()


@pytest.mark.django_db
def test_live_loads_no_sample_and_follows_the_clock(
    called: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMONSTRATION_DAY = "2025-12-31"
    environments: list[str | None] = []
    start = Child.start

    def spy(child: Child, env: Any, now: float) -> None:
        environments.append(env.get("DEMONSTRATION_DAY"))
        start(child, env, now)

    monkeypatch.setattr(Child, "start", spy)
    call_command("run", live=True, port=_free_port(), stdout=io.StringIO())
    assert called == ["create_roles", "evaluate"]
    assert settings.DEMONSTRATION_DAY == ""
    assert environments == ["live"]


def test_children_run_in_this_python_and_the_jobs_in_two_single_processes() -> None:
    worker, beat = run.job_runners()
    web = run.web_server("::1", 8001)
    assert {child.command[0] for child in (web, worker, beat)} == {sys.executable}
    assert "[::1]:8001" in web.command
    assert worker.command[worker.command.index("--pool") + 1] == "solo"
    assert "beat" in beat.command


def test_long_work_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def write(self, text: str, ending: str = "") -> int:
            return super().write(text + ending)

    monkeypatch.setattr("kit.terminal.progress.EVERY", 0.05)
    terminal = Terminal()
    with progress(terminal, "Loading"):
        assert eventually(lambda: ".." in terminal.getvalue())
    assert terminal.getvalue().startswith("Loading ..")
    assert terminal.getvalue().endswith(" 0 s\n")


# --- Its children ------------------------------------------------------------------------------


def test_a_killed_child_is_told_of_and_started_again() -> None:
    deaths: list[tuple[str, int, float]] = []
    child = Child("sleeper", SLEEPER)
    with Supervisor([child], os.environ, lambda c, code: deaths.append((c.name, code, c.pause))) as supervisor:
        assert child.process
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        again = time.monotonic() + 10
        supervisor.watch(until=lambda: bool(child.process and child.process.pid != first) or time.monotonic() > again)
        assert child.process and lives(child.process.pid)
    assert deaths == [("sleeper", -signal.SIGKILL, 1.0)]


def test_a_child_that_keeps_failing_is_started_ever_more_rarely_until_it_settles() -> None:
    child = Child("failing", ["false"])
    pauses = []
    for _ in range(7):
        child.died(now=child.started_at + 1)
        pauses.append(child.pause)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    child.died(now=child.started_at + 61)
    assert child.pause == 1


def test_stopping_ends_even_a_child_that_will_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.terminal.supervisor.STOP_WITHIN", 0.5)
    stubborn = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = Child("stubborn", [sys.executable, "-c", stubborn])
    with Supervisor([child], os.environ, lambda *_: None):
        assert child.process
        pid = child.process.pid
        assert eventually(lambda: bool(_children_of(pid)))
        (grandchild,) = _children_of(pid)
    assert eventually(lambda: not lives(pid) and not lives(grandchild))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")
def test_children_end_when_their_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os\n"
            "from kit.terminal.supervisor import Child, Supervisor\n"
            "child = Child('sleeper', ['sleep', '60'])\n"
            "with Supervisor([child], os.environ, print) as supervisor:\n"
            "    print(child.process.pid, flush=True)\n"
            "    supervisor.watch()\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert lives(child)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not lives(child))


def _children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _raise(error: type[BaseException]) -> Any:
    raise error
