"""Backups, and where documents lie: a folder, or one bucket of an S3-compatible store (extra `s3`)."""

import os
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Where the nightly job puts backups (empty: it makes none), how many it keeps, and the key (base64 of
# 32 bytes) that encrypts them. The key of a backup is kept apart from it.
BACKUP_FOLDER = os.environ.get("BACKUP_FOLDER", "")
BACKUPS_KEPT = int(os.environ.get("BACKUPS_KEPT") or 14)
BACKUP_KEY = os.environ.get("BACKUP_KEY", "")
# How long papers of a procurement (15 at least) and logs (6 at least) are kept before `retention` names them.
PAPERS_KEPT_YEARS = int(os.environ.get("PAPERS_KEPT_YEARS") or 15)
LOGS_KEPT_MONTHS = int(os.environ.get("LOGS_KEPT_MONTHS") or 12)


def documents_store() -> dict[str, Any]:
    """The entry of `STORAGES`, by S3_BUCKET and S3_ENDPOINT_URL; boto3 reads the secrets itself.

    Raises ImproperlyConfigured where a bucket is named and the packages for it are not there.
    """
    bucket = os.environ.get("S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "kit.files.storage.DocumentStorage"}
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("S3_BUCKET needs one package more: python -m pip install 'django-storages[s3]'")
    options = {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
        "file_overwrite": False,
        "default_acl": None,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
