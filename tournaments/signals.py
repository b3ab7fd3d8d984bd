"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: A tournament started. `tournament`; `brackets`: first round, lists of one or two names.
bracket_created = Signal()

#: A pairing was decided. `tournament`; `pairings`: those that changed, the decided one first.
pairing_decided = Signal()

#: A tournament was finished or cancelled. `tournament`; `winner`: an `Entrant` or None.
tournament_closed = Signal()
