"""What happened, in words and as data: the events that the lobby's receivers write."""

from collections.abc import Sequence

from msgspec.structs import asdict

from matchmaking.models import Match, Report, ReportState, Seat
from matchmaking.results import report_claim
from matchmaking.schemas import MatchBrief, MatchSummary, PlayerName
from matchmaking.schemas import Report as ReportAnswer
from matchmaking.services.queue.joins import NewMatch
from matchmaking.wording import ending_in_words, result_in_words, side_names
from streams.log import Draft
from tournaments.models import Entrant, Pairing, Round, Stage, Tournament, TournamentState
from tournaments.schemas import Brief, EntrantBrief, StageBrief
from tournaments.schemas import Match as Place
from tournaments.services.capacity import EntryChange
from tournaments.wording import pairing_result

from .data import (
    BracketData,
    EntryData,
    Headline,
    LiveData,
    MatchBriefData,
    MatchData,
    MatchedData,
    MatchedPlayer,
    PairingsData,
    ReopenedPairingsData,
    ReportData,
    RoundData,
    SeatData,
    TournamentData,
)

PAIRS_SHOWN = 32


def matched(made: NewMatch) -> Draft:
    """A pool made a match."""
    names = " vs ".join(" & ".join(ticket.name for ticket in side) for side in made.sides)
    players = [
        MatchedPlayer(**asdict(player), ticket=ticket.pk)
        for player, ticket in zip(made.players, made.tickets, strict=True)
    ]
    data = MatchedData(Headline("Match", names), MatchBrief.of(made.match), players)
    return Draft("matched", f"Matched: {names}", data)


def match_allocated(match: Match) -> Draft:
    """Where a match is played was said: not here, since only those in it see it."""
    text = f"{_versus(match)}: it is said where it is played"
    return Draft("allocated", text, MatchBriefData(MatchBrief.of(match)))


def match_started(match: Match) -> Draft:
    """The play of a match began."""
    return Draft("started", f"{_versus(match)} has begun", MatchBriefData(MatchBrief.of(match)))


def match_scored(match: Match) -> Draft:
    """The score of a pool's match."""
    score = ":".join(map(str, match.live_scores)) or "no score"
    data = LiveData(MatchBrief.of(match), match.live_scores)
    return Draft("score", f"{_versus(match)}: {score}", data)


def player_left(match: Match, seat: Seat) -> Draft:
    """Somebody left a match that goes on."""
    return _seat("player_left", f"{seat.name} left the match, which goes on", match, seat)


def place_filled(match: Match, seat: Seat) -> Draft:
    """Somebody took the place of one who left."""
    return _seat("place_filled", f"{seat.name} comes into the match", match, seat)


def _seat(kind: str, text: str, match: Match, seat: Seat) -> Draft:
    data = SeatData(MatchBrief.of(match), PlayerName(seat.player_id, seat.name), seat.side)
    return Draft(kind, text, data)


def _versus(match: Match) -> str:
    return " vs ".join(side_names(match))


def match_closed(match: Match) -> Draft:
    """A pool's match ended."""
    return _pool_match("match_finished", "Result", ending_in_words(match), match)


def match_reopened(match: Match) -> Draft:
    """A pool's match was reopened."""
    text = f"{_versus(match)} is open again"
    return _pool_match("match_reopened", "Reopened", text, match)


def _pool_match(kind: str, tag: str, text: str, match: Match) -> Draft:
    return Draft(kind, text, MatchData(Headline(tag, text), MatchSummary.of(match)))


def result_reported(match: Match, report: Report) -> Draft:
    """A player reported how a match ended; the other side is asked."""
    claim = result_in_words(report_claim(report), side_names(match))
    return _report(match, report, f"{report.reporter.name} reports: {claim}")


def result_disputed(match: Match, report: Report) -> Draft:
    """The sides disagree; the organiser decides."""
    return _report(match, report, f"{_versus(match)}: the sides disagree about the result")


def _report(match: Match, report: Report, text: str) -> Draft:
    data = ReportData(MatchBrief.of(match), ReportAnswer.of(report))
    kind = "result_disputed" if report.state == ReportState.DISPUTED else "result_reported"
    return Draft(kind, text, data)


def entry_changed(tournament: Tournament, entrant: Entrant, change: EntryChange) -> Draft:
    """An entry was added, withdrawn or checked in."""
    data = EntryData(Brief.of(tournament), EntrantBrief.of(entrant), change)
    return Draft("entry", f"{entrant}: {change.replace('_', ' ')}", data)


def list_changed(tournament: Tournament) -> Draft:
    """Many entries changed at once, or their order did."""
    return _state(tournament, f"{tournament.name}: the list of entrants has changed", None)


def day_moved(tournament: Tournament) -> Draft:
    """Registration or check-in opened or closed."""
    return _state(tournament, f"{tournament.name}: {tournament.get_state_display()}", None)


