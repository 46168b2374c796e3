"""Those of the tests, on the day that the bench says."""

import os

from config.settings.test import *  # noqa: F403

DEMONSTRATION_DAY = os.environ.get("BENCH_DAY", "")
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405
