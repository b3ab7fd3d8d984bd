"""Sockets of players: who a socket belongs to, and how it is welcomed."""

from streams.consumers import StreamConsumer
from streams.frames import EventFrame, ServerMessage
from streams.relay import in_thread
from streams.sockets import SocketConsumer

from .identity import player_of_headers
from .models import Player
from .schemas import PlayerName


class Welcome(ServerMessage, tag="welcome"):
    """First on every stream's socket: where the stream stands, who you are, what was said last."""

    stream: str
    epoch: str
    seq: int
    you: PlayerName | None
    recent: list[EventFrame]


class PlayerSocket(SocketConsumer):
    """A socket of a player, or of nobody."""

    player: Player | None = None

    async def identify(self) -> None:
        """Find the player by a bearer token, a session or a guest's cookie."""
        if b"authorization" in self.headers or b"cookie" in self.headers:
            self.player = await in_thread(player_of_headers, self.headers)


class PlayerStream(PlayerSocket, StreamConsumer):
    """A player's socket on one stream."""

    def welcome(self, recent: list[EventFrame]) -> Welcome:
        """Where the stream stands, and who the player is."""
        return Welcome(
            stream=self.stream,
            epoch=self.feed.epoch,
            seq=self.feed.seq,
            you=PlayerName.of(self.player) if self.player else None,
            recent=recent,
        )