def stations_changed(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """Pairings were called to their stations, or left them."""
    calls = [
        f"{row.top} vs {row.bottom}: {row.station or 'no station'}"
        for row in pairings[:PAIRS_SHOWN]
    ]
    text = ", ".join(calls)
    return Draft("station", text, _changed(tournament, pairings, "Station", text))


def bracket(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Draft:
    """A tournament started; only a part of a long first round is shown."""
    if stage.is_elimination:
        text, line = f"Tournament Brackets: {_pairs(brackets)}", _pairs(brackets)
    else:
        line = f"round 1: {_pairs(brackets)}"
        text = f"{tournament.name}, {line}"
    return Draft("bracket", text, _drawn(tournament, stage, brackets, Headline("Bracket", line)))


def stage_started(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Draft:
    """A later stage began."""
    line = f"{stage} begins" + (f": {_pairs(brackets)}" if brackets else "")
    drawn = _drawn(tournament, stage, brackets, Headline("Stage", line))
    return Draft("stage", f"{tournament.name}: {line}", drawn)


def _drawn(
    tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]], news: Headline
) -> BracketData:
    return BracketData(
        news,
        tournament=Brief.of(tournament),
        stage=StageBrief.of(stage),
        brackets=[list(pair) for pair in brackets[:PAIRS_SHOWN]],
        pairs=len(brackets),
    )


def _pairs(brackets: Sequence[Sequence[str]]) -> str:
    """The pairs in words, as many as are shown."""
    pairs = [" vs ".join(pair) if len(pair) > 1 else f"{pair[0]} (bye)" for pair in brackets]
    rest = len(pairs) - PAIRS_SHOWN
    return ", ".join(pairs[:PAIRS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def round_published(tournament: Tournament, round: Round, pairings: Sequence[Pairing]) -> Draft:
    """A round of a table was paired."""
    names = [[str(row.top), str(row.bottom)] for row in pairings]
    return _round(tournament, round, f"{round}: {_pairs(names)}", names)


def round_withdrawn(tournament: Tournament, round: Round) -> Draft:
    """The last round of a Swiss was withdrawn."""
    return _round(tournament, round, f"{round}: withdrawn, to be paired again", [])


def _round(tournament: Tournament, round_: Round, line: str, names: list[list[str]]) -> Draft:
    data = RoundData(
        Headline("Round", line),
        Brief.of(tournament),
        round_.number,
        names[:PAIRS_SHOWN],
        len(names),
    )
    return Draft("round", f"{tournament.name}, {line}", data)


def pairing_scored(tournament: Tournament, pairing: Pairing) -> Draft:
    """The live score of a match was entered."""
    names = f"{pairing.top} vs {pairing.bottom}"
    scores = pairing.match.live_scores if pairing.match else []
    stands = ":".join(map(str, scores)) or "no score yet"
    text = f"{names}: {stands}"
    return Draft("score", text, _changed(tournament, [pairing], "Score", text))


def pairing_decided(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """A tournament's match was decided; with it come the pairings that it changed."""
    decided = pairings[0]
    line = f"{decided.round}: {pairing_result(decided)}"
    data = _changed(tournament, pairings, "Result", line)
    return Draft("match_finished", f"{tournament.name}, {line}", data)


def pairing_reopened(
    tournament: Tournament, pairings: Sequence[Pairing], *, rebuilt: bool
) -> Draft:
    """A tournament's result was reopened; with it come the pairings that it changed."""
    reopened = pairings[0]
    names = f"{reopened.top} vs {reopened.bottom}"
    line = f"{reopened.round}: {names} is open again"
    data = ReopenedPairingsData(
        Headline("Reopened", line), Brief.of(tournament), Place.listed(pairings), rebuilt
    )
    return Draft("match_reopened", f"{tournament.name}, {line}", data)


def _changed(
    tournament: Tournament, pairings: Sequence[Pairing], tag: str, line: str
) -> PairingsData:
    return PairingsData(Headline(tag, line), Brief.of(tournament), Place.listed(pairings))


def tournament_closed(tournament: Tournament, winner: Entrant | None) -> Draft:
    """A tournament is over."""
    if tournament.state == TournamentState.CANCELLED:
        text = f"{tournament.name} is cancelled"
    else:
        won = f": {winner} wins" if winner else " without a winner"
        text = f"{tournament.name} is finished{won}"
    return _state(tournament, text, winner)


def tournament_reopened(tournament: Tournament) -> Draft:
    """A finished tournament runs again."""
    return _state(tournament, f"{tournament.name} runs again: a result was reopened", None)


def _state(tournament: Tournament, text: str, winner: Entrant | None) -> Draft:
    name = winner.name if winner else None
    data = TournamentData(Headline("Cup", text), Brief.of(tournament), name)
    return Draft("tournament", text, data)
