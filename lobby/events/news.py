"""What happened, in words and as data: the events that the lobby's receivers write."""

from collections.abc import Sequence

from msgspec.structs import asdict

from matchmaking.models import Match, Report, ReportState
from matchmaking.results import report_claim
from matchmaking.schemas import MatchBrief, MatchSummary
from matchmaking.schemas import Report as ReportAnswer
from matchmaking.services.queue.joins import NewMatch
from matchmaking.wording import ending_in_words, result_in_words, side_names
from streams.log import Draft
from tournaments.models import Entrant, Pairing, Round, Stage, Tournament, TournamentState
from tournaments.schemas import Brief, EntrantBrief, StageBrief
from tournaments.schemas import Match as Place
from tournaments.services.capacity import EntryChange
from tournaments.wording import match_words

from .data import (
    BracketData,
    EntryData,
    MatchData,
    MatchedData,
    MatchedPlayer,
    PairingsData,
    ReopenedPairingsData,
    ReportData,
    RoundData,
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
    data = MatchedData(MatchBrief.of(made.match), players)
    return Draft("matched", f"Matched: {names}", data)


def match_closed(match: Match) -> Draft:
    """A pool's match ended."""
    return Draft("match_finished", ending_in_words(match), MatchData(MatchSummary.of(match)))


def match_reopened(match: Match) -> Draft:
    """A pool's result was taken back."""
    text = f"{' vs '.join(side_names(match))} is open again"
    return Draft("match_reopened", text, MatchData(MatchSummary.of(match)))


def result_reported(match: Match, report: Report) -> Draft:
    """A player reported how a match ended; the other side is asked."""
    claim = result_in_words(report_claim(report), side_names(match))
    return _report(match, report, f"{report.reporter.name} reports: {claim}")


def result_disputed(match: Match, report: Report) -> Draft:
    """The sides disagree; the organiser decides."""
    names = " vs ".join(side_names(match))
    return _report(match, report, f"{names}: the sides disagree about the result")


def _report(match: Match, report: Report, text: str) -> Draft:
    data = ReportData(MatchBrief.of(match), ReportAnswer.of(report))
    kind = "result_disputed" if report.state == ReportState.DISPUTED else "result_reported"
    return Draft(kind, text, data)


def entry_changed(tournament: Tournament, entrant: Entrant, change: EntryChange) -> Draft:
    """Somebody came, went, or was checked in."""
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
    return Draft("station", ", ".join(calls), _changed(tournament, pairings))


def bracket(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Draft:
    """A tournament started; only a part of a long first round is shown."""
    if stage.is_elimination:
        text = f"Tournament Brackets: {_pairs(brackets)}"
    else:
        text = f"{tournament.name}, round 1: {_pairs(brackets)}"
    return Draft("bracket", text, _drawn(tournament, stage, brackets))


def stage_started(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Draft:
    """A later stage began."""
    text = f"{tournament.name}: {stage} begins"
    if brackets:
        text = f"{text}: {_pairs(brackets)}"
    return Draft("stage", text, _drawn(tournament, stage, brackets))


def _drawn(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> BracketData:
    return BracketData(
        tournament=Brief.of(tournament),
        stage=StageBrief.of(stage),
        brackets=[list(pair) for pair in brackets[:PAIRS_SHOWN]],
        pairs=len(brackets),
    )


def _pairs(brackets: Sequence[Sequence[str]]) -> str:
    """Who meets whom, as far as it is shown."""
    pairs = [" vs ".join(pair) if len(pair) > 1 else f"{pair[0]} (bye)" for pair in brackets]
    rest = len(pairs) - PAIRS_SHOWN
    return ", ".join(pairs[:PAIRS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def round_published(tournament: Tournament, round_: Round, pairings: Sequence[Pairing]) -> Draft:
    """A round of a table was paired."""
    names = [[str(row.top), str(row.bottom)] for row in pairings]
    data = RoundData(Brief.of(tournament), round_.number, names[:PAIRS_SHOWN], len(names))
    return Draft("round", f"{tournament.name}, {round_}: {_pairs(names)}", data)


def round_withdrawn(tournament: Tournament, round_: Round) -> Draft:
    """The last round of a Swiss was taken back."""
    data = RoundData(Brief.of(tournament), round_.number, brackets=[], pairs=0)
    return Draft("round", f"{tournament.name}, {round_}: taken back, to be paired again", data)


def pairing_scored(tournament: Tournament, pairing: Pairing) -> Draft:
    """The live score of a match was entered."""
    names = f"{pairing.top} vs {pairing.bottom}"
    scores = pairing.match.live_scores if pairing.match else []
    stands = ":".join(map(str, scores)) or "no score yet"
    return Draft("score", f"{names}: {stands}", _changed(tournament, [pairing]))


def pairing_decided(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """A tournament's match was decided; with it come the pairings that it changed."""
    decided = pairings[0]
    assert decided.match is not None
    outcome = match_words(decided.match, (str(decided.top), str(decided.bottom)))
    text = f"{tournament.name}, {decided.round}: {outcome}"
    return Draft("match_finished", text, _changed(tournament, pairings))


def pairing_reopened(
    tournament: Tournament, pairings: Sequence[Pairing], *, rebuilt: bool
) -> Draft:
    """A tournament's result was taken back; with it come the pairings that it changed."""
    reopened = pairings[0]
    names = f"{reopened.top} vs {reopened.bottom}"
    text = f"{tournament.name}, {reopened.round}: {names} is open again"
    matches = Place.listed(pairings)
    data = ReopenedPairingsData(Brief.of(tournament), matches, rebuilt)
    return Draft("match_reopened", text, data)


def _changed(tournament: Tournament, pairings: Sequence[Pairing]) -> PairingsData:
    return PairingsData(Brief.of(tournament), Place.listed(pairings))


def tournament_closed(tournament: Tournament, winner: Entrant | None) -> Draft:
    """A tournament is over."""
    if tournament.state == TournamentState.CANCELLED:
        text = f"{tournament.name} is called off"
    else:
        won = f": {winner} wins" if winner else " without a winner"
        text = f"{tournament.name} is finished{won}"
    return _state(tournament, text, winner)


def tournament_reopened(tournament: Tournament) -> Draft:
    """A finished tournament runs again."""
    return _state(tournament, f"{tournament.name} goes on: a result was taken back", None)


def _state(tournament: Tournament, text: str, winner: Entrant | None) -> Draft:
    data = TournamentData(Brief.of(tournament), winner.name if winner else None)
    return Draft("tournament", text, data)
