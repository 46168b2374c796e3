"""Processes beside the bench, on its database: whose memory is looked at, who serves, who evaluates meanwhile."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.servers import eventually, free_port

ROOT = Path(__file__).resolve().parents[1]


def environment() -> dict[str, str]:
    """What a process needs to work on the database of the bench."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(found)
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}


def child(task: str, given: Any) -> dict[str, float]:
    """What a process of its own says of a task (bench/child.py)."""
    command = [sys.executable, "-m", "bench.child", task]
    done = subprocess.run(
        command, input=json.dumps(given), env=environment(), cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def started(task: str, given: Any) -> Iterator[Callable[[], bool]]:
    """A task beside this process, from the moment on at which it is at work: whether it still runs."""
    command = [sys.executable, "-m", "bench.child", task, "--tell"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), cwd=ROOT, text=True
    )
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    process.stdout.readline()
    try:
        yield lambda: process.poll() is None
    finally:
        process.stdout.close()
        assert process.wait() == 0, task


def cpu_of(command: list[str]) -> float:
    """Milliseconds of CPU of a command that succeeds."""
    before = os.times()
    subprocess.run(command, env=environment(), cwd=ROOT, check=True, capture_output=True)
    after = os.times()
    return (after.children_user + after.children_system - before.children_user - before.children_system) * 1000


# --- A web server and those who read from it --------------------------------------------------------


class Web:
    """The program as it serves, on the database of the bench."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Web":
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--config", "python:config.server"]
        command += ["--preload", "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self.process = subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.DEVNULL)
        eventually(self._answers, "the web server answers")
        return self

    def __exit__(self, *args: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def peaks(self) -> dict[int, float]:
        """The most memory that each worker has held so far, in MB."""
        assert self.process is not None
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for pid in pids:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            found[int(pid)] = int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024
        return found


class Readers:
    """People who open pages one after the other; how long each waited is kept."""

    def __init__(self, web: Web, cookie: str, paths: list[str], number: int) -> None:
        self.web, self.cookie, self.paths = web, f"{settings.SESSION_COOKIE_NAME}={cookie}", paths
        self.waited: list[float] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._read, args=(n,)) for n in range(number)]

    def _read(self, number: int) -> None:
        turn = number
        while not self.stop.is_set():
            began = time.perf_counter()
            url = self.web.address + self.paths[turn % len(self.paths)]
            request = urllib.request.Request(url, headers={"Cookie": self.cookie})
            with urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()
            self.waited.append((time.perf_counter() - began) * 1000)
            turn += 1

    def __enter__(self) -> "Readers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    @property
    def p95(self) -> float:
        return sorted(self.waited)[int(0.95 * (len(self.waited) - 1))]
