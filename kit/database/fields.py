"""Text that is encrypted at rest, and an index that finds it without decrypting.

Keys stand in `settings.FIELD_ENCRYPTION_KEYS`: items `key-id:base64`, comma separated. The key id
names the algorithm: `sm4-…` is SM4-GCM (GB/T 32907-2016, RFC 8998; 16 bytes), every other is
AES-256-GCM (32 bytes; `aes-…` for those who want to read it). The FIRST key encrypts, ALL of them
decrypt: both algorithms may stand side by side. To rotate, put a new key in front and save every
row again. The blind index is derived from the LAST (oldest) key, with SM3 where that is an SM4 key,
else with SHA-256, so that a rotation leaves it, and with it the uniqueness of what is indexed, as
it is; the last key may be dropped only together with rebuilding every blind index.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models

SM4 = "sm4-"
NONCE_BYTES, TAG_BYTES = 12, 16
INDEX_KEY_BYTES = 32
VERSION = "v1"
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class DecryptionError(Exception):
    """A stored value cannot be read: its key is missing, or it was altered or moved."""


@dataclass(frozen=True)
class Key:
    """One key; its id says by which algorithm it seals."""

    id: str
    secret: bytes

    @property
    def is_national(self) -> bool:
        return self.id.startswith(SM4)

    @property
    def size(self) -> int:
        """How many bytes the secret must have."""
        return 16 if self.is_national else 32

    def seal(self, nonce: bytes, text: bytes, context: bytes) -> bytes:
        """The sealed text with its tag."""
        if not self.is_national:
            return AESGCM(self.secret).encrypt(nonce, text, context)
        encryptor = Cipher(algorithms.SM4(self.secret), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return encryptor.update(text) + encryptor.finalize() + encryptor.tag

    def open(self, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """The text behind `seal`. Raises InvalidTag or ValueError for anything else."""
        if not self.is_national:
            return AESGCM(self.secret).decrypt(nonce, sealed, context)
        decryptor = Cipher(algorithms.SM4(self.secret), modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(context)
        return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


@lru_cache(maxsize=8)
def parse_keys(written: str) -> Mapping[str, Key]:
    """The keys by id, in their order. Raises ImproperlyConfigured with the item at fault."""
    keys: dict[str, Key] = {}
    for position, item in enumerate(filter(None, map(str.strip, written.split(","))), start=1):
        key_id, colon, encoded = item.partition(":")
        try:
            key = Key(key_id, base64.b64decode(encoded, validate=True))
        except binascii.Error:
            key = Key(key_id, b"")
        if not colon or not _KEY_ID.fullmatch(key_id) or len(key.secret) != key.size:
            raise ImproperlyConfigured(
                f"FIELD_ENCRYPTION_KEYS, item {position}: expected key-id:base64-of-{key.size}-bytes"
            )
        if key_id in keys:
            raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: key id {key_id} stands twice")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS must hold at least one key")
    return keys


def encrypt(value: str, context: str) -> str:
    """`v1:<key id>:<base64 of nonce and sealed text>`; `context` must be given again to read it."""
    key = next(iter(parse_keys(settings.FIELD_ENCRYPTION_KEYS).values()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + key.seal(nonce, value.encode(), context.encode())
    return f"{VERSION}:{key.id}:{base64.b64encode(sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """The text behind `encrypt`. Raises DecryptionError; never returns what is stored."""
    version, _, rest = stored.partition(":")
    key_id, _, encoded = rest.partition(":")
    if version != VERSION or not encoded:
        raise DecryptionError(f"{context}: the stored value is not in the form {VERSION}:key:data")
    key = parse_keys(settings.FIELD_ENCRYPTION_KEYS).get(key_id)
    if key is None:
        raise DecryptionError(f"{context}: key {key_id!r} is not among FIELD_ENCRYPTION_KEYS")
    try:
        sealed = base64.b64decode(encoded, validate=True)
        opened = key.open(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise DecryptionError(f"{context}: the stored value was altered or moved") from error
    return opened.decode()


def blind_index(value: str, purpose: str, key: Key | None = None) -> str:
    """A keyed fingerprint (64 hex digits) that is equal for equal values of one purpose.

    It makes an encrypted column unique and searchable by its whole value. `purpose` separates
    columns, so that equal values in two of them cannot be told to be equal. `key` is given only
    while values move to another one.
    """
    *_, oldest = [key] if key is not None else parse_keys(settings.FIELD_ENCRYPTION_KEYS).values()
    if not oldest.is_national:
        return hmac.new(_index_key(oldest, purpose), value.encode(), "sha256").hexdigest()
    state = HMAC(_index_key(oldest, purpose), SM3())
    state.update(value.encode())
    return state.finalize().hex()


@lru_cache(maxsize=64)
def _index_key(key: Key, purpose: str) -> bytes:
    info = f"blind-index:{purpose}".encode()
    algorithm = SM3() if key.is_national else SHA256()
    return HKDF(algorithm=algorithm, length=INDEX_KEY_BYTES, salt=None, info=info).derive(key.secret)


class EncryptedTextField(models.TextField):
    """Text sealed in the database (AES-256-GCM or SM4-GCM, as its key says) and plain in Python.

    A stored value is bound to its table and column: copied into another one it does not open.
    It cannot be looked up (except `isnull`), sorted or indexed: keep a `blind_index` beside it.
    Renaming the model or the column needs a data migration that seals the values again.

    `index` names the column of the blind index beside it and the purpose of that; None: it has none.
    """

    def __init__(self, *args: Any, index: tuple[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.index = index

    @property
    def context(self) -> str:
        """The associated data. A history table shares that of the table it follows."""
        meta = self.model._meta
        return f"{meta.app_label}.{(meta.model_name or '').removeprefix('historical')}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return None if text is None else encrypt(text, self.context)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value, self.context)

    def get_lookup(self, lookup: str) -> Any:
        return super().get_lookup(lookup) if lookup == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None


@checks.register(checks.Tags.security)
def check_keys(app_configs: Sequence[Any] | None, **kwargs: Any) -> Iterable[checks.CheckMessage]:
    """The program does not start without well-formed keys that the installed OpenSSL can use."""
    try:
        for key in parse_keys(settings.FIELD_ENCRYPTION_KEYS).values():
            key.seal(bytes(NONCE_BYTES), b"", b"")
            blind_index("", "check")
    except ImproperlyConfigured as error:
        yield checks.Error(
            str(error),
            hint="Make one: echo k1:$(openssl rand -base64 32), or echo sm4-1:$(openssl rand -base64 16). "
            "Keep it apart from the backups.",
            id="contract.E001",
        )
    except UnsupportedAlgorithm as error:
        yield checks.Error(
            f"FIELD_ENCRYPTION_KEYS names SM4, and the installed OpenSSL has it not: {error}", id="contract.E001"
        )
