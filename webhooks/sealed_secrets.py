"""Secrets of endpoints: made here, and kept so that the database alone does not show them.

They cannot be hashed, since each message is signed with them. A copy of the database, such as a
backup, does not open them: that takes the site's `SECRET_KEY`.
"""

import base64
import secrets

from lib import tokens

_PREFIX = "whsec_"
_SECRET_BYTES = 32


class SecretLost(Exception):
    """A secret cannot be read: the site's `SECRET_KEY` is another one than when it was made."""


def new_secret() -> str:
    """A secret as the Standard Webhooks specification writes them."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    """A secret as it is stored; each time another text."""
    nonce = secrets.token_hex(16)
    return f"{nonce}:{tokens.seal(secret, key=nonce, record='webhook')}"


def unseal(sealed: str) -> str:
    """A stored secret; raises `SecretLost`."""
    nonce, _, hidden = sealed.partition(":")
    try:
        secret = tokens.unseal(hidden, key=nonce, record="webhook")
    except ValueError as error:
        raise SecretLost from error
    if not secret.startswith(_PREFIX):
        raise SecretLost
    return secret
