"""What happened, in words and as data: the events that the lobby's receivers write."""

from collections.abc import Sequence
from uuid import UUID

from matchmaking.answers import Json, match_answer, match_brief, who
from matchmaking.models import Match, MatchState, Outcome
from matchmaking.services.queue import Made
from tournaments.answers import pairing_answer, tournament_brief
from tournaments.models import Entrant, Pairing, Tournament, TournamentState

from .log import Draft

PAIRS_TOLD = 32


def tournament_stream_of(tournament_id: UUID | str) -> str:
    """The stream of a tournament's events."""
    return f"tournament:{tournament_id}"


def match_stream_of(match_id: UUID | str) -> str:
    """The stream of a match's events."""
    return f"match:{match_id}"


def matched(made: Made) -> Draft:
    """A pool made a match."""
    names = " vs ".join(ticket.name for ticket in made.tickets)
    players = [who(t.player_id, t.name) | {"ticket": str(t.pk)} for t in made.tickets]
    return Draft(
        "matched", f"Matched: {names}", {"match": match_brief(made.match), "players": players}
    )


def match_closed(match: Match) -> Draft:
    """A pool's match ended."""
    seats = list(match.seats.all())
    names = " vs ".join(seat.name for seat in seats)
    return Draft("match_finished", _ending(match, names, seats), {"match": match_answer(match)})


def _ending(match: Match, names: str, seats: Sequence[object]) -> str:
    if match.state == MatchState.CANCELLED:
        return f"Called off: {names}"
    if match.state == MatchState.LAPSED:
        return f"Not played in time: {names}"
    winner, loser = (str(seats[side]) for side in (match.winner or 0, 1 - (match.winner or 0)))
    return _beat(winner, loser, match)


def _beat(winner: str, loser: str, match: Match) -> str:
    if match.outcome == Outcome.CONCEDED:
        return f"{loser} conceded to {winner}"
    if match.outcome == Outcome.FORFEIT:
        return f"{winner} won: {loser} forfeited"
    score = ":".join(str(n) for n in sorted(match.scores, reverse=True))
    return f"{winner} beat {loser} {score}"


def bracket(tournament: Tournament, brackets: Sequence[Sequence[str]]) -> Draft:
    """A tournament started; a long first round is told in part."""
    told = [" vs ".join(pair) if len(pair) > 1 else f"{pair[0]} (bye)" for pair in brackets]
    rest = len(told) - PAIRS_TOLD
    text = ", ".join(told[:PAIRS_TOLD]) + (f" and {rest} more" if rest > 0 else "")
    return Draft(
        "bracket",
        f"Tournament Brackets: {text}",
        {
            "tournament": tournament_brief(tournament),
            "brackets": [list(pair) for pair in brackets[:PAIRS_TOLD]],
            "pairs": len(brackets),
        },
    )


def pairing_decided(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """A bracket's match was decided; with it come the pairings that it changed."""
    decided = pairings[0]
    top, bottom = str(decided.top), str(decided.bottom)
    winner, loser = (bottom, top) if decided.winner else (top, bottom)
    match = decided.match
    told = _beat(winner, loser, match) if match else f"{winner} goes through"
    data: Json = {
        "tournament": tournament_brief(tournament),
        "pairings": [pairing_answer(pairing) for pairing in pairings],
    }
    return Draft("match_finished", f"{tournament.name}, {decided.round}: {told}", data)


def tournament_closed(tournament: Tournament, winner: Entrant | None) -> Draft:
    """A tournament is over."""
    if tournament.state == TournamentState.CANCELLED:
        text = f"{tournament.name} is called off"
    else:
        text = (
            f"{tournament.name} is finished: {winner} wins"
            if winner
            else (f"{tournament.name} is finished without a winner")
        )
    data = {"tournament": tournament_brief(tournament), "winner": winner.name if winner else None}
    return Draft("tournament", text, data)
