"""Results in words, for the record of the day and the events."""

from collections.abc import Sequence

from matchmaking.models import Match, Outcome

from .models import Pairing


def result_words(
    names: Sequence[str], winner: int | None, outcome: str | None, scores: Sequence[int]
) -> str:
    """Who beat whom, or what happened instead; `names` in the order of the sides."""
    first, second = names
    if outcome == Outcome.DOUBLE_FORFEIT:
        return f"neither {first} nor {second} played"
    if winner is None:
        return f"{first} and {second} drew{_score(scores)}"
    won, lost = (second, first) if winner else (first, second)
    if outcome == Outcome.FORFEIT:
        return f"{won} won: {lost} forfeited"
    if outcome == Outcome.CONCEDED:
        return f"{lost} conceded to {won}"
    return f"{won} beat {lost}{_score(sorted(scores, reverse=True))}"


def _score(scores: Sequence[int]) -> str:
    return f" {':'.join(map(str, scores))}" if any(scores) else ""


def match_words(match: Match, names: Sequence[str]) -> str:
    """A finished match in words."""
    return result_words(names, match.winner, match.outcome, match.scores)


def pairing_words(pairing: Pairing) -> str:
    """A decided pairing in words, with its round; needs its round, entrants and match."""
    assert pairing.match is not None
    words = match_words(pairing.match, (str(pairing.top), str(pairing.bottom)))
    return f"{words} ({pairing.round})"
