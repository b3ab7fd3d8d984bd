"""Matches and their results in words: the only place where a result is put into text."""

from collections.abc import Sequence

from .models import Match, MatchState, Outcome
from .results import SIDES, Result, final_score

FORFEITED = "forfeit"
#: What each side has of a match of one game that was drawn.
HALF = "\u00bd"


def side_names(match: Match) -> list[str]:
    """The names on each side, side 0 first; needs the match's seats prefetched."""
    sides: dict[int, list[str]] = {}
    for seat in match.seats.all():
        sides.setdefault(seat.side, []).append(seat.name)
    return [" & ".join(names) for _, names in sorted(sides.items())]


def result_in_words(result: Result, names: Sequence[str]) -> str:
    """A result as a sentence without its full stop, as a player would claim it."""
    score = _score(result)
    if result.winner is None:
        drawn = result.outcome == Outcome.DRAWN
        return f"a draw, {score}" if drawn and score else "a draw" if drawn else "nobody came"
    winner = names[result.winner]
    if result.outcome == Outcome.FORFEIT:
        return f"{winner} won by forfeit"
    if result.outcome == Outcome.CONCEDED:
        return f"{winner} won: the other side gave up"
    return f"{winner} won {score}".rstrip()


def result_as_news(result: Result, names: Sequence[str]) -> str:
    """Who beat whom, or what happened instead; `names` in the order of the sides."""
    if len(names) > SIDES:
        return f"{result_in_words(result, names)} ({' vs '.join(names)})"
    score, (first, second) = _score(result), names
    if result.outcome == Outcome.DOUBLE_FORFEIT:
        return f"neither {first} nor {second} played"
    if result.winner is None:
        return f"{first} and {second} drew {score}".rstrip()
    winner, loser = names[result.winner], names[1 - result.winner]
    if result.outcome == Outcome.FORFEIT:
        return f"{winner} won: {loser} forfeited"
    if result.outcome == Outcome.CONCEDED:
        return f"{loser} conceded to {winner}"
    return f"{winner} beat {loser} {score}".rstrip()


def _score(result: Result) -> str:
    """The winner's games first where two sides meet; of more sides, in their order.

    The points of each game follow in brackets; those of a single game stand alone. Empty when
    nobody won a game: the one that was played was drawn.
    """
    winner = result.winner if len(result.scores) == SIDES else None
    scores, games = result.scores, result.games
    if winner:
        scores, games = scores[::-1], tuple((first, second) for second, first in games)
    if len(games) == 1:
        return points_in_words(games)
    won = ":".join(map(str, scores)) if any(scores) or games else ""
    return f"{won} ({points_in_words(games)})" if games else won


def points_in_words(games: Sequence[Sequence[int]]) -> str:
    """The points of each game, such as 11:5, 7:11, 11:9."""
    return ", ".join(":".join(map(str, points)) for points in games)


def ending_in_words(match: Match) -> str:
    """How a pool's match ended, as news; needs the match's seats prefetched."""
    names = side_names(match)
    match match.state:
        case MatchState.CANCELLED:
            return f"Cancelled: {' vs '.join(names)}"
        case MatchState.LAPSED:
            return f"Not played in time: {' vs '.join(names)}"
    return result_as_news(Result.of(match), names)


def scores_of(match: Match | None) -> tuple[str, str]:
    """What is shown beside each of two names: games won so far or in the end, or who forfeited.

    Of a single game the points, where they are known.
    """
    if match is None:
        return "", ""
    if match.outcome == Outcome.FORFEIT:
        return ("", FORFEITED) if match.winner == 0 else (FORFEITED, "")
    if match.outcome == Outcome.DOUBLE_FORFEIT:
        return FORFEITED, FORFEITED
    if match.outcome == Outcome.DRAWN and not any(match.scores) and not match.games:
        return HALF, HALF
    shown = final_score(match) or match.live_scores
    return (str(shown[0]), str(shown[1])) if len(shown) == SIDES else ("", "")


def scoreline(match: Match | None) -> str:
    """The same in a line: 2:1, that there was a forfeit, or a dash before anything."""
    first, second = scores_of(match)
    if FORFEITED in {first, second}:
        return FORFEITED
    return f"{first}:{second}" if first else "\u2013"
