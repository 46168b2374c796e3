"""Servers that belong to a test: a Redis and a PostgreSQL to be stopped, flushed, killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import redis

# On a machine busy with other tests a minute more is no fault.
LIMIT = 240.0
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def eventually(condition: Callable[[], Any], what: str, seconds: float = LIMIT) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Redis:
    """In memory only, so that a stop is a loss of all messages."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        eventually(self.answers, "Redis answers")

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    @property
    def client(self) -> Any:
        return redis.Redis(port=self.port)

    def freeze(self) -> None:
        """It takes connections and answers nothing, like a host that hangs."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()  # a frozen one too
            self.process.wait(10)
            self.process = None


class Cluster:
    """A PostgreSQL without fsync: a kill loses nothing of it, as the machine goes on."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder / "cluster"
        self.settings = {"HOST": "127.0.0.1", "PORT": str(self.port), "USER": "postgres", "PASSWORD": "none"}

    def run(self, program: str, *arguments: str) -> None:
        command = [str(PROGRAMS[-1] / program), *arguments]
        if os.geteuid() == 0:  # the server refuses root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=LIMIT)

    def make(self) -> None:
        self.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as a power cut would: what was not committed is gone."""
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", "immediate", "stop")

    def fill(self, name: str, content: bytes) -> None:
        """A new database, with what `dumped` gave."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        url = f"postgres://postgres@127.0.0.1:{self.port}/{name}"
        psql = [str(PROGRAMS[-1] / "psql"), "-q", "-v", "ON_ERROR_STOP=1", url]
        subprocess.run(psql, input=content, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)

    def connected(self, name: str) -> Any:
        """A connection past Django, to a database of this cluster."""
        return psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=name)

    def someone_waits(self) -> bool:
        """Whether a statement waits for a lock that somebody else holds."""
        return self.waiting() > 0

    def waiting(self) -> int:
        """How many statements do."""
        with closing(self.connected("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            return int(cursor.fetchone()[0])


def dumped(name: str, server: Mapping[str, Any]) -> bytes:
    """The content of a database as SQL; empty where the server has none of this name, or is not there."""
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format_map(server)
    done = subprocess.run([str(PROGRAMS[-1] / "pg_dump"), "--no-owner", url + name], capture_output=True, timeout=LIMIT)
    return b"" if done.returncode else done.stdout
