"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: A tournament started. `tournament`; `stage`, its first; `brackets`: the first round, lists of one
#: or two names.
bracket_created = Signal()

#: A later stage began. `tournament`; `stage`; `brackets` as above, none while it is not paired.
stage_started = Signal()

#: A round of a table was paired and shown. `tournament`; `round`; `pairings`, in order.
round_published = Signal()

#: The last round of a Swiss was withdrawn, to be paired again. `tournament`; `round`, as it was.
round_withdrawn = Signal()

#: A pairing was decided. `tournament`; `pairings`: those that changed, the decided one first.
pairing_decided = Signal()

#: A result was reopened. `tournament`; `pairings`: those that changed, the reopened one first;
#: `rebuilt`: whether later stages were taken down with it.
pairing_reopened = Signal()

#: How an open pairing stands was said. `tournament`; `pairing`.
pairing_scored = Signal()

#: A tournament was finished or cancelled. `tournament`; `winner`: an `Entrant` or None.
tournament_closed = Signal()

#: A finished tournament runs again, because a result was reopened. `tournament`.
tournament_reopened = Signal()

#: Somebody's entry changed before or during the day. `tournament`, `entrant` (with its name, even
#: when the row is gone), `change`: an `EntryChange`.
entry_changed = Signal()

#: Many entries changed at once, or their order did. `tournament`.
list_changed = Signal()

#: Registration or check-in opened or closed. `tournament`, in its new state.
day_moved = Signal()

#: Pairings were given a station, or lost it. `tournament`; `pairings`.
stations_changed = Signal()

#: Both sides of these matches are known, so that they can be played. `tournament`; `matches`, with
#: the entrants of each: a list of pairs.
matches_created = Signal()
