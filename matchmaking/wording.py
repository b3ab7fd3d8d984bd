"""Matches and their results in words."""

from collections.abc import Sequence

from .models import Match, MatchState, Outcome
from .results import SIDES, Result


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
    return f"{winner} won {score}" if score else f"{winner} won"


def _score(result: Result) -> str:
    """The winner's games first where two sides meet; of more sides, in their order.

    Empty when nobody won a game: the one that was played was drawn.
    """
    games = result.scores[::-1] if len(result.scores) == SIDES and result.winner else result.scores
    return ":".join(map(str, games)) if any(games) else ""


def ending_in_words(match: Match) -> str:
    """How a match ended, as news; needs the match's seats prefetched."""
    names = side_names(match)
    meeting = " vs ".join(names)
    match match.state:
        case MatchState.CANCELLED:
            return f"Called off: {meeting}"
        case MatchState.LAPSED:
            return f"Not played in time: {meeting}"
    if len(names) > SIDES:
        return f"{result_in_words(Result.of(match), names)} ({meeting})"
    return _of_two(Result.of(match), names)


def _of_two(result: Result, names: Sequence[str]) -> str:
    score = _score(result)
    if result.winner is None:
        drawn = result.outcome == Outcome.DRAWN
        words = f"drew {score}" if drawn else "both forfeited"
        return f"{' and '.join(names)} {words}".rstrip()
    winner, loser = names[result.winner], names[1 - result.winner]
    if result.outcome == Outcome.CONCEDED:
        return f"{loser} conceded to {winner}"
    if result.outcome == Outcome.FORFEIT:
        return f"{winner} won: {loser} forfeited"
    return f"{winner} beat {loser} {score}".rstrip()
