"""What happened, in words and as data: the events that the lobby's receivers write."""

from collections.abc import Sequence
from uuid import UUID

from matchmaking.match_serializers import report_answer
from matchmaking.models import Match, Report, ReportState
from matchmaking.serializers import Json, match_answer, match_brief, players_answer
from matchmaking.services.queue.joining import Made
from matchmaking.services.reports import report_claim
from matchmaking.wording import ending_in_words, result_in_words, side_names
from streams.log import Draft
from tournaments.models import Entrant, Pairing, Round, Stage, Tournament, TournamentState
from tournaments.serializers import entrant_answer, pairing_answers, stage_brief, tournament_brief
from tournaments.wording import match_words

PAIRS_TOLD = 32


def tournament_stream_of(tournament_id: UUID | str) -> str:
    """The stream of a tournament's events."""
    return f"tournament:{tournament_id}"


def match_stream_of(match_id: UUID | str) -> str:
    """The stream of a match's events."""
    return f"match:{match_id}"


def matched(made: Made) -> Draft:
    """A pool made a match."""
    names = " vs ".join(" & ".join(ticket.name for ticket in side) for side in made.sides)
    told = players_answer(
        [(ticket.player_id, ticket.name) for ticket in made.tickets],
        [side for side, tickets in enumerate(made.sides) for _ in tickets],
    )
    players = [
        player | {"ticket": str(ticket.pk)}
        for player, ticket in zip(told, made.tickets, strict=True)
    ]
    return Draft(
        "matched", f"Matched: {names}", {"match": match_brief(made.match), "players": players}
    )


def match_closed(match: Match) -> Draft:
    """A pool's match ended."""
    return Draft("match_finished", ending_in_words(match), {"match": match_answer(match)})


def match_reopened(match: Match) -> Draft:
    """A pool's result was taken back."""
    text = f"{' vs '.join(side_names(match))} is open again"
    return Draft("match_reopened", text, {"match": match_answer(match)})


def result_reported(match: Match, report: Report) -> Draft:
    """A player said how a match ended; the other side is asked."""
    claim = result_in_words(report_claim(report), side_names(match))
    return _report(match, report, f"{report.reporter.name} reports: {claim}")


def result_disputed(match: Match, report: Report) -> Draft:
    """The sides disagree; the organiser decides."""
    names = " vs ".join(side_names(match))
    return _report(match, report, f"{names}: the sides disagree about the result")


def _report(match: Match, report: Report, text: str) -> Draft:
    data = {"match": match_brief(match), "report": report_answer(report)}
    kind = "result_disputed" if report.state == ReportState.DISPUTED else "result_reported"
    return Draft(kind, text, data)


def entry_changed(tournament: Tournament, entrant: Entrant, change: str) -> Draft:
    """Somebody came, went, or was checked in."""
    data = {
        "tournament": tournament_brief(tournament),
        "entrant": entrant_answer(entrant),
        "change": str(change),
    }
    return Draft("entry", f"{entrant}: {str(change).replace('_', ' ')}", data)


def list_changed(tournament: Tournament) -> Draft:
    """Many entries changed at once, or their order did."""
    return _state(tournament, f"{tournament.name}: the list of entrants has changed", None)


def day_moved(tournament: Tournament) -> Draft:
    """Registration or check-in opened or closed."""
    return _state(tournament, f"{tournament.name}: {tournament.get_state_display()}", None)


def stations_changed(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """Pairings were called to their stations, or left them."""
    told = [
        f"{row.top} vs {row.bottom}: {row.station or 'no station'}" for row in pairings[:PAIRS_TOLD]
    ]
    return Draft("station", ", ".join(told), _changed(tournament, pairings))


def bracket(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Draft:
    """A tournament started; a long first round is told in part."""
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


def _drawn(tournament: Tournament, stage: Stage, brackets: Sequence[Sequence[str]]) -> Json:
    return {
        "tournament": tournament_brief(tournament),
        "stage": stage_brief(stage),
        "brackets": [list(pair) for pair in brackets[:PAIRS_TOLD]],
        "pairs": len(brackets),
    }


def _pairs(brackets: Sequence[Sequence[str]]) -> str:
    """Who meets whom, as far as it is told."""
    told = [" vs ".join(pair) if len(pair) > 1 else f"{pair[0]} (bye)" for pair in brackets]
    rest = len(told) - PAIRS_TOLD
    return ", ".join(told[:PAIRS_TOLD]) + (f" and {rest} more" if rest > 0 else "")


def round_published(tournament: Tournament, round_: Round, pairings: Sequence[Pairing]) -> Draft:
    """A round of a table was paired."""
    names = [[str(row.top), str(row.bottom)] for row in pairings]
    return Draft(
        "round",
        f"{tournament.name}, {round_}: {_pairs(names)}",
        {
            "tournament": tournament_brief(tournament),
            "round": round_.number,
            "brackets": names[:PAIRS_TOLD],
            "pairs": len(names),
        },
    )


def round_withdrawn(tournament: Tournament, round_: Round) -> Draft:
    """The last round of a Swiss was taken back."""
    told = {"round": round_.number, "brackets": [], "pairs": 0}
    return Draft(
        "round",
        f"{tournament.name}, {round_}: taken back, to be paired again",
        {"tournament": tournament_brief(tournament), **told},
    )


def pairing_scored(tournament: Tournament, pairing: Pairing) -> Draft:
    """How a match stands was said."""
    names = f"{pairing.top} vs {pairing.bottom}"
    scores = pairing.match.live_scores if pairing.match else []
    stands = ":".join(map(str, scores)) or "no score yet"
    return Draft("score", f"{names}: {stands}", _changed(tournament, [pairing]))


def pairing_decided(tournament: Tournament, pairings: Sequence[Pairing]) -> Draft:
    """A tournament's match was decided; with it come the pairings that it changed."""
    decided = pairings[0]
    assert decided.match is not None
    told = match_words(decided.match, (str(decided.top), str(decided.bottom)))
    text = f"{tournament.name}, {decided.round}: {told}"
    return Draft("match_finished", text, _changed(tournament, pairings))


def pairing_reopened(
    tournament: Tournament, pairings: Sequence[Pairing], *, rebuilt: bool
) -> Draft:
    """A tournament's result was taken back; with it come the pairings that it changed."""
    reopened = pairings[0]
    names = f"{reopened.top} vs {reopened.bottom}"
    text = f"{tournament.name}, {reopened.round}: {names} is open again"
    data = _changed(tournament, pairings) | {"rebuilt": rebuilt}
    return Draft("match_reopened", text, data)


def _changed(tournament: Tournament, pairings: Sequence[Pairing]) -> Json:
    return {
        "tournament": tournament_brief(tournament),
        "matches": pairing_answers(pairings),
    }


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
    data = {"tournament": tournament_brief(tournament), "winner": winner.name if winner else None}
    return Draft("tournament", text, data)
