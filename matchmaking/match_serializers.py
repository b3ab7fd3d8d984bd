"""What matches with their reports, and ratings, look like on the wire."""

from datetime import datetime
from typing import Any

from matchmaking.services.reports import open_report, report_claim, report_counter

from .leaderboards import Line
from .match_place import place_of_match
from .models import OPEN_REPORT, Match, Player, Pool, RatingChange, Report
from .results import Result
from .serializers import Json, match_answer, stamp, who


def result_answer(result: Result) -> Json:
    """A result that is claimed or stands."""
    return {
        "outcome": str(result.outcome),
        "winner": result.winner,
        "scores": list(result.scores),
    }


def report_answer(report: Report) -> Json:
    """A report; `confirm_by` is null once somebody has answered it."""
    counter = report_counter(report)
    return {
        "id": str(report.pk),
        "state": report.state,
        "by": who(report.reporter_id, report.reporter.name),
        "side": report.side,
        "result": result_answer(report_claim(report)),
        "counter": result_answer(counter) if counter else None,
        "confirm_by": stamp(report.confirm_by) if report.state == "pending" else None,
    }


def whole_match_answer(match: Match, report: Report | None = None) -> Json:
    """A match as its own address tells it: sides, how it is played, its report, what it moved."""
    if report is None or report.state not in OPEN_REPORT:
        report = open_report(match)
    sides: dict[int, list[Json]] = {}
    for seat in match.seats.all():
        sides.setdefault(seat.side, []).append(who(seat.player_id, seat.name))
    place = place_of_match(match)
    return match_answer(match) | {
        "tournament": place.answer() if place else None,
        "sides": [players for _, players in sorted(sides.items())],
        "best_of": match.best_of,
        "draws": match.draws,
        "live_scores": match.live_scores,
        "created_at": stamp(match.created_at),
        "closed_at": _stamp(match.closed_at),
        "report": report_answer(report) if report else None,
        "ratings": [_moved(change) for change in _changes(match)],
    }


def _changes(match: Match) -> Any:
    changes = RatingChange.objects.filter(rated__match=match).select_related("player")
    return changes.order_by("place")


def _moved(change: RatingChange) -> Json:
    return {
        "player": who(change.player_id, change.player.name),
        "before": round(change.rating_before, 1),
        "after": round(change.rating_after, 1),
    }


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def line_answer(line: Line) -> Json:
    """A line of a table; `rank` is null while the rating is provisional."""
    return {
        "rank": line.rank,
        "player": who(line.player_id, line.name),
        **_strength(line),
    }


def _strength(line: Line) -> Json:
    return {
        "rating": round(line.rating, 1),
        "deviation": round(line.deviation, 1),
        "provisional": line.rank is None,
        "matches": line.matches,
    }


def rating_answer(pool: Pool, line: Line) -> Json:
    """A player's rating in one pool."""
    return {"pool": pool.slug, "rank": line.rank, **_strength(line)}


def whole_player_answer(
    player: Player, ratings: list[tuple[Pool, Line]], matches: list[Match]
) -> Json:
    """A player with ratings and last matches."""
    return who(player.pk, player.name) | {
        "guest": player.is_guest,
        "ratings": [rating_answer(pool, line) for pool, line in ratings],
        "matches": [match_answer(match) for match in matches],
    }
