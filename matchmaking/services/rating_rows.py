"""Rows of a pool's ratings as the engine's values, and back: all that a change needs at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count

from matchmaking.engine.glicko2 import HIGHEST_DEVIATION, SCALE
from matchmaking.engine.glicko2 import Rating as Strength
from matchmaking.engine.rating_history import Played, Rated, RatingState
from matchmaking.models import Pool, RatedMatch, Rating, RatingChange, Season
from matchmaking.rating_systems import UNRATED, Outcome, outcome_of

States = dict[UUID, RatingState]
#: A player with the state before and after a match.
Move = tuple[UUID, RatingState, RatingState]

_BATCH = 500
_STRENGTH = ("rating", "deviation", "volatility", "rated_at", "sure_until")
_BEFORE = ("rating_before", "deviation_before", "volatility_before", "at_before")
_AFTER = ("rating_after", "deviation_after", "volatility_after", "at_after")
#: What an earlier correction may change of a match; it still ended when it did.
_CHANGING = (*_BEFORE, *_AFTER[:3])


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a pool's history; `changes` are the ids of its players' rows, None for no row."""

    pk: int
    is_season_end: bool
    changes: tuple[int | None, ...]
    rated: Rated[Outcome, RatingState]

    @property
    def players(self) -> tuple[UUID, ...]:
        """Whom it moved, in order."""
        return self.rated.match.players  # type: ignore[return-value]  # hashables; here always ids

    def with_unrated(self, players: Iterable[UUID]) -> "Place":
        """The same, with those of these players too who were not rated then."""
        more = tuple(player for player in players if player not in self.players)
        rated = self.rated
        none = (UNRATED,) * len(more)
        match = Played((*self.players, *more), rated.match.outcome, rated.match.at)
        return replace(
            self,
            changes=(*self.changes, *(None for _ in more)),
            rated=Rated(match, (*rated.before, *none), (*rated.after, *none)),
        )


def read_places(first: RatedMatch) -> list[Place]:
    """The pool's history from this place on."""
    since = {"pool": first.pool_id, "number__gte": first.number}
    changes: dict[int, list[tuple[int, UUID, RatingState, RatingState]]] = defaultdict(list)
    rows = RatingChange.objects.filter(**{f"rated__{name}": value for name, value in since.items()})
    columns = ("rated", "pk", "player", *_BEFORE, *_AFTER)
    for rated, pk, player, *values in rows.order_by("place").values_list(*columns):
        changes[rated].append((pk, player, _state(*values[:4]), _state(*values[4:])))
    places = RatedMatch.objects.filter(**since).order_by("number")
    return [
        _place(pk, match is None, Played((), outcome_of(outcome), at.timestamp()), changes[pk])
        for pk, match, outcome, at in places.values_list("pk", "match", "outcome", "at")
    ]


def _place(
    pk: int,
    is_season_end: bool,
    match: Played[Outcome],
    changes: Sequence[tuple[int, UUID, RatingState, RatingState]],
) -> Place:
    ids, players, before, after = zip(*changes, strict=True) if changes else ((), (), (), ())
    played = Played(players, match.outcome, match.at)
    return Place(pk, is_season_end, ids, Rated(played, before, after))


def write_places(changed: Iterable[tuple[Place, Rated[Outcome, RatingState]]]) -> None:
    """Store what places have become; a season's end forgets those who are not rated by then."""
    updates, gone = [], []
    for place, new in changed:
        added = []
        moves: Iterable[Move] = zip(place.players, new.before, new.after, strict=True)
        for pk, move in zip(place.changes, moves, strict=True):
            if place.is_season_end and move[1] == UNRATED:
                gone.append(pk)
            elif pk is None:
                added.append(move)
            else:
                updates.append((*_columns(*move[1:]), pk))
        if added:
            add_changes(place.pk, added, first=len(place.changes))
    RatingChange.objects.filter(pk__in=[pk for pk in gone if pk is not None]).delete()
    if updates:
        # A statement for each row, sent as one batch: `bulk_update` takes 40 times as long.
        columns = ", ".join(f"{name} = %s" for name in _CHANGING)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {RatingChange._meta.db_table} SET {columns} WHERE id = %s",  # noqa: S608
                updates,
            )


def _columns(before: RatingState, after: RatingState) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(_moment(before.at))
    one, two = before.rating, after.rating
    return (
        one.rating, one.deviation, one.volatility, at, two.rating, two.deviation, two.volatility
    )  # fmt: skip


def add_changes(rated: int, moves: Iterable[Move], *, first: int = 0) -> None:
    """Store how a match moved its players; `first` is the place of the first of them in it."""
    RatingChange.objects.bulk_create(
        (
            RatingChange(
                rated_id=rated,
                player_id=player,
                place=place,
                **dict(zip(_BEFORE, _fields(before), strict=True)),
                **dict(zip(_AFTER, _fields(after), strict=True)),
            )
            for place, (player, before, after) in enumerate(moves, start=first)
        ),
        batch_size=_BATCH,
    )


def _fields(state: RatingState) -> tuple[float, float, float, datetime]:
    strength = state.rating
    return strength.rating, strength.deviation, strength.volatility, _moment(state.at)


# The present ratings.


def states_now(pool_id: int, players: Collection[UUID]) -> States:
    """The present states of these players, who may be unrated."""
    rows = Rating.objects.filter(pool=pool_id, player__in=players)
    columns = ("player", "rating", "deviation", "volatility", "rated_at")
    known = {player: _state(*values) for player, *values in rows.values_list(*columns)}
    return {player: known.get(player, UNRATED) for player in players}


def store_states(pool: Pool, states: States, matches: Mapping[UUID, int] | None = None) -> None:
    """Store these players' present states; a player without a match has no rating.

    With `matches`, of each of them, these are stored too.
    """
    gone = [player for player, state in states.items() if state == UNRATED]
    if gone:
        Rating.objects.filter(pool=pool, player__in=gone).delete()
    rows = [
        Rating(
            player_id=player,
            pool=pool,
            matches=matches[player] if matches else 0,
            **dict(zip(_STRENGTH, (*_fields(state), _sure_until(state, pool)), strict=True)),
        )
        for player, state in states.items()
        if state != UNRATED
    ]
    Rating.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=("player", "pool"),
        update_fields=(*_STRENGTH, *(("matches",) if matches else ())),
    )


def matches_of(season: Season, players: Collection[UUID]) -> dict[UUID, int]:
    """How many matches of a season moved each of these players."""
    played = RatingChange.objects.filter(
        player__in=players, rated__season=season, rated__match__isnull=False
    )
    counts = dict(played.order_by().values_list("player").annotate(n=Count("pk")))
    return {player: counts.get(player, 0) for player in players}


def _sure_until(state: RatingState, pool: Pool) -> datetime | None:
    """When inactivity makes it provisional; None when it is.

    A match tells less of each player in a larger team; their deviation may be so much higher.
    """
    most: float = settings.MATCHPOINT_PROVISIONAL_DEVIATION * sqrt(pool.team_size)
    room = most**2 - state.rating.deviation**2
    if room <= 0:
        return None
    if most >= HIGHEST_DEVIATION:
        return datetime.max.replace(tzinfo=UTC)
    idle = room / (SCALE * state.rating.volatility) ** 2
    period: timedelta = settings.MATCHPOINT_RATING_PERIOD
    return _moment(state.at) + min(idle * period, timedelta(days=36_500))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _state(rating: float, deviation: float, volatility: float, at: datetime) -> RatingState:
    return RatingState(Strength(rating, deviation, volatility), at.timestamp())
