"""A pool's rated matches: added at the end, and corrected as if they had always been so."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from matchmaking.engine.rating_history import Played, Rate, Rated, RatingState, with_match
from matchmaking.models import Match, Pool, RatedMatch, Season
from matchmaking.rating_systems import Outcome, SeasonEnd, outcome_json, rate_by

from .rating_rows import (
    Place,
    States,
    add_changes,
    read_places,
    states_now,
    store_states,
    write_places,
)


def lock_season(pool_id: int) -> Season:
    """The pool's present season, its row locked: every change of the pool's ratings starts here.

    A pool's first season begins with its first rated match.
    """
    while True:
        seasons = Season.objects.filter(pool=pool_id)
        rows = seasons.select_related("pool").select_for_update(no_key=True, of=("self",))
        present = rows.filter(ended_at__isnull=True).first()
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
    """Rate what came last in the pool; the caller has locked its season.

    Without players the match only takes its place in the history.
    """
    history = RatedMatch.objects.filter(pool=season.pool_id)
    rated = RatedMatch.objects.create(
        pool_id=season.pool_id,
        season=season,
        number=(history.aggregate(last=Max("number"))["last"] or 0) + 1,
        match=match,
        outcome=outcome_json(outcome),
        at=at,
    )
    if not players:
        return rated
    now = states_now(season.pool_id, players)
    before = tuple(now[player] for player in players)
    after = _rate(season.pool)(Played(tuple(players), outcome, at.timestamp()), before)
    add_changes(rated.pk, zip(players, before, after, strict=True))
    states = dict(zip(players, after, strict=True))
    store_states(season, states, plays=not isinstance(outcome, SeasonEnd))
    return rated


def change_rated(
    rated: RatedMatch, *, season: Season, outcome: Outcome, players: Sequence[UUID]
) -> None:
    """Rate a match in its own place, with this outcome; without players it moves nobody there.

    Later ratings become what they would be, to the last bit. The caller has locked the pool's
    present season. A season's table that is archived stays.
    """
    first, *later = read_places(rated)
    newcomers = _states_then(season.pool_id, set(players) - set(first.players), later)
    reached = {*first.players, *newcomers}
    # A season's end moves all who are rated by then, and leaves the others unrated.
    later = [place.with_unrated(reached) if place.is_season_end else place for place in later]
    match = Played(tuple(players), outcome, rated.at.timestamp()) if players else None
    again = with_match(
        [first.rated, *(place.rated for place in later)],
        match,
        newcomers.items(),
        _rate(season.pool),
    )
    here = again.pop(0) if match else None
    _replace(rated, outcome, here)
    steps = list(zip(later, again, strict=True))
    write_places((place, new) for place, new in steps if new is not place.rated)
    moved = newcomers | dict(zip(first.players, first.rated.before, strict=True))
    moved |= dict(zip(players, here.after, strict=True)) if here else {}
    for place, new in steps:
        after = dict(zip(place.players, new.after, strict=True))
        moved |= after if new is not place.rated else {p: after[p] for p in after.keys() & moved}
    store_states(season, moved)


def _states_then(pool_id: int, players: Collection[UUID], later: Iterable[Place]) -> States:
    """The states of these players before the places in which they come."""
    states = states_now(pool_id, players)
    for place in reversed(list(later)):
        known = zip(place.players, place.rated.before, strict=True)
        states |= {player: state for player, state in known if player in states}
    return states


def _replace(rated: RatedMatch, outcome: Outcome, new: Rated[Outcome, RatingState] | None) -> None:
    rated.outcome = outcome_json(outcome)
    rated.save(update_fields=("outcome",))
    rated.changes.all().delete()
    if new is not None:
        players: tuple[UUID, ...] = new.match.players  # type: ignore[assignment]  # ids here
        add_changes(rated.pk, zip(players, new.before, new.after, strict=True))


def _rate(pool: Pool) -> Rate[Outcome, RatingState]:
    return rate_by(settings.MATCHPOINT_RATING_PERIOD, least_deviation=pool.deviation_floor)
