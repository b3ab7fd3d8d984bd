"""What is stored, read straight from the database, without the code under test."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.server import rows


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the log."""

    seq: int
    type: str
    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream's row, and its events by seq."""

    epoch: str
    seq: int
    events: Sequence[StoredEvent]


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket with its player's name."""

    id: UUID
    name: str
    state: str
    match: UUID | None
    player: UUID


@dataclass(frozen=True, slots=True)
class StoredSeat:
    """A seat of a match that a pool made."""

    match: UUID
    player: UUID | None
    holds: bool


@dataclass
class Ledger:
    """The rows that the checker looks at."""

    streams: dict[str, StoredStream] = field(default_factory=dict)
    tickets: list[StoredTicket] = field(default_factory=list)
    seats: list[StoredSeat] = field(default_factory=list)
    matches: set[UUID] = field(default_factory=set)
    #: Players of each tournament, and pairings.
    tournaments: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    players: list[str] = field(default_factory=list)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def read(database_url: str) -> Ledger:
    """Everything that the checker needs."""
    return Ledger(
        streams=_streams(database_url),
        tickets=[
            StoredTicket(_uuid(pk), name, state, match and _uuid(match), _uuid(player))
            for pk, name, state, match, player in rows(
                database_url, "SELECT id, name, state, match_id, player_id FROM matchmaking_ticket"
            )
        ],
        seats=[
            StoredSeat(_uuid(match), player and _uuid(player), bool(holds))
            for match, player, holds in rows(
                database_url,
                "SELECT match_id, player_id, holds FROM matchmaking_seat WHERE pool_id IS NOT NULL",
            )
        ],
        matches={
            _uuid(pk)
            for (pk,) in rows(
                database_url, "SELECT id FROM matchmaking_match WHERE pool_id IS NOT NULL"
            )
        },
        tournaments=_tournaments(database_url),
        players=[name for (name,) in rows(database_url, "SELECT name FROM matchmaking_player")],
    )


def _streams(database_url: str) -> dict[str, StoredStream]:
    events: dict[str, list[StoredEvent]] = {}
    query = "SELECT stream_id, seq, type, text, data FROM lobby_event ORDER BY stream_id, seq"
    for stream, seq, kind, text, data in rows(database_url, query):
        read = json.loads(data) if isinstance(data, str) else data
        events.setdefault(stream, []).append(StoredEvent(seq, kind, text, read))
    return {
        name: StoredStream(epoch, seq, events.get(name, []))
        for name, epoch, seq in rows(database_url, "SELECT name, epoch, seq FROM lobby_stream")
    }


def _tournaments(database_url: str) -> dict[UUID, tuple[int, int]]:
    query = """
        SELECT t.id,
            (SELECT count(*) FROM tournaments_entrant e WHERE e.tournament_id = t.id),
            (SELECT count(*) FROM tournaments_pairing p
                JOIN tournaments_group g ON g.id = p.group_id
                JOIN tournaments_stage s ON s.id = g.stage_id WHERE s.tournament_id = t.id)
        FROM tournaments_tournament t
    """
    return {_uuid(pk): (players, pairings) for pk, players, pairings in rows(database_url, query)}


def lobby_head(database_url: str) -> int:
    """The number of the lobby's last event."""
    [(seq,)] = rows(database_url, "SELECT seq FROM lobby_stream WHERE name = 'lobby'")
    return int(seq)


def integrity(database_url: str) -> str:
    """What SQLite finds wrong with its own file; `ok` when nothing."""
    [(verdict,), *_] = rows(database_url, "PRAGMA integrity_check")
    return str(verdict)
