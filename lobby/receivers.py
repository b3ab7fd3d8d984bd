"""Events appended to the log for what happened in the apps below."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from lobby.sockets.queue_notifier import wake_notifiers
from matchmaking.models import Match, Report
from matchmaking.services.queue.joins import NewMatch
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
from tournaments.services.capacity import EntryChange
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
from .stream_names import LOBBY, match_stream, tournament_stream


@receiver(match_made)
def log_matches(matches: Sequence[NewMatch], **kwargs: Any) -> None:
    """Pools made matches."""
    log.append(LOBBY, [news.matched(made) for made in matches])


@receiver(tickets_changed)
def notify_sockets(ticket_ids: Sequence[UUID], **kwargs: Any) -> None:
    """Tickets changed: their sockets are notified once it is stored."""
    transaction.on_commit(lambda: wake_notifiers(ticket_ids))


@receiver(match_closed)
def log_match_closed(match: Match, **kwargs: Any) -> None:
    """A pool's match ended."""
    if match.pool_id is not None:  # a bracket's match is logged with what follows from it
        draft = news.match_closed(match)
        log.append(match_stream(match.pk), [draft])
        log.append(LOBBY, [draft])


@receiver(match_reopened)
def log_match_reopened(match: Match, **kwargs: Any) -> None:
    """A pool's match was reopened."""
    if match.pool_id is not None:
        draft = news.match_reopened(match)
        log.append(match_stream(match.pk), [draft])
        log.append(LOBBY, [draft])


@receiver(result_reported)
def log_report(match: Match, report: Report, **kwargs: Any) -> None:
    """A player reported a result: for the streams of the match and its tournament only."""
    _append_for_followers(match, news.result_reported(match, report))


@receiver(result_disputed)
def log_dispute(match: Match, report: Report, **kwargs: Any) -> None:
    """The sides of a match disagree."""
    _append_for_followers(match, news.result_disputed(match, report))


@receiver(entry_changed)
def log_entry(tournament: Tournament, entrant: Entrant, change: EntryChange, **kwargs: Any) -> None:
    """An entry changed: for the tournament's stream."""
    _append_to_tournament(tournament, news.entry_changed(tournament, entrant, change))


@receiver(list_changed)
def log_list(tournament: Tournament, **kwargs: Any) -> None:
    """Many entries changed: for the tournament's stream."""
    _append_to_tournament(tournament, news.list_changed(tournament))


@receiver(day_moved)
def log_day(tournament: Tournament, **kwargs: Any) -> None:
    """Registration or check-in opened or closed."""
    _append_to_both(tournament, news.day_moved(tournament))


@receiver(stations_changed)
def log_stations(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """Stations were set or freed: for the tournament's stream."""
    _append_to_tournament(tournament, news.stations_changed(tournament, pairings))


@receiver(bracket_created)
def log_bracket(
    tournament: Tournament, stage: Stage, brackets: list[list[str]], **kwargs: Any
) -> None:
    """A tournament started."""
    _append_to_both(tournament, news.bracket(tournament, stage, brackets))


@receiver(stage_started)
def log_stage(
    tournament: Tournament, stage: Stage, brackets: list[list[str]], **kwargs: Any
) -> None:
    """A later stage began."""
    _append_to_both(tournament, news.stage_started(tournament, stage, brackets))


@receiver(round_published)
def log_round(
    tournament: Tournament, round: Round, pairings: Sequence[Pairing], **kwargs: Any
) -> None:
    """A round of a table was paired; for the first, the lobby has the start of the stage."""
    draft = news.round_published(tournament, round, pairings)
    if round.number > 1:
        _append_to_both(tournament, draft)
    else:
        log.append(tournament_stream(tournament.pk), [draft])


@receiver(round_withdrawn)
def log_round_withdrawn(tournament: Tournament, round: Round, **kwargs: Any) -> None:
    """The last round of a Swiss was withdrawn."""
    _append_to_both(tournament, news.round_withdrawn(tournament, round))


@receiver(pairing_decided)
def log_pairing(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """A tournament's match was decided."""
    draft = news.pairing_decided(tournament, pairings)
    _append_to_match(pairings[0], draft)
    _append_to_both(tournament, draft)


@receiver(pairing_reopened)
def log_reopened(
    tournament: Tournament, pairings: Sequence[Pairing], rebuilt: bool, **kwargs: Any
) -> None:
    """A tournament's match was reopened."""
    draft = news.pairing_reopened(tournament, pairings, rebuilt=rebuilt)
    _append_to_match(pairings[0], draft)
    _append_to_both(tournament, draft)


@receiver(pairing_scored)
def log_score(tournament: Tournament, pairing: Pairing, **kwargs: Any) -> None:
    """A live score was set: too often for the lobby."""
    draft = news.pairing_scored(tournament, pairing)
    _append_to_match(pairing, draft)
    _append_to_tournament(tournament, draft)


@receiver(tournament_closed)
def log_tournament_closed(tournament: Tournament, winner: Entrant | None, **kwargs: Any) -> None:
    """A tournament is over."""
    _append_to_both(tournament, news.tournament_closed(tournament, winner))


@receiver(tournament_reopened)
def log_tournament_reopened(tournament: Tournament, **kwargs: Any) -> None:
    """A finished tournament runs again."""
    _append_to_both(tournament, news.tournament_reopened(tournament))


def _append_for_followers(match: Match, draft: log.Draft) -> None:
    """To the streams of the match and of its tournament."""
    log.append(match_stream(match.pk), [draft])
    tournament_id = tournament_of(match.pk) if match.pool_id is None else None
    if tournament_id is not None:
        log.append(tournament_stream(tournament_id), [draft])


def _append_to_match(pairing: Pairing, draft: log.Draft) -> None:
    """To the stream of the pairing's match."""
    if pairing.match_id is not None:
        log.append(match_stream(pairing.match_id), [draft])


def _append_to_tournament(tournament: Tournament, draft: log.Draft) -> None:
    """To the stream of the tournament."""
    log.append(tournament_stream(tournament.pk), [draft])


def _append_to_both(tournament: Tournament, draft: log.Draft) -> None:
    """To the tournament's stream first, then to the lobby's: always in this order."""
    _append_to_tournament(tournament, draft)
    log.append(LOBBY, [draft])
