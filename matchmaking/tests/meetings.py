"""Matches between players, made by hand: tests of results and ratings need no queue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lib import tokens
from lib.names import parse_name
from matchmaking.callers import Caller
from matchmaking.models import Match, Player, Pool, Seat
from matchmaking.results import Result
from matchmaking.services.matches import finish_match, side_count


def player(name: str) -> Player:
    """The guest of that name, made when there is none; the token is `token-<name>`."""
    known = Player.objects.filter(name=name).first()
    if known is not None:
        return known
    display, name_key, skeleton = parse_name(name)
    return Player.objects.create(
        name=display, name_key=name_key, skeleton=skeleton, token_sha256=tokens.digest(token(name))
    )


def token(name: str) -> str:
    return f"token-{name}"


def bearer(name: str) -> dict[str, str]:
    """The header that speaks for a player, for Django's test client."""
    return {"Authorization": f"Bearer {token(name)}"}


def caller(name: str) -> Caller:
    return Caller(player_id=player(name).pk)


def pool(slug: str = "ladder") -> Pool:
    """The pool of that name, made when there is none; its guests count, and all its matches."""
    rules = {"name": slug.title(), "guests_count": True, "ranked_opponents": 1, "rated_a_day": 0}
    return Pool.objects.get_or_create(slug=slug, defaults=rules)[0]


def meeting(
    *sides: str | Sequence[str],
    slug: str = "ladder",
    best_of: int = 1,
    draws: bool = False,
) -> Match:
    """An open match of a pool; a side is one name, or the names of a team."""
    match = Match.objects.create(pool=pool(slug), best_of=best_of, draws=draws)
    for side, names in enumerate(sides):
        for name in [names] if isinstance(names, str) else names:
            Seat.objects.create(
                match=match, side=side, player=player(name), name=name, pool=match.pool
            )
    return match


def stored(match: Match) -> Match:
    return Match.objects.get(pk=match.pk)


def play_match(*, match: Match, scores: Sequence[int]) -> Match:
    """End an open match by its score."""
    result = Result.by_score(
        scores, best_of=match.best_of, draws=match.draws, sides=side_count(match)
    )
    return finish_match(match=match, result=result)


def won(winner: str, loser: str, *, slug: str = "ladder") -> Match:
    """A match that was played and won 1:0."""
    return play_match(match=meeting(winner, loser, slug=slug), scores=(1, 0))


def finished(match: Match, result: Result, *, at: datetime | None = None) -> Match:
    """The match with this result."""
    return finish_match(match=match, result=result)


def player_id(name: str) -> UUID:
    return player(name).pk
