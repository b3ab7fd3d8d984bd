"""HTTP for programs: leaderboards and players' ratings."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib.errors import Malformed, NotFound
from lib.http import endpoint, json_response
from matchmaking.leaderboards import line_of, ranked, ratings_of, recent_matches, search, table
from matchmaking.match_serializers import line_answer, whole_player_answer
from matchmaking.models import Player, Pool, Season
from matchmaking.serializers import Json

LINES_MAX = 200


@endpoint("GET")
async def leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """A pool's table: `?limit=…&offset=…&search=…`."""
    limit = _number(request, "limit", default=50, most=LINES_MAX)
    offset = _number(request, "offset", default=0, most=10**9)
    words = request.GET.get("search", "")[:80]
    return json_response(await sync_to_async(_leaderboard)(slug, limit, offset, words))


def _number(request: HttpRequest, name: str, *, default: int, most: int) -> int:
    given = request.GET.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) < 12):
        raise Malformed(f"`{name}` is a whole number, not {given[:20]!r}.")
    return min(int(given), most)


def _leaderboard(slug: str, limit: int, offset: int, words: str) -> Json:
    now = timezone.now()
    pool = Pool.objects.filter(slug=slug).first()
    if pool is None:
        raise NotFound("There is no such pool.", code="unknown_pool")
    rows = table(pool.pk, now=now)
    found = search(rows, words) if words else rows
    lines = [line_of(row, now=now) for row in ranked(found, now=now)[offset : offset + limit]]
    season = Season.objects.filter(pool=pool, ended_at=None).first()
    return {
        "pool": pool.slug,
        "name": pool.name,
        "season": str(season) if season else None,
        "players": found.count(),
        "lines": [line_answer(line) for line in lines],
    }


@endpoint("GET")
async def player(request: HttpRequest, player_id: UUID) -> HttpResponse:
    """A player: ratings by pool, and the last matches."""
    return json_response(await sync_to_async(_player)(player_id))


def _player(player_id: UUID) -> Json:
    found = Player.objects.filter(pk=player_id).first()
    if found is None:
        raise NotFound("There is no such player.")
    now = timezone.now()
    ratings = ratings_of(player_id, now=now)
    return whole_player_answer(found, ratings, recent_matches(player_id))
