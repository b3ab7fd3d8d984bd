"""Events appended to the log for what happened in the apps below."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal, receiver

from lobby.sockets.queue_notifier import wake_notifiers
from matchmaking.models import Match, Report, Seat
from matchmaking.services.queue.held_reads import wake_reads
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
    tickets_changed,
)
from matchmaking.sockets import match_stream
from streams import log
from tournaments.models import Pairing, Tournament
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

from .events import news
from .stream_names import LOBBY, tournament_stream

#: How each fact is written: of matches, and of tournaments.
_MATCH_NEWS: dict[Signal, Callable[..., log.Draft]] = {
    match_closed: news.match_closed,
    match_reopened: news.match_reopened,
    result_reported: news.result_reported,
    result_disputed: news.result_disputed,
    match_allocated: news.match_allocated,
    match_started: news.match_started,
    match_scored: news.match_scored,
    player_left: news.player_left,
    place_filled: news.place_filled,
}
_TOURNAMENT_NEWS: dict[Signal, Callable[..., log.Draft]] = {
    entry_changed: news.entry_changed,
    list_changed: news.list_changed,
    stations_changed: news.stations_changed,
    day_moved: news.day_moved,
    bracket_created: news.bracket,
    stage_started: news.stage_started,
    round_published: news.round_published,
    round_withdrawn: news.round_withdrawn,
    pairing_decided: news.pairing_decided,
    pairing_reopened: news.pairing_reopened,
    tournament_closed: news.tournament_closed,
    tournament_reopened: news.tournament_reopened,
}
#: About the first of their pairings, whose match has a stream of its own.
_OF_A_MATCH = {pairing_decided, pairing_reopened}
#: Too many, or too small, for the lobby.
_NOT_FOR_THE_LOBBY = {entry_changed, list_changed, stations_changed}


@receiver(match_made)
def log_matches(matches: Sequence[NewMatch], **kwargs: Any) -> None:
    """Pools made matches."""
    log.append(LOBBY, [news.matched(made) for made in matches])
    ids = [ticket.pk for made in matches for ticket in made.tickets]
    transaction.on_commit(lambda: wake_reads(ids))


@receiver(tickets_changed)
def notify_sockets(ticket_ids: Sequence[UUID], **kwargs: Any) -> None:
    """Tickets changed: their sockets are notified once it is stored."""
    transaction.on_commit(lambda: wake_notifiers(ticket_ids))
    transaction.on_commit(lambda: wake_reads(ticket_ids))


@receiver([match_closed, match_reopened])
def log_match(signal: Signal, match: Match, **kwargs: Any) -> None:
    """A pool's match ended, or is open again."""
    if match.pool_id is not None:  # a bracket's match is logged with what follows from it
        draft = _MATCH_NEWS[signal](match)
        log.append(match_stream(match.pk), [draft])
        log.append(LOBBY, [draft])


@receiver([match_allocated, match_started, match_scored])
def log_served_match(signal: Signal, match: Match, **kwargs: Any) -> None:
    """A game server said something of a match: for the match's stream only."""
    if signal is match_scored and match.pool_id is None:
        return  # logged with its pairing
    log.append(match_stream(match.pk), [_MATCH_NEWS[signal](match)])


@receiver([player_left, place_filled])
def log_seat(signal: Signal, match: Match, seat: Seat, **kwargs: Any) -> None:
    """Somebody left a match that goes on, or came into it: for its stream only."""
    log.append(match_stream(match.pk), [_MATCH_NEWS[signal](match, seat)])


@receiver([result_reported, result_disputed])
def log_report(signal: Signal, match: Match, report: Report, **kwargs: Any) -> None:
    """Players said how a match ended: for the streams of the match and its tournament only."""
    draft = _MATCH_NEWS[signal](match, report)
    log.append(match_stream(match.pk), [draft])
    tournament_id = tournament_of(match.pk) if match.pool_id is None else None
    if tournament_id is not None:
        log.append(tournament_stream(tournament_id), [draft])


@receiver(pairing_scored)
def log_score(tournament: Tournament, pairing: Pairing, **kwargs: Any) -> None:
    """A live score was set: for the streams of the match and its tournament only."""
    draft = news.pairing_scored(tournament, pairing)
    if pairing.match_id is not None:
        log.append(match_stream(pairing.match_id), [draft])
    log.append(tournament_stream(tournament.pk), [draft])


@receiver([*_TOURNAMENT_NEWS])
def log_news(signal: Signal, sender: type, tournament: Tournament, **facts: Any) -> None:
    """A tournament moved on: for the streams of its match, its own, the lobby's, in this order."""
    draft = _TOURNAMENT_NEWS[signal](tournament, **facts)
    if signal in _OF_A_MATCH and (match_id := facts["pairings"][0].match_id) is not None:
        log.append(match_stream(match_id), [draft])
    log.append(tournament_stream(tournament.pk), [draft])
    # Of a table's first round the lobby has the start of the stage.
    is_first_round = signal is round_published and facts["round"].number == 1
    if signal not in _NOT_FOR_THE_LOBBY and not is_first_round:
        log.append(LOBBY, [draft])
