"""Where documents lie: a folder, or one bucket of an S3-compatible store (extra `s3`)."""

import os
from typing import Any


def documents_store() -> dict[str, Any]:
    """The entry of `STORAGES`, by S3_BUCKET and S3_ENDPOINT_URL; boto3 reads the secrets itself."""
    bucket = os.environ.get("S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "kit.files.storage.DocumentStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
        "file_overwrite": False,
        "default_acl": None,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
