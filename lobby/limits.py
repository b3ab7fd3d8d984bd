"""How much one player, and one address, may say in the chat."""

from lib.limits import AddressBuckets, Buckets

#: Chat lines of one player over all sockets, or of all at one address who have no name.
chat_by_speaker = Buckets(name="chat_by_speaker", burst=8, per_second=1)
#: Chat lines of one address, over all who have no account: anybody can be many guests.
chat_by_guests = AddressBuckets(name="chat_by_guests", burst=20, per_second=2)
#: Chat lines of one address, over all its players.
chat_by_address = AddressBuckets(name="chat_by_address", burst=40, per_second=5)
