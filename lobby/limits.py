"""How much one player, and one address, may say in the chat."""

from lib.limits import AddressBuckets, Buckets

#: Chat lines of one player, over all sockets.
chat_by_player = Buckets(burst=8, per_second=1)
#: Chat lines of one address, over all its players.
chat_by_address = AddressBuckets(burst=40, per_second=5)
