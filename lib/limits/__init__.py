"""How much of one thing in how little time, and how many at a time: here and in all processes.

Each process counts for itself, in memory, so that nothing on a hot path waits. Where there is a
Redis, `Exchange` passes on several times a second what each has let through, and `Guess` asks it
before each guess at a secret.
"""

from .buckets import AddressBuckets, Bucket, Buckets
from .exchange import Exchange
from .guesses import Guess
from .open_counts import OpenCounts
from .paces import (
    codes_by_address,
    codes_by_holder,
    mails_by_address,
    mails_to,
    making_by_address,
    making_by_player,
    newcomers,
    passwords_by_address,
    passwords_by_name,
    passwords_by_name_there,
)
