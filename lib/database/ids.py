"""Ids of rows that are made often: UUIDs that begin with the time."""

import os
import time
from uuid import UUID

_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)
_RANDOM_BITS = (1 << 62) - 1


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): what is made later is greater.

    So new rows stand together at the end of an index, where random ones would each change a page
    of their own. Behind the milliseconds stands the fraction of one, in 12 bits (section 6.2,
    method 3), then 62 bits of chance. Whoever sees an id can tell when it was made.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    return UUID(int=milliseconds << 80 | fraction << 64 | _VERSION_AND_VARIANT | chance)
