"""Sockets of players: who a socket belongs to, and how it is welcomed."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from streams.consumers import StreamConsumer
from streams.frames import Entry, EventFrame, ServerMessage
from streams.relay import in_thread, local_relay, read_anew
from streams.sockets import RESTARTING, SIGNED_OUT, SocketConsumer, open_sockets

from .identity import player_of_headers
from .models import Player
from .schemas import PlayerName
from .services.sign_outs import SIGN_OUTS


def match_stream(match_id: UUID | str) -> str:
    """The stream of what becomes of one match."""
    return f"match:{match_id}"


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
        looked_at = None
        while looked_at != (seen := await _seen_sign_outs()):  # else somebody signed out meanwhile
            looked_at = seen
            if b"authorization" in self.headers or b"cookie" in self.headers:
                self.player = await in_thread(player_of_headers, self.headers)


async def _seen_sign_outs() -> tuple[str, int]:
    """How far this process has followed the sign-outs, which it watches from now on."""
    feed = await (await local_relay()).feed(SIGN_OUTS)
    feed.watchers.add(_close_signed_out)
    feed.enders.add(_close_identified)
    return feed.epoch, feed.seq


def _close_signed_out(entries: Sequence[Entry]) -> None:
    """Close this process's sockets of players who signed out, in every browser and program.

    Of a player who is deleted, events that named them are read anew.
    """
    data = [msgspec.json.decode(entry.frame)["data"] for entry in entries]
    gone = {UUID(each["player"]) for each in data}
    read_anew(stream for each in data for stream in each.get("read_anew", ()))
    for socket in open_sockets():
        if isinstance(socket, PlayerSocket) and socket.player and socket.player.pk in gone:
            socket.outbox.close(SIGNED_OUT, "signed out")


def _close_identified() -> None:
    """Send every player back to show anew who they are: some may have signed out unseen."""
    for socket in open_sockets():
        if isinstance(socket, PlayerSocket) and socket.player:
            socket.outbox.close(RESTARTING, "resync")


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
