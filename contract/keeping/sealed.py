"""Files encrypted for a backup: in pieces, so that memory does not grow, and none can be cut off.

Layout: MAGIC, 8 random bytes, then pieces of at most PIECE bytes sealed with AES-256-GCM. A nonce is
the random bytes and the number of the piece; the associated data says whether it is the last one.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"HOTLINE-BACKUP-1"
PIECE = 1024**2
TAG = 16
RANDOM = 8


class NotReadable(Exception):
    """The file is not what was written: another key, cut off, or altered."""


def key_of(written: str) -> bytes:
    """32 bytes from their base64. Raises ValueError."""
    try:
        key = base64.b64decode(written.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ValueError("32 bytes in base64 are expected")
    return key


def seal(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """What to write for these chunks."""
    cipher, random = AESGCM(key), os.urandom(RANDOM)
    yield MAGIC + random
    held, number = b"", 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE:
            yield cipher.encrypt(_nonce(random, number), held[:PIECE], b"more")
            held, number = held[PIECE:], number + 1
    yield cipher.encrypt(_nonce(random, number), held, b"last")


def opened(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    """The chunks behind `seal`. Raises NotReadable, at the latest before the last one is given."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotReadable
    cipher, random, number = AESGCM(key), file.read(RANDOM), 0
    piece = file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(random, number), piece, b"more" if following else b"last")
        except (InvalidTag, ValueError) as error:
            raise NotReadable from error
        if not following:
            return
        piece, number = following, number + 1


def _nonce(random: bytes, number: int) -> bytes:
    return random + number.to_bytes(4, "big")
