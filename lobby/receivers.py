"""What the lobby hears from the apps below, and writes into the log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from matchmaking.models import Match, Report
from matchmaking.services.queue.joining import NewMatch
from matchmaking.signals import (
    match_closed,
    match_made,
    match_reopened,
    result_disputed,
    result_reported,
    tickets_changed,
)
from streams import log
from tournaments.models import Entrant, Pairing, Round, Stage, Tournament
from tournaments.selectors import tournament_of
from tournaments.signals import (
    bracket_created,
    day_moved,
    entry_changed,
    list_changed,
    pairing_decided,
    pairing_reopened,
    pairing_scored,
    round_published,
    round_withdrawn,
    stage_started,
    stations_changed,
    tournament_closed,
    tournament_reopened,
)

from . import news
from .queue import wake_desks
from .stream_names import LOBBY, match_stream, tournament_stream


@receiver(match_made)
def tell_matches(matches: Sequence[NewMatch], **kwargs: Any) -> None:
    """Pools made matches."""
    log.append(LOBBY, [news.matched(made) for made in matches])


@receiver(tickets_changed)
def tell_tickets(ticket_ids: Sequence[UUID], **kwargs: Any) -> None:
    """Tickets stand differently: whoever waits by socket is told once it is stored."""
    transaction.on_commit(lambda: wake_desks(ticket_ids))


@receiver(match_closed)
def tell_match_closed(match: Match, **kwargs: Any) -> None:
    """A pool's match ended."""
    if match.pool_id is not None:  # a bracket's match is told with what follows from it
        draft = news.match_closed(match)
        log.append(match_stream(match.pk), [draft])
        log.append(LOBBY, [draft])


@receiver(match_reopened)
def tell_match_reopened(match: Match, **kwargs: Any) -> None:
    """A pool's result was taken back."""
    if match.pool_id is not None:
        draft = news.match_reopened(match)
        log.append(match_stream(match.pk), [draft])
        log.append(LOBBY, [draft])


@receiver(result_reported)
def tell_report(match: Match, report: Report, **kwargs: Any) -> None:
    """A player said how a match ended: news for those who follow the match, not for all."""
    _tell_followers(match, news.result_reported(match, report))


@receiver(result_disputed)
def tell_dispute(match: Match, report: Report, **kwargs: Any) -> None:
    """The sides of a match disagree."""
    _tell_followers(match, news.result_disputed(match, report))


@receiver(entry_changed)
def tell_entry(tournament: Tournament, entrant: Entrant, change: str, **kwargs: Any) -> None:
    """Somebody's entry changed: for those who follow the tournament."""
    _tell_tournament(tournament, news.entry_changed(tournament, entrant, change))


@receiver(list_changed)
def tell_list(tournament: Tournament, **kwargs: Any) -> None:
    """Many entries changed: for those who follow the tournament."""
    _tell_tournament(tournament, news.list_changed(tournament))


@receiver(day_moved)
def tell_day(tournament: Tournament, **kwargs: Any) -> None:
    """Registration or check-in opened or closed."""
    _tell_both(tournament, news.day_moved(tournament))


@receiver(stations_changed)
def tell_stations(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """Pairings were given stations, or lost them: for those who follow the tournament."""
    _tell_tournament(tournament, news.stations_changed(tournament, pairings))


@receiver(bracket_created)
def tell_bracket(
    tournament: Tournament, stage: Stage, brackets: list[list[str]], **kwargs: Any
) -> None:
    """A tournament started."""
    _tell_both(tournament, news.bracket(tournament, stage, brackets))


@receiver(stage_started)
def tell_stage(
    tournament: Tournament, stage: Stage, brackets: list[list[str]], **kwargs: Any
) -> None:
    """A later stage began."""
    _tell_both(tournament, news.stage_started(tournament, stage, brackets))


@receiver(round_published)
def tell_round(
    tournament: Tournament, round: Round, pairings: Sequence[Pairing], **kwargs: Any
) -> None:
    """A round of a table was paired; of the first one the lobby hears that the stage began."""
    draft = news.round_published(tournament, round, pairings)
    if round.number > 1:
        _tell_both(tournament, draft)
    else:
        log.append(tournament_stream(tournament.pk), [draft])


@receiver(round_withdrawn)
def tell_round_withdrawn(tournament: Tournament, round: Round, **kwargs: Any) -> None:
    """The last round of a Swiss was taken back."""
    _tell_both(tournament, news.round_withdrawn(tournament, round))


@receiver(pairing_decided)
def tell_pairing(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """A tournament's match was decided."""
    draft = news.pairing_decided(tournament, pairings)
    _tell_match(pairings[0], draft)
    _tell_both(tournament, draft)


@receiver(pairing_reopened)
def tell_reopened(
    tournament: Tournament, pairings: Sequence[Pairing], rebuilt: bool, **kwargs: Any
) -> None:
    """A tournament's result was taken back."""
    draft = news.pairing_reopened(tournament, pairings, rebuilt=rebuilt)
    _tell_match(pairings[0], draft)
    _tell_both(tournament, draft)


@receiver(pairing_scored)
def tell_score(tournament: Tournament, pairing: Pairing, **kwargs: Any) -> None:
    """How a tournament's match stands was said: too often for the lobby."""
    draft = news.pairing_scored(tournament, pairing)
    _tell_match(pairing, draft)
    _tell_tournament(tournament, draft)


@receiver(tournament_closed)
def tell_tournament_closed(tournament: Tournament, winner: Entrant | None, **kwargs: Any) -> None:
    """A tournament is over."""
    _tell_both(tournament, news.tournament_closed(tournament, winner))


@receiver(tournament_reopened)
def tell_tournament_reopened(tournament: Tournament, **kwargs: Any) -> None:
    """A finished tournament runs again."""
    _tell_both(tournament, news.tournament_reopened(tournament))


def _tell_followers(match: Match, draft: log.Draft) -> None:
    """In the match's stream, and in that of the tournament which it belongs to."""
    log.append(match_stream(match.pk), [draft])
    tournament_id = tournament_of(match.pk) if match.pool_id is None else None
    if tournament_id is not None:
        log.append(tournament_stream(tournament_id), [draft])


def _tell_match(pairing: Pairing, draft: log.Draft) -> None:
    """In the stream of the pairing's match."""
    if pairing.match_id is not None:
        log.append(match_stream(pairing.match_id), [draft])


def _tell_tournament(tournament: Tournament, draft: log.Draft) -> None:
    """In the stream of the tournament."""
    log.append(tournament_stream(tournament.pk), [draft])


def _tell_both(tournament: Tournament, draft: log.Draft) -> None:
    """In the tournament's own stream first, then in the lobby: always in one order."""
    _tell_tournament(tournament, draft)
    log.append(LOBBY, [draft])
