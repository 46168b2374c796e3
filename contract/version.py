"""Which rules a finding was made by: the program's version and a fingerprint of their sources."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

PROGRAM = "0.1.0"
APPS = ("contract", "staffing", "hotline", "billing", "confidentiality")
# What findings follow from: law, figures, rules, and what is read for them. A test holds the list.
LAW = "law/*.py"
OF_AN_APP = (
    "**/rules.py",
    "**/rules/*.py",
    "**/checks.py",
    "**/checks/*.py",
    "**/selectors.py",
    "**/selectors/*.py",
    "terms/*.py",
    "values.py",
    "findings.py",
    "registry.py",
    "batch.py",
)


@lru_cache
def sources() -> Mapping[str, str]:
    """The fingerprint of each source file that findings follow from, by its path."""
    base = Path(settings.BASE_DIR)
    files = set(base.glob(LAW))
    files |= {path for app in APPS for pattern in OF_AN_APP for path in (base / app).glob(pattern)}
    return {path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


@lru_cache
def rules_version() -> str:
    """`0.1.0+` and twelve digits: equal for equal rules."""
    listed = "\n".join(f"{name} {digest}" for name, digest in sources().items())
    return f"{PROGRAM}+{hashlib.sha256(listed.encode()).hexdigest()[:12]}"
