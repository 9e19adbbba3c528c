"""Sealing and checking on plain values: AES-256-GCM per field, HMAC over canonical JSON.

Keys come from settings as `id:key`, newest first; each use derives its own key by HKDF (RFC 5869), so that a key
given to one purpose says nothing about another. Sealed bytes are `len(id) id nonce(12) ciphertext+tag`.
"""

import hashlib
import hmac
import json
import os
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotUnseal(Exception):
    """The text was altered, moved to another row, or sealed under a key that this server does not have."""


@lru_cache(maxsize=256)
def derived_key(key: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())


@lru_cache(maxsize=64)
def cipher(key: str) -> AESGCM:
    """The AES-GCM cipher of one key of the ring."""
    return AESGCM(derived_key(key, "tandem field"))


def seal(text: str, *, about: str) -> bytes:
    """The text under the newest key, bound to `about` (model, row and field): it opens nowhere else."""
    return seal_bytes(text.encode(), about=about)


def seal_bytes(content: bytes, *, about: str) -> bytes:
    """The same for what is no text, a picture for instance."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(12)
    head = bytes([len(key_id)]) + key_id.encode()
    return head + nonce + cipher(key).encrypt(nonce, content, about.encode())


def unseal(sealed: bytes | memoryview, *, about: str) -> str:
    """The text again; raises CannotUnseal."""
    try:
        return unseal_bytes(sealed, about=about).decode()
    except UnicodeDecodeError as error:
        raise CannotUnseal("This was not sealed as a text.") from error


def unseal_bytes(sealed: bytes | memoryview, *, about: str) -> bytes:
    """What `seal_bytes` was given; raises CannotUnseal."""
    sealed = bytes(sealed)
    if not sealed:
        raise CannotUnseal("Nothing was sealed here.")
    end = 1 + sealed[0]
    key = settings.FIELD_KEYS.get(sealed[1:end].decode(errors="replace"))
    if key is None:
        raise CannotUnseal("The key of this text is not in FIELD_KEYS.")
    try:
        return cipher(key).decrypt(sealed[end : end + 12], sealed[end + 12 :], about.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("This text was altered or belongs to another row.") from error


def plain(value: Any) -> Any:
    """A value as canonical JSON holds it: no floats, UTC microseconds, UUIDs as text; raises TypeError."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8 (lone surrogates are escaped, never lost)."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def mac(body: Any, *, key: str, purpose: str) -> str:
    """Hex HMAC-SHA256 over the canonical JSON."""
    return hmac.new(derived_key(key, purpose), canonical(body), hashlib.sha256).hexdigest()


def body_mac(body: dict[str, Any]) -> str:
    """`key id:hex` over what a person sent, to tell a repeated key from a reused one without keeping the text."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    return f"{key_id}:{mac(body, key=key, purpose='tandem body')}"


def same_body(kept: str, body: dict[str, Any]) -> bool:
    """Whether `kept` was made of this body, under whichever key of the ring."""
    key_id, _, digest = kept.partition(":")
    key = settings.FIELD_KEYS.get(key_id)
    return key is not None and hmac.compare_digest(digest, mac(body, key=key, purpose="tandem body"))
