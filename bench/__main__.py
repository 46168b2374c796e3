"""Ratios that must hold, measured side by side in one run: `make bench`.

Absolute times depend on the machine; a ratio tells whether work grows as it should. Each line
names what is compared, the measured ratio and the bound; a broken bound ends with exit code 1.
"""

import os
import sys
import tempfile

import django


def run() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{tempfile.mkdtemp()}/bench.sqlite3")
    django.setup()
    from bench.ratios import main  # models are there only after the setup

    return main()


if __name__ == "__main__":
    sys.exit(run())
