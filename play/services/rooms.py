"""Rooms in the database: opened by one process at a time, stored while they are played, ended once.

Whatever a room stores, it stores with its fence: when another process has taken the room over,
nothing is stored and `Fenced` is raised.
"""

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Field, QuerySet
from django.utils import timezone

from lib.database.durability import soon_replaced
from lib.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState, Outcome
from matchmaking.ports.game_host import game_of_match
from matchmaking.ports.match_host import match_host
from matchmaking.results import Result
from matchmaking.selectors import match_of
from matchmaking.services.matches import finish_match, set_live_scores
from play.engine.game import SIDES, GameOutcome, Reason
from play.engine.record import Change, Turn, pack_record
from play.models import Host, PlayedGame, RoomRow
from play.registry import game_of
from tournaments.selectors import tournaments_of
from tournaments.services.progress.results import set_live_score

SEED_BITS = 31


class Fenced(Exception):
    """Another process has this room by now."""


class NotPlayedHere(Conflict):
    """This match is not played here, or not any more."""

    code = "not_played_here"


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Another process runs the room; `channel` is where it is reached."""

    host_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room that this process has opened, as it was last stored."""

    match_id: UUID
    fence: int
    revision: int
    game: str
    settings: dict[str, Any]
    version: int
    names: tuple[str, ...]
    players: tuple[frozenset[UUID], ...]
    best_of: int
    draws: bool
    pool: str | None
    """The slug of the pool that made the match; None for a bracket's."""
    number: int
    won: tuple[int, int]
    drawn: int
    absence_ms: tuple[int, int]
    seed: int
    state: bytes
    record: bytes
    length: int
    is_begun: bool


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """What is stored of a room while it is played; `state` and `record` are packed by the store."""

    match_id: UUID
    fence: int
    number: int
    won: tuple[int, int]
    drawn: int
    absence_ms: tuple[int, int]
    seed: int
    game: str
    state: Any
    record: Sequence[Change] | Sequence[Turn]
    length: int
    scores: tuple[int, int]
    is_begun: bool
    is_live: bool
    spectators: int

    def fields(self) -> dict[str, Any]:
        """The columns."""
        return {
            "number": self.number,
            "won": list(self.won),
            "drawn": self.drawn,
            "absence_ms": list(self.absence_ms),
            "seed": self.seed,
            "state": game_of(self.game).pack(self.state),
            "record": pack_record(self.record),
            "length": self.length,
            "scores": list(self.scores),
            "is_begun": self.is_begun,
            "is_live": self.is_live,
            "spectators": self.spectators,
            "stored_at": timezone.now(),
        }


@dataclass(frozen=True, slots=True)
class EndedGame:
    """A game that is over; `length` counts steps or moves."""

    number: int
    revision: int
    settings: dict[str, Any]
    seed: int
    first: int
    record: Sequence[Change] | Sequence[Turn]
    length: int
    outcome: GameOutcome


def open_room(match_id: UUID, *, host_id: str, channel: str | None = "") -> StoredRoom | HeldBy:
    """Take the room of a match for this process, which is reached at `channel`.

    None stands for a process that has a room already, and so is known.

    Another process may have the room: then that one is returned.

    Raises `NotFound`, `NotPlayedHere` for a match without a game or that is over, and `Fenced` when
    others have given up this process meanwhile.
    """
    try:
        return _open_room(match_id, host_id, channel)
    except IntegrityError:  # two processes made the first row of it at once
        return _open_room(match_id, host_id, channel)


