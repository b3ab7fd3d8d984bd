"""Players on sockets who press keys as people do, on Matchpoint and Colyseus."""

import asyncio
import heapq
import time
from collections.abc import Iterable
from random import Random
from struct import Struct

from ..sockets import BINARY, TEXT, Client, masked

#: Key presses and releases a second.
CHANGES_A_SECOND = 4.0
_TICK_SECONDS = 0.004
_MOVES = 3
#: Without a state for so long nothing is being played, and nobody presses a key.
_STILL_SECONDS = 0.4
#: Both servers send the step in the same place, and Pong's frame at the end of as many bytes.
_STEP = Struct("<I")
_STEP_AT, _HELD_AT, _STATE_BYTES = 2, 28, 37
_INPUT = Struct("<BBI")
_INPUT_KIND = b"\x01"
#: Of Colyseus's protocol: a room's bytes of type 1, and the handshake that is to be answered.
_COLYSEUS_INPUT, _COLYSEUS_JOIN = b"\x11\x01", 10


class Player(Client):
    """One player: counts what arrives, and when what the other did is seen."""

    def __init__(self, path: str, host: str, side: int, token: str | None) -> None:
        super().__init__(path, host, None)
        self._side, self._is_matchpoint = side, token is not None
        self.other = self
        if token is not None:
            self.more_headers = (
                f"Authorization: Bearer {token}\r\nSec-WebSocket-Protocol: matchpoint.play.1\r\n"
            )
        self.states = self.bytes = self.refused = 0
        self.step = self.last_number = -1
        self.held = 0
        self.seen_at = 0.0
        #: When the last input was sent that the other has not seen yet.
        self.pressed_at = 0.0
        self.delays: list[float] = []

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        super().data_received(data)

    def _take(self, opcode: int, buffer: bytearray, start: int, end: int) -> None:
        if opcode == BINARY and end - start == _STATE_BYTES:
            self._take_state(buffer, start)
        elif opcode == BINARY and buffer[start] == _COLYSEUS_JOIN:
            self.transport.write(masked(bytes((_COLYSEUS_JOIN,)), BINARY))
        elif opcode == TEXT:
            self.refused += buffer.find(b'"type":"error"', start, end) >= 0
        else:
            super()._take(opcode, buffer, start, end)

    def _take_state(self, buffer: bytearray, start: int) -> None:
        self.states += 1
        self.seen_at = time.perf_counter()
        step = _STEP.unpack_from(buffer, start + _STEP_AT)[0]
        if step < self.step:  # the next game
            self.last_number = -1
        self.step = step
        held = buffer[start + _HELD_AT]
        other = self.other
        if other.pressed_at and held >> 2 * other._side & 3 == other.held:
            self.delays.append(self.seen_at - other.pressed_at)
            other.pressed_at = 0.0

    def press(self, move: int) -> None:
        """Hold another move from the next step on."""
        now = time.perf_counter()
        if now - self.seen_at > _STILL_SECONDS or self.closed:
            return
        self.last_number = max(self.last_number, self.step) + 1
        self.held, self.pressed_at = move, now
        head = _INPUT_KIND if self._is_matchpoint else _COLYSEUS_INPUT
        body = bytes((move,)) + self.last_number.to_bytes(4, "little")
        self.transport.write(masked(head + body, BINARY))


async def seat(port: int, pair: Iterable[tuple[str, str | None]], source: str) -> list[Player]:
    """The players of a match, one after the other."""
    loop = asyncio.get_running_loop()
    players = []
    for side, (path, token) in enumerate(pair):
        _, player = await loop.create_connection(
            lambda path=path, side=side, token=token: Player(  # type: ignore[misc]
                path, f"127.0.0.1:{port}", side, token
            ),
            "127.0.0.1",
            port,
            local_addr=(source, 0),
        )
        await player.opened
        players.append(player)
    players[0].other, players[-1].other = players[-1], players[0]
    return players


class Keys:
    """Presses and releases the keys of all players, each at moments of its own."""

    def __init__(self) -> None:
        self._chance = Random(11)
        self._due: list[tuple[float, int, Player]] = []
        self._count = 0
        self._task = asyncio.get_running_loop().create_task(self._run())

    def add(self, players: Iterable[Player]) -> None:
        """Play for these, too."""
        for player in players:
            self._later(player, time.monotonic())

    def stop(self) -> None:
        """Press nothing any more."""
        self._task.cancel()

    def _later(self, player: Player, now: float) -> None:
        self._count += 1
        when = now + self._chance.expovariate(CHANGES_A_SECOND)
        heapq.heappush(self._due, (when, self._count, player))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                player = heapq.heappop(self._due)[2]
                player.press((player.held + self._chance.randrange(1, _MOVES)) % _MOVES)
                self._later(player, now)
