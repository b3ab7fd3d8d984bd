"""Facts of this app, past tense; sent inside the transaction that made them true."""

from django.dispatch import Signal

#: A key was revoked. `key`: the `ServiceKey`.
key_revoked = Signal()