@transaction.atomic
def _open_room(match_id: UUID, host_id: str, own_channel: str | None) -> StoredRoom | HeldBy:
    match = match_of(match_id)
    played = game_of_match(match)
    if played is None or match.state != MatchState.OPEN:
        raise NotPlayedHere("This match is not played here, or it is over.")
    game = game_of(played.slug)
    row = RoomRow.objects.select_for_update(of=("self",)).filter(pk=match_id).first()
    if row is not None and row.host_id not in {None, host_id}:
        channel = Host.objects.filter(pk=row.host_id).values_list("channel", flat=True).first()
        return HeldBy(str(row.host_id), channel or "")
    if own_channel is not None:
        Host.objects.update_or_create(pk=host_id, defaults={"channel": own_channel})
    elif not Host.objects.filter(pk=host_id).exists():
        raise Fenced
    is_first = row is None
    if row is None or row.revision != match.revision:
        fence = row.fence if row else 0
        row = RoomRow(
            match=match, game=game.slug, settings=played.settings, revision=match.revision,
            won=[0] * SIDES, absence_ms=[settings.MATCHPOINT_ABSENCE_SECONDS * 1000] * SIDES,
            scores=[0] * SIDES, seed=new_seed(), version=game.version, fence=fence,
        )  # fmt: skip
    row.host_id, row.fence = host_id, row.fence + 1
    row.save(force_insert=is_first)  # never over a row that another has made meanwhile
    return _as_stored(match, row)


def _as_stored(match: Match, row: RoomRow) -> StoredRoom:
    sides: list[list[Any]] = [[] for _ in range(SIDES)]
    for seat in match.seats.all():
        if seat.left_at is None:
            sides[seat.side].append(seat)
    return StoredRoom(
        match_id=match.pk,
        fence=row.fence,
        revision=row.revision,
        game=row.game,
        settings=row.settings,
        version=row.version,
        names=tuple(" & ".join(seat.name for seat in seats) for seats in sides),
        players=tuple(
            frozenset(seat.player_id for seat in seats if seat.player_id) for seats in sides
        ),
        best_of=match.best_of,
        draws=match.draws,
        pool=match.pool.slug if match.pool else None,
        number=row.number,
        won=(row.won[0], row.won[1]),
        drawn=row.drawn,
        absence_ms=(row.absence_ms[0], row.absence_ms[1]),
        seed=row.seed,
        state=bytes(row.state),
        record=bytes(row.record),
        length=row.length,
        is_begun=row.is_begun,
    )


def new_seed() -> int:
    """Where the chance of a game begins."""
    return secrets.randbits(SEED_BITS)


@soon_replaced()
def store_rooms(snapshots: Collection[RoomSnapshot], *, host_id: str) -> set[UUID]:
    """Store rooms as they were; returns those that another process has by now.

    A snapshot is left out if a game was stored since it was taken.
    """
    if snapshots:
        _update_rows(
            [one.fields() for one in snapshots],
            [
                {"match": one.match_id, "host": host_id, "fence": one.fence, "number": one.number}
                for one in snapshots
            ],
        )
    return {one.match_id for one in snapshots} - _own_rows(snapshots, host_id)


def _own_rows(snapshots: Collection[RoomSnapshot], host_id: str) -> set[UUID]:
    """Those of these rooms that this process still has."""
    own = RoomRow.objects.filter(host=host_id, pk__in=[one.match_id for one in snapshots])
    fences = dict(own.values_list("pk", "fence"))
    return {one.match_id for one in snapshots if fences.get(one.match_id) == one.fence}


def _update_rows(changes: Sequence[dict[str, Any]], guards: Sequence[dict[str, Any]]) -> None:
    """Update a row for each of many changes, where its guard is right: one statement for them all.

    The ORM takes one for each, and ten times as long, on a thread for which the rooms wait.
    """
    meta = RoomRow._meta
    columns = [cast("Field[Any, Any]", meta.get_field(name)) for name in (*changes[0], *guards[0])]
    names = [f"{field.column} = %s" for field in columns]
    sets, wheres = names[: len(changes[0])], names[len(changes[0]) :]
    rows = [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(columns, (*change.values(), *guard.values()), strict=True)
        ]
        for change, guard in zip(changes, guards, strict=True)
    ]
    sql = f"UPDATE {RoomRow._meta.db_table} SET {', '.join(sets)} WHERE {' AND '.join(wheres)}"  # noqa: S608 - names of columns
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _own_row(snapshot: RoomSnapshot, host_id: str) -> QuerySet[RoomRow]:
    """The room's row, while this process has it."""
    return RoomRow.objects.filter(pk=snapshot.match_id, host=host_id, fence=snapshot.fence)


