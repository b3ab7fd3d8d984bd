"""Sockets of players: who a socket belongs to, and how it is welcomed."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils import timezone

from streams.consumers import StreamConsumer
from streams.frames import Entry, EventFrame, ServerMessage
from streams.relay import in_thread, local_relay, read_anew
from streams.sockets import RESTARTING, SIGNED_OUT, SocketConsumer, open_sockets

from .callers import token_expired
from .identity import identify_socket
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
    #: When the token that it was opened with ends; None where that does not end by itself.
    token_ends_at: datetime | None = None

    async def identify(self) -> None:
        """Find the player by a bearer token, a session or a guest's cookie."""
        looked_at = None
        while looked_at != (seen := await _seen_sign_outs()):  # else somebody signed out meanwhile
            looked_at = seen
            if b"authorization" in self.headers or b"cookie" in self.headers:
                identified = await in_thread(identify_socket, self.headers)
                self.player, self.token_ends_at = identified.player, identified.ends_at
        if self.token_ends_at is not None:
            _with_an_end.add(self)


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


_with_an_end: set[PlayerSocket] = set()


class TokenLookout:
    """Closes this process's sockets whose player token has ended: one look for all of them."""

    last_sent = ""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def look(self) -> str | None:
        """Find those whose time is over, and forget those that are gone."""
        now = timezone.now()
        for socket in tuple(_with_an_end):
            is_over = socket.token_ends_at is not None and socket.token_ends_at <= now
            if is_over or socket.close_code is not None:
                _with_an_end.discard(socket)
            if is_over:
                self._loop.call_soon_threadsafe(_close_ended, socket)
        return None

    def leave(self) -> None:
        """Nothing is left behind."""


def _close_ended(socket: PlayerSocket) -> None:
    if socket.token_ends_at is not None and not socket.outbox.closing:
        refusal = token_expired(socket.token_ends_at)
        socket.refuse(refusal)
        socket.outbox.close(SIGNED_OUT, refusal.code)


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
