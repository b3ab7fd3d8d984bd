"""Pages of ratings: a player's ratings, a pool's leaderboard, all leaderboards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matchmaking.leaderboards import (
    RECENT_MATCHES,
    Line,
    best_of,
    finished_matches,
    history_of,
    line_of,
    ranked,
    rated_pools,
    ratings_of,
    search,
    table,
)
from matchmaking.models import Match, Outcome, Player, Pool, Rating, Season, SeasonPlace
from matchmaking.results import Result
from matchmaking.wording import result_in_words, side_names

from .rating_plot import Plot, Point, plot

LINES_PER_PAGE = 50
POINTS_PLOTTED = 200
BEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RatingCard:
    """A player's rating in one pool, with a plot of its history."""

    pool: Pool
    line: Line
    plot: Plot | None


@dataclass(frozen=True, slots=True)
class PlayedLine:
    """A match on a player's page; `change` is the change of the rating."""

    match: Match
    opponents: str
    won: bool | None
    words: str
    change: float | None

    @property
    def word(self) -> str:
        """Won, lost, or neither."""
        if self.won is None:
            return "drawn" if self.match.outcome == Outcome.DRAWN else "no winner"
        return "won" if self.won else "lost"


@require_safe
@never_cache
def leaderboards(request: HttpRequest) -> HttpResponse:
    """Every pool's first players."""
    now = timezone.now()
    boards = [(pool, best_of(pool, now=now, limit=BEST_SHOWN)) for pool in rated_pools()]
    return render(request, "matchmaking/leaderboards.html", {"boards": boards})


@require_safe
@never_cache
def leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """A pool's table as of now, or as a season left it (`?season=`)."""
    pool = get_object_or_404(Pool, slug=slug)
    words = request.GET.get("search", "").replace("\0", "").strip()[:80]
    seasons = list(Season.objects.filter(pool=pool).order_by("-number"))
    asked = request.GET.get("season", "")
    past = next((s for s in seasons if s.ended_at and str(s.number) == asked), None)
    page = Paginator(_rows(pool, past, words), LINES_PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "pool": pool,
        "page": page,
        "lines": [_line(row, now) for row in page],
        "search": words,
        "season": past,
        "present": next((s for s in seasons if s.ended_at is None), None),
        "past_seasons": [s for s in seasons if s.ended_at],
    }
    return render(request, "matchmaking/leaderboard.html", context)


def _rows(pool: Pool, past: Season | None, words: str) -> QuerySet[Any]:
    """The rows of a table, not yet read."""
    now = timezone.now()
    if past is not None:
        places = SeasonPlace.objects.filter(season=past).select_related("player")
        return places.filter(name__icontains=words) if words else places
    rows = table(pool.pk, now=now)
    return ranked(search(rows, words) if words else rows, now=now)


def _line(row: SeasonPlace | Rating, now: datetime) -> Line:
    if isinstance(row, SeasonPlace):
        return Line(row.rank, row.player_id, row.name, row.rating, row.deviation, row.matches)
    return line_of(row, now=now)


@require_safe
@never_cache
def player(request: HttpRequest, player_id: UUID) -> HttpResponse:
    """A player's ratings with their history, and the matches, the last first."""
    shown = get_object_or_404(Player, pk=player_id)
    now = timezone.now()
    matches = finished_matches(player_id).order_by("-closed_at", "-pk")
    page = Paginator(matches, RECENT_MATCHES).get_page(request.GET.get("page"))
    context = {
        "player": shown,
        "cards": [_card(shown, pool, line) for pool, line in ratings_of(player_id, now=now)],
        "page": page,
        "played": [_played(match, player_id) for match in page],
    }
    return render(request, "matchmaking/player.html", context)


def _card(player: Player, pool: Pool, line: Line) -> RatingCard:
    changes = history_of(player.pk, pool, limit=POINTS_PLOTTED)
    points = [Point(c.at_after, c.rating_after, c.deviation_after) for c in changes]
    if changes and len(changes) < POINTS_PLOTTED:
        first = changes[0]
        points.insert(0, Point(first.at_after, first.rating_before, first.deviation_before))
    return RatingCard(pool, line, plot(points))


def _played(match: Match, player_id: UUID) -> PlayedLine:
    mine = next(seat.side for seat in match.seats.all() if seat.player_id == player_id)
    names = side_names(match)
    return PlayedLine(
        match=match,
        opponents=", ".join(name for side, name in enumerate(names) if side != mine),
        won=None if match.winner is None else match.winner == mine,
        words=result_in_words(Result.of(match), names),
        change=match.moved,  # type: ignore[attr-defined]
    )
