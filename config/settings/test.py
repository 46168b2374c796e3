"""Tests: the same code on SQLite, or on PostgreSQL and Redis where the URLs are given."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

from .base import *  # noqa: F403
from .base import REDIS_URL, REST_FRAMEWORK, database

# Each process has a folder of its own (as pytest-xdist has several) and takes it away at its end.
_folder = tempfile.TemporaryDirectory(prefix="hotline-test-", ignore_cleanup_errors=True)
DATA_DIR = Path(_folder.name)
MEDIA_ROOT = DATA_DIR / "documents"
DATABASES = {"default": database(f"sqlite:///{DATA_DIR / 'test.sqlite3'}")}
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # A file, not memory: only there several writers behave as in service.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test-run.sqlite3"}
# Of pytest's processes each has a database of its own (pytest-django's doing), and one in Redis.
if REDIS_URL and (process := os.environ.get("PYTEST_XDIST_WORKER")):
    server, _slash, number = REDIS_URL.rpartition("/")
    CELERY_BROKER_URL = REDIS_URL = f"{server}/{(int(number) + int(process.removeprefix('gw'))) % 16}"
SECRET_KEY = "only-for-tests-" + "x" * 40
FIELD_ENCRYPTION_KEYS = "t1:" + "dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="
DEBUG = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # looked for when asked for: no client reads all of them
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"login": None, "writes": None}
SAMPLE_DATA_ALLOWED = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Nothing runs beside the tests: those about silence set these.
SILENT_AFTER = timedelta(days=100 * 365)
DISK_FREE_MIN_MB = 0
