"""Whether this machine can print Chinese at all: the PDF library, and a font."""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.core.checks import CheckMessage, Warning

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
INSTALL = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk"


@lru_cache(maxsize=1)
def installed_families() -> frozenset[str] | None:
    """The font families that fontconfig knows; None where it cannot be asked."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        answer = subprocess.run([program, ":", "family"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return frozenset(name.strip() for line in answer.stdout.splitlines() for name in line.split(","))


def missing_library() -> str:
    """The shared library that WeasyPrint needs and this machine lacks; empty where none is.

    Loaded by name, because importing WeasyPrint takes a second at every start.
    """
    for name in LIBRARIES if sys.platform == "linux" else ():
        try:
            ctypes.CDLL(name)
        except OSError:
            return name
    return ""


def can_print_chinese(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Django system check: without a Chinese font a PDF has boxes and no error says so."""
    warnings: list[CheckMessage] = []
    families = installed_families()
    if families is not None and not families & set(FAMILIES):
        warnings.append(
            Warning("No Chinese font is installed: documents cannot be made.", hint=INSTALL, id="contract.W001")
        )
    if library := missing_library():
        warnings.append(Warning(f"{library} is missing: documents cannot be made.", hint=INSTALL, id="contract.W002"))
    return warnings
