"""What the lobby hears from the apps below, and writes into the log."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from matchmaking.models import Match
from matchmaking.services.queue import Made
from matchmaking.signals import match_closed, match_made
from tournaments.models import Entrant, Pairing, Tournament
from tournaments.signals import bracket_created, pairing_decided, tournament_closed

from . import log, news
from .models import Stream


@receiver(match_made)
def tell_matches(matches: Sequence[Made], **kwargs: Any) -> None:
    """Pools made matches."""
    log.append(Stream.LOBBY, [news.matched(made) for made in matches])


@receiver(match_closed)
def tell_match_closed(match: Match, **kwargs: Any) -> None:
    """A pool's match ended."""
    if match.pool_id is not None:  # a bracket's match is told with what follows from it
        draft = news.match_closed(match)
        log.append(news.match_stream_of(match.pk), [draft])
        log.append(Stream.LOBBY, [draft])


@receiver(bracket_created)
def tell_bracket(tournament: Tournament, brackets: list[list[str]], **kwargs: Any) -> None:
    """A tournament started."""
    _tell_both(tournament, news.bracket(tournament, brackets))


@receiver(pairing_decided)
def tell_pairing(tournament: Tournament, pairings: Sequence[Pairing], **kwargs: Any) -> None:
    """A bracket's match was decided."""
    draft = news.pairing_decided(tournament, pairings)
    if pairings[0].match_id is not None:
        log.append(news.match_stream_of(pairings[0].match_id), [draft])
    _tell_both(tournament, draft)


@receiver(tournament_closed)
def tell_tournament_closed(tournament: Tournament, winner: Entrant | None, **kwargs: Any) -> None:
    """A tournament is over."""
    _tell_both(tournament, news.tournament_closed(tournament, winner))


def _tell_both(tournament: Tournament, draft: log.Draft) -> None:
    """In the tournament's own stream first, then in the lobby: always in one order."""
    log.append(news.tournament_stream_of(tournament.pk), [draft])
    log.append(Stream.LOBBY, [draft])