@transaction.atomic
def release_room(snapshot: RoomSnapshot, *, host_id: str) -> None:
    """Store a room, and let any process have it next."""
    _own_row(snapshot, host_id).update(**snapshot.fields(), host=None)


@transaction.atomic
def store_game(ended: EndedGame, after: RoomSnapshot, *, is_last: bool, host_id: str) -> None:
    """Store a game that is over and the room as it goes on; after the last one, the result too.

    Does nothing when that was done before and only the answer was lost. Raises `Fenced`, also when
    another process has played this game, and `Conflict` when the match has ended otherwise.
    """
    match_host().lock(after.match_id)
    games = PlayedGame.objects.filter(match=after.match_id, revision=ended.revision)
    if stored := games.filter(number=ended.number).first():
        if (stored.seed, bytes(stored.record)) != (ended.seed, pack_record(ended.record)):
            raise Fenced
        return
    _store_fenced(after, host_id, is_over=is_last)
    _store_played(ended, after)
    if is_last:
        match = match_of(after.match_id)
        finish_match(match=match, result=_result(match, list(games), after))


def _store_played(ended: EndedGame, after: RoomSnapshot) -> None:
    PlayedGame.objects.create(
        match_id=after.match_id, revision=ended.revision, number=ended.number, game=after.game,
        version=game_of(after.game).version, settings=ended.settings, first=ended.first,
        seed=ended.seed, record=pack_record(ended.record), length=ended.length,
        winner=ended.outcome.winner, scores=list(ended.outcome.scores),
        reason=ended.outcome.reason,
    )  # fmt: skip


@transaction.atomic
def store_absence(after: RoomSnapshot, ended: EndedGame, *, absent: int, host_id: str) -> None:
    """Store that a side stayed away for too long: it has conceded, or forfeited if it never came.

    The game that ended so is stored, if it had begun. Does nothing when the match is over, by this
    or otherwise. Raises `Fenced`.
    """
    match_host().lock(after.match_id)
    if closed_matches([after.match_id]):
        return
    _store_fenced(after, host_id, is_over=True)
    if ended.length:
        _store_played(ended, after)
    outcome = Outcome.CONCEDED if after.is_begun else Outcome.FORFEIT
    result = Result(1 - absent, outcome)
    finish_match(match=match_of(after.match_id), result=result)


def store_scores(shown: Collection[tuple[RoomSnapshot, Sequence[int]]], *, host_id: str) -> None:
    """Show the scores of matches while they are played, but for those that are over."""
    own = _own_rows([room for room, _ in shown], host_id)
    scores = {room.match_id: points for room, points in shown if room.match_id in own}
    tournaments = tournaments_of(scores)
    with transaction.atomic():  # one commit for all: SQLite has one writer at a time
        for match in Match.objects.filter(pk__in=scores.keys() - tournaments.keys()):
            with suppress(Refusal):
                set_live_scores(match=match, scores=scores[match.pk])
    for match_id, tournament_id in tournaments.items():
        with suppress(Refusal):
            set_live_score(tournament_id=tournament_id, match_id=match_id, scores=scores[match_id])


def closed_matches(match_ids: Collection[UUID]) -> set[UUID]:
    """Those of these matches that are over."""
    closed = Match.objects.filter(pk__in=match_ids).exclude(state=MatchState.OPEN)
    return set(closed.values_list("pk", flat=True))


def _store_fenced(after: RoomSnapshot, host_id: str, *, is_over: bool) -> None:
    fields = after.fields()
    if is_over:
        fields |= {"is_live": False, "host": None}
    if not _own_row(after, host_id).update(**fields):
        raise Fenced


def _result(match: Match, games: Sequence[PlayedGame], after: RoomSnapshot) -> Result:
    """The result by the points of each game, where points decided them all; else by games won."""
    counted = [game for game in games if match.draws or game.winner is not None]
    if all(game.reason == Reason.PLAYED and max(game.scores) > 1 for game in counted):
        points = [game.scores for game in counted]
        return Result.by_score(None, best_of=match.best_of, draws=match.draws, games=points)
    drawn = after.drawn if match.draws else None
    return Result.by_score(after.won, best_of=match.best_of, draws=match.draws, drawn=drawn)
