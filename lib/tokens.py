"""Bearer tokens: 256 random bits, shown once; the database keeps their SHA-256 only."""

import hashlib
import hmac
import secrets

from django.conf import settings

TOKEN_BYTES = 32


def new_token() -> str:
    """A fresh token, 43 characters of URL-safe base64."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored and looked up: the token's SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(token: str, *, key: str, record: str) -> str:
    """Hide a token behind a client's idempotency key, so that a retry gets it again.

    The database alone does not open it: that takes the key, which only the client has, and the
    site's secret. `record` is unique, so that no two tokens are hidden alike.
    """
    return _xor(token.encode(), key, record).hex()


def unseal(sealed: str, *, key: str, record: str) -> str:
    """Open what `seal` closed with the same key and record."""
    return _xor(bytes.fromhex(sealed), key, record).decode()


def _xor(text: bytes, key: str, record: str) -> bytes:
    message = f"idempotency:{record}:{key}".encode()
    pad = hmac.digest(settings.SECRET_KEY.encode(), message, "sha512")
    return bytes(a ^ b for a, b in zip(text, pad, strict=False))
