"""The ratings of entrants who are players, taken from the pool that their matches move."""

from collections.abc import Sequence
from uuid import UUID

from matchmaking.services.ratings import known_ratings
from tournaments.files.entrant_lines import RATING_MAX
from tournaments.models import Entrant, Tournament


def pool_rating(tournament: Tournament, player_id: UUID | None) -> int | None:
    """A player's current rating in the tournament's pool; None if unrated, or for a team."""
    return pool_ratings(tournament, [player_id] if player_id else []).get(player_id)


def pool_ratings(
    tournament: Tournament, player_ids: Sequence[UUID | None]
) -> dict[UUID | None, int]:
    """The current ratings of those of these players who have one."""
    players = [player_id for player_id in player_ids if player_id is not None]
    if not players or tournament.rated_in is None or tournament.team_size > 1:
        return {}
    known = known_ratings(tournament.rated_in, players)
    return {player: min(max(round(rating), 0), RATING_MAX) for player, rating in known.items()}


def take_ratings(tournament: Tournament, entrants: Sequence[Entrant]) -> list[Entrant]:
    """Give entrants without a rating the one of the pool; returns those changed, not stored."""
    without = [one for one in entrants if one.rating is None and one.player_id is not None]
    ratings = pool_ratings(tournament, [one.player_id for one in without])
    found = [one for one in without if one.player_id in ratings]
    for entrant in found:
        entrant.rating = ratings[entrant.player_id]
    return found


def fill_ratings(tournament: Tournament, entrants: Sequence[Entrant]) -> None:
    """Store the pool ratings of entrants that have no rating yet."""
    if found := take_ratings(tournament, entrants):
        Entrant.objects.bulk_update(found, ("rating",), batch_size=500)
