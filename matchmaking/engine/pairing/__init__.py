"""The pairing of a pool: values in, values out."""

from .backfill import Filled, Place, fill_places
from .explanations import Explanation, Explanations, Reason, sentence
from .order import pair_in_order
from .pool import match_at_once, pair_pool
from .values import Match, Member, PairingError, Rules, Ticket
from .wants import Attribute, By, Kind
