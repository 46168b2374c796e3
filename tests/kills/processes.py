"""The program's own processes, on the tests' database: begun as in service, killed by a test."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contract.management.commands.run import job_runners, web_server
from contract.models import Heartbeat
from tests.servers import PROGRAMS, Redis, eventually, free_port

MARKS = [
    pytest.mark.kills,
    pytest.mark.skipif(
        not (connection.vendor == "postgresql" and PROGRAMS and shutil.which("redis-server")),
        reason="needs DATABASE_URL (any of PostgreSQL: the server is their own), postgresql and redis-server",
    ),
]

# As the containers start it, and as `manage.py run` does.
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "config"]
CONTAINERS = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING"]
SHAPES = {"containers": CONTAINERS, "run": list(job_runners()[0].command)}


class Program:
    """A program of ours, in a process group of its own. It is begun when a test wants it and it does not live."""

    def __init__(self, command: list[str], broker: Redis, log: Path, sign: str = "worker", **variables: str) -> None:
        self.command, self.broker, self.log, self.sign, self.variables = command, broker, log, sign, variables
        self.process: Any = None

    @property
    def env(self) -> dict[str, str]:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(connection.settings_dict)
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return env | {
            **self.variables,
            "DATABASE_URL": url,
            "REDIS_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if self.lives:
            return
        began = timezone.now()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True, stdout=log, stderr=log)
        eventually(lambda: self.is_ready(began), f"{self.command} is ready")

    def is_ready(self, began: Any) -> bool:
        """It has left its sign of life."""
        return Heartbeat.objects.filter(name=self.sign, at__gte=began).exists()

    def kill(self) -> None:
        """The parent and its children, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def kill_children(self) -> None:
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)

    def kill_parent(self) -> None:
        """Alone: its children are left behind."""
        os.kill(self.process.pid, signal.SIGKILL)

    def children(self) -> list[int]:
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]


class Web(Program):
    """The web server, as `manage.py run` and the containers start it."""

    def __init__(self, broker: Redis, log: Path) -> None:
        self.port = free_port()
        super().__init__(list(web_server("127.0.0.1", self.port).command), broker, log)

    def is_ready(self, began: Any) -> bool:
        """It answers: that its port is taken says nothing, a killed child may hold it a moment longer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
