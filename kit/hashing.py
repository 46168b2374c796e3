"""Fingerprints by the international algorithm or the national one (国密), whichever a setting names."""

from collections.abc import Callable
from typing import NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash, HashAlgorithm
from django.core.exceptions import ImproperlyConfigured

SHA_256, SM_3 = "sha256", "sm3"
ALGORITHMS: dict[str, Callable[[], HashAlgorithm]] = {SHA_256: SHA256, SM_3: SM3}
NAMES = {SHA_256: "SHA-256", SM_3: "SM3"}
"""As documents write them: FIPS 180-4, GM/T 0004-2012 (GB/T 32905-2016)."""


def hexdigest(algorithm: str, content: bytes) -> str:
    """64 hex digits. Raises ImproperlyConfigured where the algorithm is unknown or OpenSSL has it not."""
    if algorithm not in ALGORITHMS:
        _refuse(algorithm)
    try:
        state = Hash(ALGORITHMS[algorithm]())
    except UnsupportedAlgorithm as error:
        raise ImproperlyConfigured(f"the installed OpenSSL has no {NAMES[algorithm]}") from error
    state.update(content)
    return state.finalize().hex()


def _refuse(algorithm: str) -> NoReturn:
    raise ImproperlyConfigured(f"unknown hash {algorithm!r}: expected one of {', '.join(ALGORITHMS)}")
