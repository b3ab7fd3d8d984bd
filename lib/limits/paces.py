"""How much of what: the limits that several apps count."""

from .buckets import AddressBuckets, Buckets

#: Guests and accounts made from one address; a game's backend may queue a crowd at once.
newcomers = AddressBuckets(name="newcomers", burst=600, per_second=30)
#: Tournaments that are made, by the number of their entrants: ten of 1,024 at once.
making_by_address = AddressBuckets(name="making_by_address", burst=10_240, per_second=30)
making_by_player = Buckets(name="making_by_player", burst=10_240, per_second=30)
#: Wrong passwords: for one name from one address or from one device that knows the account, for
#: anybody from one address, and for one name from everywhere. A stranger cannot use up the last.
passwords_by_name_there = Buckets(name="passwords_by_name_there", burst=8, per_second=0.05)
passwords_by_address = AddressBuckets(name="passwords_by_address", burst=60, per_second=0.2)
passwords_by_name = Buckets(name="passwords_by_name", burst=200, per_second=1)
#: Wrong codes of parties and of tournaments from one address, and for one of them from everywhere.
# A right one counts while it is looked at, and a hall of players may all enter at the same moment.
codes_by_address = AddressBuckets(name="codes_by_address", burst=100, per_second=0.05)
codes_by_holder = Buckets(name="codes_by_holder", burst=200, per_second=0.5)
#: Mails that are asked for: from one address of the network, and to one address of mail.
mails_by_address = AddressBuckets(name="mails_by_address", burst=20, per_second=0.02)
mails_to = Buckets(name="mails_to", burst=4, per_second=0.002)
