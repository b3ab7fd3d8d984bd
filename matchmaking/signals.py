"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: Matches were made by a pool. `matches`: list of `services.queue.joins.NewMatch`, in order.
match_made = Signal()

#: A match ended. `match`: the `Match`, its seats prefetched.
match_closed = Signal()

#: A finished match is open again. `match`: the `Match`, its seats prefetched; `before`: the
#: `results.Result` that was reopened.
match_reopened = Signal()

#: One side reported a result. `report`: the `Report`; `match`: its seats prefetched.
result_reported = Signal()

#: The other side disputed the report; the organiser has to decide. `report`, `match` as above.
result_disputed = Signal()

#: Tickets changed: proposed, answered, back in the queue, or ended without a match.
#: `ticket_ids`.
tickets_changed = Signal()

#: Where a match is played was set, or changed. `match`: the `Match`.
match_allocated = Signal()

#: The play of a match began. `match`: the `Match`.
match_started = Signal()

#: The score of a match that is being played changed. `match`: the `Match`.
match_scored = Signal()

#: A player left a match that goes on. `match`: the `Match`; `seat`: the `Seat`.
player_left = Signal()

#: Somebody took a place that had become free in a match. `match`: the `Match`; `seat`: the new
#: `Seat`.
place_filled = Signal()
