"""A client of Matchpoint: queues, matches, tournaments and streams; and game servers."""

from .client import Client
from .errors import MatchpointError
from .feed import Feed
from .game_server import GameServer
from .queueing import Ticket
from .streams import Position, Stream
from .tournaments import OneTournament

__all__ = [
    "Client",
    "Feed",
    "GameServer",
    "MatchpointError",
    "OneTournament",
    "Position",
    "Stream",
    "Ticket",
]
__version__ = "0.1.0"
