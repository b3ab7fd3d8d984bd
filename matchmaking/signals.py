"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: Matches were made by a pool. `matches`: list of `services.queue.Made`, in order.
match_made = Signal()

#: A match ended. `match`: the `Match`, its seats prefetched.
match_closed = Signal()
