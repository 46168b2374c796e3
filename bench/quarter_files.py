"""Five quarterly payment files asked for at once: `python -m bench.quarter_files`.

Prints the peak of resident memory and fails where it passes the bound, where more were made at once
than there are slots, or where a file did not become ready.
"""

import os
import resource
import sys
import tempfile
import threading
import time

import django

FILES = 5
BOUND_MB = 1500
"""For one process in which the slots work as threads: program, fonts and two files at a time."""


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from billing import services
    from billing.models import QuarterFile
    from billing.states import FileStatus
    from kit import clock
    from tests.billing.files import Quarter

    settings.DEMONSTRATION_DAY = "2025-01-20"
    call_command("migrate", verbosity=0)
    for number in range(FILES):
        Quarter(disputed=True, name=f"bench{number}").ask()
    before, began = peak_mb(), time.perf_counter()
    at_once: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            at_once.append(QuarterFile.objects.filter(status=FileStatus.RUNNING).count())
        connection.close()

    def work() -> None:
        while QuarterFile.objects.filter(status=FileStatus.QUEUED).exists():
            if not services.make_waiting_files(clock.now):
                time.sleep(0.5)
        connection.close()

    watcher = threading.Thread(target=watch)
    workers = [threading.Thread(target=work) for _ in range(FILES)]
    for thread in (watcher, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    watcher.join()
    ready = QuarterFile.objects.filter(status=FileStatus.READY).count()
    most, peak = max(at_once, default=0), peak_mb()
    print(f"ready {ready} of {FILES} in {time.perf_counter() - began:.0f} s, at most {most} at once")
    print(f"peak {peak:.0f} MB (before: {before:.0f} MB), bound {BOUND_MB} MB")
    return int(ready < FILES or most > settings.QUARTER_FILES_AT_ONCE or peak > BOUND_MB)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{tempfile.mkdtemp()}/bench.sqlite3")
    django.setup()
    sys.exit(main())
