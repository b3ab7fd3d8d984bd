"""Whether what goes over the wire is what its types say."""

from contextlib import suppress
from typing import Any

import msgspec


def fits(value: object, *kinds: Any) -> bool:
    """Whether a JSON value is one of these types: every field there, of its type, and no other."""
    for kind in kinds:
        with suppress(msgspec.ValidationError, ValueError):
            read = msgspec.convert(value, kind, dec_hook=lambda choices, text: choices(text))
            if msgspec.to_builtins(read) == value:
                return True
    return False
