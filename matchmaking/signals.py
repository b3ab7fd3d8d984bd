"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: Matches were made by a pool. `matches`: list of `services.queue.Made`, in order.
match_made = Signal()

#: A match ended. `match`: the `Match`, its seats prefetched.
match_closed = Signal()

#: A match is about to end or to be reopened. `match_id`. Whoever keeps it locks, first, what it
#: belongs to, so that all lock in one order: the tournament before its matches.
match_touched = Signal()

#: A finished match is open again. `match`: the `Match`, its seats prefetched; `before`: the
#: `results.Result` that was taken back.
match_reopened = Signal()

#: How a match stands was said, before its result. `match`: the `Match`.
match_scored = Signal()

#: Players want to report a bracket match. `match`; `player_id`. A receiver that knows the match
#: says True when its players may, or raises a `Refusal` that says why not; else they may not.
report_asked = Signal()

#: Somebody looks at a bracket match, and wants the way back to where it belongs. `match`. A
#: receiver that knows the match answers with a `match_place.MatchPlace`.
match_place_asked = Signal()

#: One side said how a match ended. `report`: the `Report`; `match`: its seats prefetched.
result_reported = Signal()

#: The other side disagrees, and the organiser has to decide. `report`, `match` as above.
result_disputed = Signal()

#: Tickets stand differently: proposed, answered, back in the queue, or ended without a match.
#: `ticket_ids`.
tickets_changed = Signal()
