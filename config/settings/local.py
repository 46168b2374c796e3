"""One machine, no server to install: SQLite, files for a queue, keys made on first use."""

import base64
import os
import secrets
from pathlib import Path

from .base import *  # noqa: F403
from .base import DATA_DIR, EMAIL_HOST

DATA_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(name: str, make: str) -> str:
    """A secret made once and kept beside the data, readable by its owner only."""
    path = Path(DATA_DIR) / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(make)
    return make


SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret("secret-key", secrets.token_urlsafe(50))
FIELD_ENCRYPTION_KEYS = os.environ.get("FIELD_ENCRYPTION_KEYS") or kept_secret(
    "field-keys", "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"] + [
    name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()
]
WHITENOISE_USE_FINDERS = True

# The sample year ends on a fixed day; seed_sample leaves it here, `run --live` ignores it.
_day_file = Path(DATA_DIR) / "demonstration-day"
DEMONSTRATION_DAY = os.environ.get("DEMONSTRATION_DAY") or (_day_file.read_text().strip() if _day_file.exists() else "")
if DEMONSTRATION_DAY == "live":
    DEMONSTRATION_DAY = ""
SAMPLE_DATA_ALLOWED = True

# A mail server only where one is named, and never with the sample year: then mail is files, and
# no webhook leaves.
if EMAIL_HOST and not DEMONSTRATION_DAY:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if DEMONSTRATION_DAY:
    WEBHOOK_ALLOWED = ""
