"""Text that is encrypted at rest, and an index that finds it without decrypting.

Keys stand in `settings.FIELD_ENCRYPTION_KEYS`: items `key-id:base64-of-32-bytes`, comma separated.
The FIRST key encrypts, ALL of them decrypt. To rotate, put a new key in front and save every row
again. The blind index is derived from the LAST (oldest) key, so that a rotation leaves it, and
with it the uniqueness of what is indexed, as it is; the last key may be dropped only together with
rebuilding every blind index.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1"
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class DecryptionError(Exception):
    """A stored value cannot be read: its key is missing, or it was altered or moved."""


@lru_cache(maxsize=8)
def parse_keys(written: str) -> Mapping[str, bytes]:
    """The keys by id, in their order. Raises ImproperlyConfigured with the item at fault."""
    keys: dict[str, bytes] = {}
    for position, item in enumerate(filter(None, map(str.strip, written.split(","))), start=1):
        key_id, colon, encoded = item.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not colon or not _KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS, item {position}: expected key-id:base64-of-32-bytes")
        if key_id in keys:
            raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: key id {key_id} stands twice")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS must hold at least one key")
    return keys


def encrypt(value: str, context: str) -> str:
    """`v1:<key id>:<base64 of nonce and sealed text>`; `context` must be given again to read it."""
    key_id, key = next(iter(parse_keys(settings.FIELD_ENCRYPTION_KEYS).items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, value.encode(), context.encode())
    return f"{VERSION}:{key_id}:{base64.b64encode(sealed).decode()}"


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
        opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise DecryptionError(f"{context}: the stored value was altered or moved") from error
    return opened.decode()


def blind_index(value: str, purpose: str) -> str:
    """A keyed fingerprint (64 hex digits) that is equal for equal values of one purpose.

    It makes an encrypted column unique and searchable by its whole value. `purpose` separates
    columns, so that equal values in two of them cannot be told to be equal.
    """
    *_, oldest = parse_keys(settings.FIELD_ENCRYPTION_KEYS).values()
    return hmac.new(_index_key(oldest, purpose), value.encode(), "sha256").hexdigest()


@lru_cache(maxsize=64)
def _index_key(key: bytes, purpose: str) -> bytes:
    info = f"blind-index:{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


class EncryptedTextField(models.TextField):
    """Text sealed with AES-256-GCM in the database and plain in Python.

    A stored value is bound to its table and column: copied into another one it does not open.
    It cannot be looked up (except `isnull`), sorted or indexed: keep a `blind_index` beside it.
    Renaming the model or the column needs a data migration that seals the values again.
    """

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
    """The program does not start without well-formed keys."""
    try:
        parse_keys(settings.FIELD_ENCRYPTION_KEYS)
    except ImproperlyConfigured as error:
        yield checks.Error(
            str(error),
            hint="Make one: echo k1:$(openssl rand -base64 32). Keep it apart from the backups.",
            id="contract.E001",
        )
