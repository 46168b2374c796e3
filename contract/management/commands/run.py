"""`manage.py run`: all of it on one machine, from an empty folder to pages with a sample year."""

import errno
import fcntl
import io
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils.translation import gettext as _

from contract.acting import acting
from contract.alarms import heartbeats
from contract.keeping import start
from contract.loading import reference_signed_at
from contract.setup import first
from kit import clock
from kit.terminal.progress import progress
from kit.terminal.supervisor import Child, Supervisor

ANSWERS_WITHIN = 20.0  # seconds until the first page


class Command(BaseCommand):
    help = "Prepare the data, then serve the pages and keep the jobs running until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-worker", action="store_true", help="serve pages only, no jobs")
        parser.add_argument("--live", action="store_true", help="load no sample year and follow today's date")

    def handle(self, *args: Any, host: str, port: int, no_worker: bool, live: bool, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            require_free(host, port)
            with only_one():
                self.migrate()
                start.require_keys()
                site = f"http://{_authority(_reachable(host), port)}"
                logins = self.load(site, live=live)
                self.evaluate()
                heartbeats.expect(clock.now())  # of the processes that are begun below
                connections.close_all()
                self.serve(host, port, logins, live=live, jobs=not no_worker)
        except KeyboardInterrupt:
            self.stdout.write(_("Stopped."))

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            with progress(self.stdout, _("Preparing the database")):
                call_command("migrate", verbosity=0, interactive=False)

    def load(self, site: str, *, live: bool) -> str:
        """Load what is not loaded yet; what the sample year says of its logins."""
        if live:  # an office begins with its own contract
            settings.DEMONSTRATION_DAY = ""
            call_command("create_roles", stdout=io.StringIO())
            return self.first_page(site) if first.is_empty() or first.is_left_off() else ""
        # As part of the sample year it counts as entered on the day of its signing.
        with progress(self.stdout, _("Loading the reference contract")), acting(at=reference_signed_at()):
            call_command("seed_reference", stdout=io.StringIO())
        told = io.StringIO()
        with progress(self.stdout, _("Loading the sample year")):
            call_command("seed_sample", stdout=told)
        return told.getvalue().strip()

    def first_page(self, site: str) -> str:
        return _("Nobody can sign in yet. Open %(page)s and enter this code: %(code)s") % {
            "page": site + reverse("first-administrators"),
            "code": first.code(),
        }

    def evaluate(self) -> None:
        found = io.StringIO()
        with progress(self.stdout, _("Checking every obligation")):
            try:
                call_command("evaluate", summary=True, stdout=found, stderr=found)
            except CommandError as error:  # a wrong clock: the pages are served, and say so
                found.write(str(error))
        self.stdout.write(f"\n{found.getvalue()}\n")

    def serve(self, host: str, port: int, logins: str, *, live: bool, jobs: bool) -> None:
        env = dict(os.environ, DEMONSTRATION_DAY="live") if live else dict(os.environ)
        os.chdir(settings.BASE_DIR)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
        with Supervisor([web_server(host, port)], env, self.tell_of_death) as supervisor:
            supervisor.watch(until=answers(host, port))
            self.welcome(f"http://{_authority(_reachable(host), port)}", logins)
            if jobs:  # later than the pages: a machine with two cores shows them sooner
                supervisor.children += job_runners()
            supervisor.watch()

    def welcome(self, site: str, logins: str) -> None:
        self.stdout.write(_("Pages: %(url)s") % {"url": site + reverse("admin:index")})
        self.stdout.write(_("API:   %(url)s") % {"url": site + reverse("api-docs")})
        if logins:
            self.stdout.write(f"\n{logins}\n")
        self.stdout.write(_("Running. Ctrl-C stops everything."))
        self.stdout.flush()  # a service's log is no terminal: the code of the first page would wait in a buffer

    def tell_of_death(self, child: Child, code: int) -> None:
        self.stderr.write(
            _("%(name)s ended (exit code %(code)d); starting it again in %(seconds)d s.")
            % {"name": child.name, "code": code, "seconds": child.pause}
        )


def web_server(host: str, port: int) -> Child:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi:application",
        "--config",
        "python:config.server",
        "--preload",
        "--bind",
        _authority(host, port),
        "--graceful-timeout",
        "3",
        "--log-level",
        "warning",
    ]
    return Child(_("The web server"), command)


def job_runners() -> list[Child]:
    """The worker is one process (`solo`) and beat another: killing one leaves nothing behind.

    A message taken by a killed worker is lost; its job is made good by the next beat.
    """
    # Celery warns root at every start; who runs a trial as root has decided so.
    celery = [sys.executable, "-W", "ignore:You're running", "-m", "celery", "-q", "-A", "config"]
    quiet = ["--loglevel", "WARNING"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]  # no other workers
    schedule = str(settings.DATA_DIR / "queue" / "schedule")
    return [
        Child(_("The worker"), [*celery, "worker", "--pool", "solo", *alone, *quiet]),
        Child(_("The schedule"), [*celery, "beat", "--schedule", schedule, *quiet]),
    ]


@contextmanager
def only_one() -> Iterator[None]:
    """Two at once would prepare the same tables and share one queue."""
    with (settings.DATA_DIR / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                _("The program runs already with the data in %(folder)s. Stop it first.")
                % {"folder": settings.DATA_DIR}
            ) from None
        yield


def require_free(host: str, port: int) -> None:
    """Refuse a port at once, before minutes of preparation."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OverflowError:
        raise CommandError(_("--port must be a number from 1 to 65535.")) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                _("Port %(port)d is in use. Choose another: manage.py run --port %(other)d")
                % {"port": port, "other": port + 1}
            ) from None
        raise CommandError(
            _("Cannot listen on %(address)s: %(reason)s. See --host and --port.")
            % {"address": _authority(host, port), "reason": error.strerror}
        ) from None


def answers(host: str, port: int) -> Callable[[], bool]:
    """Whether the web server takes connections by now; after a while, no longer waited for."""
    give_up = time.monotonic() + ANSWERS_WITHIN

    def ask() -> bool:
        try:
            socket.create_connection((_reachable(host), port), timeout=1).close()
        except OSError:
            return time.monotonic() > give_up
        return True

    return ask


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
