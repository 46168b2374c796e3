"""`manage.py run`: all of it on one machine, from an empty folder to pages with a sample year."""

import errno
import io
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils.translation import gettext as _

from contract.progress import progress
from contract.supervisor import Child, Supervisor

ANSWERS_WITHIN = 20.0  # seconds until the first page


class Command(BaseCommand):
    help = "Prepare the data, then serve the pages and keep the jobs running until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-worker", action="store_true", help="serve pages only, no jobs")
        parser.add_argument(
            "--live", action="store_true", help="load no sample year and follow today's date"
        )

    def handle(
        self, *args: Any, host: str, port: int, no_worker: bool, live: bool, **options: Any
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            require_free(host, port)
            self.migrate()
            logins = self.load(live=live)
            self.evaluate()
            connections.close_all()
            self.serve(host, port, logins, live=live, jobs=not no_worker)
        except KeyboardInterrupt:
            self.stdout.write(_("Stopped."))

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            with progress(self.stdout, _("Preparing the database")):
                call_command("migrate", verbosity=0, interactive=False)

    def load(self, *, live: bool) -> str:
        """Load what is not loaded yet; what the sample year says of its logins."""
        with progress(self.stdout, _("Loading the reference contract")):
            call_command("seed_reference", stdout=io.StringIO())
        if live:
            settings.DEMONSTRATION_DAY = ""
            return ""
        told = io.StringIO()
        with progress(self.stdout, _("Loading the sample year")):
            call_command("seed_sample", stdout=told)
        return told.getvalue().strip()

    def evaluate(self) -> None:
        found = io.StringIO()
        with progress(self.stdout, _("Checking every obligation")):
            call_command("evaluate", summary=True, stdout=found)
        self.stdout.write(f"\n{found.getvalue()}")

    def serve(self, host: str, port: int, logins: str, *, live: bool, jobs: bool) -> None:
        env = dict(os.environ, DEMONSTRATION_DAY="live") if live else dict(os.environ)
        os.chdir(settings.BASE_DIR)
        with Supervisor(children(host, port, jobs=jobs), env, self.tell_of_death) as supervisor:
            supervisor.watch(until=answers(host, port))
            self.stdout.write("\n".join(filter(None, ["", *self.welcome(host, port), logins, ""])))
            self.stdout.write(_("Running. Ctrl-C stops everything."))
            supervisor.watch()

    def welcome(self, host: str, port: int) -> list[str]:
        site = f"http://{_authority(_reachable(host), port)}"
        return [
            _("Pages: %(url)s") % {"url": site + reverse("admin:index")},
            _("API:   %(url)s") % {"url": site + reverse("api-docs")},
        ]

    def tell_of_death(self, child: Child, code: int) -> None:
        self.stderr.write(
            _("%(name)s ended (exit code %(code)d); starting it again in %(seconds)d s.")
            % {"name": child.name, "code": code, "seconds": child.pause}
        )


def children(host: str, port: int, *, jobs: bool) -> list[Child]:
    """The programs to keep alive.

    The worker is one process (`solo`) and beat another: nothing is left behind when one of them
    is killed. A message taken by a killed worker is lost; its job is made good by the next beat.
    """
    web = [
        "gunicorn", "config.wsgi:application", "--bind", _authority(host, port),
        "--worker-class", "gthread", "--workers", "2", "--threads", "4",
        "--graceful-timeout", "3", "--log-level", "warning",
    ]  # fmt: skip
    celery = ["celery", "--quiet", "--app", "config"]
    worker = [*celery, "worker", "--pool", "solo", "--loglevel", "WARNING"]
    beat = [
        *celery, "beat", "--loglevel", "WARNING",
        "--schedule", str(settings.DATA_DIR / "queue" / "schedule"),
    ]  # fmt: skip
    programs = {_("The web server"): web}
    if jobs:
        programs |= {_("The worker"): worker, _("The schedule"): beat}
    return [Child(name, [sys.executable, "-m", *command]) for name, command in programs.items()]


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
