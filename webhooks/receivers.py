"""Facts written for what happened in the apps below, while somebody awaits any."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db.models import prefetch_related_objects
from django.dispatch import Signal, receiver

from lib.schemas import Schema
from matchmaking.models import Match, MatchState, Report, Seat
from matchmaking.schemas import PlayerName
from matchmaking.schemas import Report as ReportShown
from matchmaking.services.queue.joins import NewMatch
from matchmaking.signals import (
    match_allocated,
    match_closed,
    match_made,
    match_reopened,
    match_scored,
    match_started,
    place_filled,
    player_left,
    result_disputed,
    result_reported,
)
from matchmaking.wording import ending_in_words, side_names
from streams.log import Draft, append_at_the_end
from tournaments.models import Entrant, Pairing, Round, Stage, Tournament, TournamentState
from tournaments.schemas import Brief, StageBrief
from tournaments.schemas import Match as TournamentMatch
from tournaments.signals import (
    bracket_created,
    day_moved,
    matches_created,
    pairing_decided,
    round_published,
    tournament_closed,
)
from tournaments.wording import pairing_result

from .facts import (
    FACTS_STREAM,
    FactMatch,
    MatchFact,
    MatchReported,
    RoundPublished,
    SeatChanged,
    StageStarted,
    TournamentFact,
    TournamentFinished,
    TournamentMatchFinished,
)
from .selectors import is_awaited

_PAIRS_SHOWN = 32
_OF_MATCHES = {
    match_allocated: ("match.allocated", "{}: the place is known"),
    match_started: ("match.started", "{} has begun"),
    match_scored: ("match.scored", "{}: the score has changed"),
    match_reopened: ("match.reopened", "{} is open again"),
}
_OF_REPORTS = {
    result_reported: ("match.reported", "{}: a result is reported"),
    result_disputed: ("match.disputed", "{}: the sides disagree about the result"),
}
_OF_SEATS = {
    player_left: ("player.left", "{} left {}"),
    place_filled: ("place.filled", "{} joined {}"),
}


def _write(kind: str, text: str, data: Schema) -> None:
    append_at_the_end(FACTS_STREAM, [Draft(kind, text, data)])


def _on(*signals: Signal) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Receive signals while somebody awaits facts."""

    def connected(receive: Callable[..., None]) -> Callable[..., None]:
        @receiver(signals)
        @wraps(receive)
        def received(**facts: Any) -> None:
            if is_awaited():
                receive(**facts)

        return received

    return connected


def _with_seats(match: Match) -> Match:
    """The match with its seats read once, for its words and for the fact."""
    prefetch_related_objects([match], "seats")
    return match


def _names(match: Match) -> str:
    return " vs ".join(side_names(match))


@_on(match_made)
def write_made(matches: Sequence[NewMatch], **kwargs: Any) -> None:
    """Pools made matches."""
    drafts = []
    for made in matches:
        sides = [[PlayerName(one.player_id, one.name) for one in side] for side in made.sides]
        names = " vs ".join(" & ".join(one.username for one in side) for side in sides)
        fact = MatchFact(tournament=None, match=FactMatch.of_sides(made.match, sides))
        drafts.append(Draft("match.made", f"Matched: {names}", fact))
    append_at_the_end(FACTS_STREAM, drafts)


@_on(matches_created)
def write_created(
    tournament: Tournament,
    matches: Sequence[tuple[Match, tuple[Entrant, Entrant]]],
    **kwargs: Any,
) -> None:
    """Both sides of a tournament's matches are known."""
    brief = Brief.of(tournament)
    for match, entrants in matches:
        sides = [[PlayerName(one.player_id, one.name)] for one in entrants]
        text = f"{tournament.name}: {' vs '.join(map(str, entrants))} can be played"
        fact = MatchFact(tournament=brief, match=FactMatch.of_sides(match, sides))
        _write("match.made", text, fact)


@_on(*_OF_MATCHES)
def write_match(signal: Signal, match: Match, **kwargs: Any) -> None:
    """A match went on."""
    kind, text = _OF_MATCHES[signal]
    _write(kind, text.format(_names(_with_seats(match))), MatchFact.of(match))


@_on(match_closed)
def write_closed(match: Match, **kwargs: Any) -> None:
    """A match ended, with a result or without."""
    is_finished = match.state == MatchState.FINISHED
    kind = "match.finished" if is_finished else "match.cancelled"
    _write(kind, ending_in_words(_with_seats(match)), MatchFact.of(match))


@_on(*_OF_REPORTS)
def write_report(signal: Signal, match: Match, report: Report, **kwargs: Any) -> None:
    """Players said how a match ended."""
    kind, text = _OF_REPORTS[signal]
    fact = MatchReported.of(match, report=ReportShown.of(report))
    _write(kind, text.format(_names(match)), fact)


@_on(*_OF_SEATS)
def write_seat(signal: Signal, match: Match, seat: Seat, **kwargs: Any) -> None:
    """Somebody left a match that goes on, or joined it."""
    kind, text = _OF_SEATS[signal]
    player = PlayerName(seat.player_id, seat.name)
    fact = SeatChanged.of(match, player=player, side=seat.side)
    _write(kind, text.format(seat.name, _names(match)), fact)


@_on(day_moved)
def write_opened(tournament: Tournament, **kwargs: Any) -> None:
    """Registration opened."""
    if tournament.state == TournamentState.REGISTRATION:
        text = f"{tournament.name}: registration is open"
        _write("tournament.opened", text, TournamentFact(tournament=Brief.of(tournament)))


@_on(bracket_created)
def write_started(
    tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]], **kwargs: Any
) -> None:
    """A tournament started."""
    fact = StageStarted(
        tournament=Brief.of(tournament),
        stage=StageBrief.of(stage),
        pairs=[list(pair) for pair in brackets[:_PAIRS_SHOWN]],
        pair_count=len(brackets),
    )
    _write("tournament.started", f"{tournament.name} has started", fact)


@_on(round_published)
def write_round(
    tournament: Tournament, round: Round, pairings: Sequence[Pairing], **kwargs: Any
) -> None:
    """A round of a table was paired."""
    fact = RoundPublished(
        tournament=Brief.of(tournament),
        round=round.number,
        pairs=[[str(row.top), str(row.bottom)] for row in pairings[:_PAIRS_SHOWN]],
        pair_count=len(pairings),
    )
    _write("tournament.round_published", f"{tournament.name}, {round} is paired", fact)


@_on(pairing_decided)
def write_decided(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """A match of a tournament was decided."""
    decided = pairings[0]
    [match] = TournamentMatch.listed([decided])
    fact = TournamentMatchFinished(
        tournament=Brief.of(tournament), round=str(decided.round), match=match
    )
    text = f"{tournament.name}, {decided.round}: {pairing_result(decided)}"
    _write("tournament.match_finished", text, fact)


@_on(tournament_closed)
def write_over(tournament: Tournament, winner: Entrant | None, **kwargs: Any) -> None:
    """A tournament is over."""
    brief = Brief.of(tournament)
    if tournament.state == TournamentState.CANCELLED:
        text = f"{tournament.name} is cancelled"
        _write("tournament.cancelled", text, TournamentFact(tournament=brief))
        return
    won = f": {winner} wins" if winner else " without a winner"
    fact = TournamentFinished(tournament=brief, winner=winner.name if winner else None)
    _write("tournament.finished", f"{tournament.name} is finished{won}", fact)
