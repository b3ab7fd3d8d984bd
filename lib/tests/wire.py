"""Whether what goes over the wire is what its types say."""

from contextlib import suppress
from types import UnionType
from typing import Any

import msgspec


def fits(value: object, kind: Any) -> bool:
    """Whether a JSON value is of that type: every field there, of its type, and no other."""
    if isinstance(kind, UnionType):
        return any(fits(value, one) for one in kind.__args__)
    with suppress(msgspec.ValidationError, ValueError):
        read = msgspec.convert(value, kind, dec_hook=lambda choices, text: choices(text))
        return bool(msgspec.to_builtins(read) == value)
    return False
