"""A pool's rated matches as rows: added at the end, and removed as if they had never been."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from matchmaking.engine.glicko2 import HIGHEST_DEVIATION, SCALE
from matchmaking.engine.glicko2 import Rating as Strength
from matchmaking.engine.rating_history import Played, Rated, RatingState, without_match
from matchmaking.models import Match, RatedMatch, Rating, RatingChange, Season
from matchmaking.rating_systems import UNRATED, Outcome, outcome_json, outcome_of, rate_by

Standings = dict[UUID, RatingState]
_BATCH = 500


def lock_season(pool_id: int) -> Season:
    """The pool's present season, its row locked: every change of the pool's ratings starts here.

    A pool's first season begins with its first rated match.
    """
    while True:
        seasons = Season.objects.filter(pool=pool_id)
        present = seasons.select_for_update(no_key=True).filter(ended_at__isnull=True).first()
        if present is not None:
            return present
        last = seasons.aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                Season.objects.create(pool_id=pool_id, number=last + 1)
        except IntegrityError:
            continue  # another process has just begun it


def add_rated(
    *,
    season: Season,
    match: Match | None,
    outcome: Outcome,
    players: Sequence[UUID],
    at: datetime,
) -> RatedMatch:
    """Rate what came last in the pool; the caller has locked its season."""
    rows = _ratings(season.pool_id, players)
    before = tuple(_state_of(rows[p]) if p in rows else UNRATED for p in players)
    played = Played(tuple(players), outcome, at.timestamp())
    after = rate_by(settings.MATCHPOINT_RATING_PERIOD)(played, before)
    history = RatedMatch.objects.filter(pool=season.pool_id)
    rated = RatedMatch.objects.create(
        pool_id=season.pool_id,
        season=season,
        number=(history.aggregate(last=Max("number"))["last"] or 0) + 1,
        match=match,
        outcome=outcome_json(outcome),
        at=at,
    )
    steps = zip(players, before, after, strict=True)
    RatingChange.objects.bulk_create(
        (_change(rated, place, *step) for place, step in enumerate(steps)), batch_size=_BATCH
    )
    more = 1 if match is not None else 0
    counts = {p: (rows[p].matches if p in rows else 0) + more for p in players}
    _store(season.pool_id, dict(zip(players, after, strict=True)), counts)
    return rated


def remove_rated(rated: RatedMatch, *, season: Season) -> None:
    """Take a match back: later ratings become what they were without it, to the last bit.

    The caller has locked the pool's present season. A season's table that is archived stays.
    """
    later = RatedMatch.objects.filter(pool=rated.pool_id, number__gte=rated.number)
    rows = list(later.order_by("number").prefetch_related("changes"))
    history = [_rated(row) for row in rows]
    rate = rate_by(settings.MATCHPOINT_RATING_PERIOD)
    without = without_match(history, 0, rate)
    moved: Standings = dict(zip(_players(history[0]), history[0].before, strict=True))
    changes: list[RatingChange] = []
    for row, old, new in zip(rows[1:], history[1:], without, strict=True):
        if new is not old:
            changes += _rewritten(row, new)
            moved |= dict.fromkeys(_players(new), UNRATED)
    for new in without:
        moved |= {p: s for p, s in zip(_players(new), new.after, strict=True) if p in moved}
    RatingChange.objects.bulk_update(changes, _VALUES, batch_size=_BATCH)
    undone = _players(history[0])
    rated.delete()
    # Who is unrated again was in no season's end either.
    RatingChange.objects.filter(
        player__in=undone, rated__pool=season.pool_id, rated__match=None, at_before=_moment(0.0)
    ).delete()
    if rated.season_id == season.pk:
        Rating.objects.filter(pool=season.pool_id, player__in=undone).update(
            matches=F("matches") - 1
        )
    _restate(season.pool_id, moved)


def _restate(pool_id: int, moved: Standings) -> None:
    """Store the ratings after a match was removed; a player without a match has none."""
    gone = [player for player, state in moved.items() if state == UNRATED]
    Rating.objects.filter(pool=pool_id, player__in=gone).delete()
    counts = {player: row.matches for player, row in _ratings(pool_id, moved).items()}
    _store(pool_id, {player: moved[player] for player in counts}, counts)


def _ratings(pool_id: int, players: Iterable[UUID]) -> dict[UUID, Rating]:
    rows = Rating.objects.filter(pool=pool_id, player__in=list(players))
    return {row.player_id: row for row in rows}


def _store(pool_id: int, states: Standings, counts: Mapping[UUID, int]) -> None:
    rows = [
        Rating(
            player_id=player,
            pool_id=pool_id,
            rating=state.rating.rating,
            deviation=state.rating.deviation,
            volatility=state.rating.volatility,
            rated_at=_moment(state.at),
            sure_until=_sure_until(state),
            matches=counts[player],
        )
        for player, state in states.items()
    ]
    Rating.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=("player", "pool"),
        update_fields=(
            "rating", "deviation", "volatility", "rated_at", "sure_until", "matches"
        ),
    )  # fmt: skip


def _sure_until(state: RatingState) -> datetime | None:
    """When inactivity makes it provisional; None when it is."""
    most: float = settings.MATCHPOINT_PROVISIONAL_DEVIATION
    room = most**2 - state.rating.deviation**2
    if room <= 0:
        return None
    if most >= HIGHEST_DEVIATION:
        return datetime.max.replace(tzinfo=UTC)
    idle = room / (SCALE * state.rating.volatility) ** 2
    period: timedelta = settings.MATCHPOINT_RATING_PERIOD
    return _moment(state.at) + min(idle * period, timedelta(days=36_500))


# Rows and the engine's values.


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _state_of(row: Rating) -> RatingState:
    return RatingState(
        Strength(row.rating, row.deviation, row.volatility), row.rated_at.timestamp()
    )


def _players(rated: Rated[Any, Any]) -> tuple[UUID, ...]:
    return rated.match.players  # type: ignore[return-value]  # any hashable; here always ids


def _rated(row: RatedMatch) -> Rated[Outcome, RatingState]:
    changes = list(row.changes.all())
    players = tuple(change.player_id for change in changes)
    return Rated(
        Played(players, outcome_of(row.outcome), row.at.timestamp()),
        tuple(_before(change) for change in changes),
        tuple(_after(change) for change in changes),
    )


def _before(row: RatingChange) -> RatingState:
    strength = Strength(row.rating_before, row.deviation_before, row.volatility_before)
    return RatingState(strength, row.at_before.timestamp())


def _after(row: RatingChange) -> RatingState:
    strength = Strength(row.rating_after, row.deviation_after, row.volatility_after)
    return RatingState(strength, row.at_after.timestamp())


def _change(
    rated: RatedMatch, place: int, player: UUID, before: RatingState, after: RatingState
) -> RatingChange:
    change = RatingChange(rated=rated, place=place, player_id=player)
    return _written(change, before, after)


def _rewritten(row: RatedMatch, new: Rated[Outcome, RatingState]) -> list[RatingChange]:
    rows = zip(row.changes.all(), new.before, new.after, strict=True)
    return [_written(*step) for step in rows]


_VALUES = tuple(
    f"{value}_{when}"
    for when in ("before", "after")
    for value in ("rating", "deviation", "volatility", "at")
)


def _written(change: RatingChange, before: RatingState, after: RatingState) -> RatingChange:
    for when, state in (("before", before), ("after", after)):
        setattr(change, f"rating_{when}", state.rating.rating)
        setattr(change, f"deviation_{when}", state.rating.deviation)
        setattr(change, f"volatility_{when}", state.rating.volatility)
        setattr(change, f"at_{when}", _moment(state.at))
    return change
