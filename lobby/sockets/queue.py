"""The queue by socket: connecting joins, closing leaves, and a match is sent when it is made."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from msgspec import UNSET

from lib.errors import Conflict, Malformed, Outage, Overloaded, Refusal
from lib.tracing.trace import note_player
from lobby.messages import (
    Accept,
    Decline,
    Left,
    Matched,
    QueueMessage,
    ReadyCheckOpen,
    Waiting,
    queue_decoder,
)
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.models import Pool, Ticket
from matchmaking.services.queue.joining import Join, Joined, join_batcher
from matchmaking.services.queue.ready_checks import accept_match, decline_match
from matchmaking.sockets import PlayerSocket
from streams.frames import Ping, Pong
from streams.relay import in_thread
from streams.sockets import MALFORMED, RESTARTING

from .queue_notifier import local_notifier

#: What the address may say.
_PARAMETERS = ("username", "pool", "party", "region", "role", "attributes")
#: What a client closes with that has had enough; any other end may be an accident.
_LEAVING = {1000, 1005}


class QueueConsumer(PlayerSocket):
    """`/matchmaking?username=…&pool=…`: a ticket for as long as the socket is open."""

    kind = "queue"
    token: str | None = None
    ticket: UUID | None = None
    is_leaving = False

    async def opened(self) -> None:
        """Join the pool; a refusal is sent and closes the socket."""
        self.notifier = await local_notifier()
        try:
            joined = await join_batcher.submit(self._join())
        except Refusal as refusal:
            self.refuse(refusal)
            is_passing = isinstance(refusal, Overloaded | Outage)
            self.outbox.close(RESTARTING if is_passing else MALFORMED, refusal.code)
        else:
            assert isinstance(joined, Joined)
            self._send_joined(joined)

    def _join(self) -> Join:
        query = parse_qs(self.scope["query_string"].decode("latin-1"), encoding="utf-8")
        unknown = query.keys() - _PARAMETERS
        if unknown:
            there = ", ".join(f"`{name}`" for name in _PARAMETERS)
            raise Malformed(f"There is no `{min(unknown)}` in this address. There are {there}.")
        first = {name: values[0] for name, values in query.items()}
        return Join(
            username=first.get("username"),
            pool=first.get("pool", Pool.DEFAULT),
            caller=self._caller(),
            party=first["party"].strip().upper() if "party" in first else None,
            regions=tuple(query.get("region", ())),
            attributes=_attributes(first.get("attributes", "{}")),
            roles={"": query["role"]} if "role" in query else {},
        )

    def _caller(self) -> Caller:
        return Caller(player_id=self.player.pk if self.player else None)

    def _send_joined(self, joined: Joined) -> None:
        self.player, self.token = joined.player, joined.token
        note_player(joined.player.pk)
        if joined.match is not None:
            self.matched(schemas.MatchBrief.of(joined.match), joined.players)
        elif joined.ticket is not None:
            you = schemas.PlayerName.of(joined.player)
            self.send_message(Waiting(schemas.WAITING, you, joined.ticket, joined.token))
            self.ticket = joined.ticket.id
            self.notifier.wait(self.ticket, self)
            if joined.check is not None:
                self.notifier.checks[self.ticket] = joined.check
                self.send_message(ReadyCheckOpen.of(self.ticket, joined.check))

    def matched(self, match: schemas.MatchBrief, players: Sequence[schemas.MatchPlayer]) -> None:
        """Send the match that was found."""
        assert self.player is not None
        self.ticket = None
        you = schemas.PlayerName.of(self.player)
        text = _who_meets(you, players)
        self.send_message(Matched(text, you, match, players, self.token))

    def ticket_closed(self, left: Left) -> None:
        """Send that the wait is over without a match."""
        self.ticket = None
        self.send_message(left)

    async def received(self, text: str) -> None:
        """Answer a ping; accept or decline a match; leave on `leave`."""
        match self._parse(text):
            case Ping():
                self.send_message(Pong())
            case Accept(check):
                await self._answer(accept_match, check)
            case Decline(check):
                await self._answer(decline_match, check)
            case _:
                self.is_leaving = True
                self.outbox.close(1000, "left")

    async def _answer(self, answer: Callable[..., Ticket], check: UUID | None) -> None:
        if self.ticket is None:
            raise Conflict("There is no match to accept or decline.", code="no_check")
        await in_thread(answer, ticket_id=self.ticket, caller=self._caller(), check_id=check)

    def _parse(self, text: str) -> QueueMessage:
        try:
            return queue_decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refusal(
                'Send {"type":"leave"} to leave the queue, {"type":"accept"} or '
                '{"type":"decline"} when a match was found, or {"type":"ping"}.',
                code="malformed",
            ) from error

    def closed(self) -> None:
        """Leave the queue, or hold the place when the socket only dropped.

        When this process restarts, the ticket waits for its player as it is.
        """
        if self.ticket is None:
            return
        leaves = self.is_leaving or self.close_code in _LEAVING
        if leaves or not self.is_restarting:
            self.notifier.remove(self.ticket, self, leaves=leaves)


def _attributes(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Malformed(
            '`attributes` in this address is a JSON object, such as {"mode": "ranked"}.',
            code="bad_attributes",
        ) from error


def _who_meets(you: schemas.PlayerName, players: Sequence[schemas.MatchPlayer]) -> str:
    """`Matched! Opponent: …`, and with whom in a team."""
    side = next((player.side for player in players if player.id == you.id), UNSET)
    others = [player for player in players if player.id != you.id]
    mates = ", ".join(player.username for player in others if player.side == side)
    foes = ", ".join(player.username for player in others if player.side != side)
    if side is UNSET:
        return f"Matched! Opponent: {mates}"
    return f"Matched! With {mates}. Opponents: {foes}" if mates else f"Matched! Opponents: {foes}"
