"""Rows of a pool's ratings as the engine's values, and back: all that a change needs at once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q

from matchmaking.engine.glicko2 import HIGHEST_DEVIATION, SCALE
from matchmaking.engine.glicko2 import Rating as Strength
from matchmaking.engine.rating_history import Played, Rated, RatingState
from matchmaking.models import Pool, RatedMatch, Rating, RatingChange, Season, Seat
from matchmaking.rating_systems import UNRATED, Outcome, SeasonEnd, outcome_of

States = dict[UUID, RatingState]
#: A player with the state before and after a match.
Move = tuple[UUID, RatingState, RatingState]

_BATCH = 500
_STRENGTH = ("rating", "deviation", "volatility", "rated_at")
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
        _place(pk, Played((), outcome_of(outcome), at.timestamp()), changes[pk])
        for pk, outcome, at in places.values_list("pk", "outcome", "at")
    ]


def _place(
    pk: int,
    match: Played[Outcome],
    changes: Sequence[tuple[int, UUID, RatingState, RatingState]],
) -> Place:
    ids, players, before, after = zip(*changes, strict=True) if changes else ((), (), (), ())
    played = Played(players, match.outcome, match.at)
    is_season_end = isinstance(match.outcome, SeasonEnd)
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


def store_states(season: Season, states: States, *, plays: bool = True) -> None:
    """Store these players' present states, with their matches of the present season and their rank.

    A player without a match has no rating. Without `plays` the season has just ended: nobody has a
    rank until the first match of the next.
    """
    gone = [player for player, state in states.items() if state == UNRATED]
    if gone:
        Rating.objects.filter(pool=season.pool_id, player__in=gone).delete()
    rated = [player for player in states if player not in set(gone)]
    tallies = _tallies(season, rated) if plays else {}
    nothing = Tally()
    rows = [
        Rating(
            player_id=player,
            pool_id=season.pool_id,
            matches=tallies.get(player, nothing).matches,
            sure_until=_sure_until(states[player], season.pool, tallies.get(player, nothing)),
            **dict(zip(_STRENGTH, _fields(states[player]), strict=True)),
        )
        for player in rated
    ]
    Rating.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=("player", "pool"),
        update_fields=(*_STRENGTH, "matches", "sure_until"),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What a player has in a season: matches, different opponents, and whether a rank is theirs.

    Guests count as opponents, and have ranks, only where the pool says so.
    """

    matches: int = 0
    opponents: int = 0
    may_rank: bool = False


def _tallies(season: Season, players: Collection[UUID]) -> dict[UUID, Tally]:
    changes = "match__rated__changes"
    seats = Seat.objects.filter(
        Q(
            **{
                f"{changes}__player": F("player"),
                f"{changes}__at_after__gt": F(f"{changes}__at_before"),
            }
        ),
        player__in=players,
        match__rated__season=season,
    )
    others = Q(match__seats__side__lt=F("side")) | Q(match__seats__side__gt=F("side"))
    if not season.pool.guests_count:
        others &= Q(match__seats__player__user__isnull=False)
    found = (
        seats.order_by()
        .values_list("player", "player__user")
        .annotate(
            matches=Count("match", distinct=True),
            opponents=Count("match__seats__player", filter=others, distinct=True),
        )
    )
    return {
        player: Tally(matches, opponents, user is not None or season.pool.guests_count)
        for player, user, matches, opponents in found
    }


def meetings_of_day(
    pool: Pool, players: Collection[UUID], at: datetime
) -> Counter[tuple[UUID, UUID]]:
    """How often each of these players has met which other, on a day (UTC) of a pool's history."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    met = Seat.objects.filter(
        Q(match__seats__side__lt=F("side")) | Q(match__seats__side__gt=F("side")),
        player__in=players,
        match__seats__player__in=players,
        match__rated__pool=pool,
        match__rated__at__gte=day,
        match__rated__at__lt=day + timedelta(days=1),
    )
    pairs = met.order_by().values_list("player", "match__seats__player")
    return Counter({(one, other): n for one, other, n in pairs.annotate(Count("pk"))})


def refresh_ranks_of(season: Season) -> None:
    """Give or take the ranks of a pool by its present rules."""
    rows = Rating.objects.filter(pool=season.pool_id, matches__gt=0)
    players = list(rows.values_list("player", flat=True))
    for first in range(0, len(players), _BATCH):
        part = players[first : first + _BATCH]
        store_states(season, states_now(season.pool_id, part))


def _sure_until(state: RatingState, pool: Pool, tally: Tally) -> datetime | None:
    """When inactivity takes the rank; None for a player who has none.

    A match tells less of each player in a larger team; their deviation may be so much higher.
    """
    most: float = settings.MATCHPOINT_PROVISIONAL_DEVIATION * sqrt(pool.team_size)
    room = most**2 - state.rating.deviation**2
    if room <= 0 or not tally.may_rank or tally.opponents < pool.ranked_opponents:
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
