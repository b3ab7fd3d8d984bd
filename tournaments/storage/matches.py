"""The matches of pairings: made as soon as both sides are known."""

from collections.abc import Sequence

from django.utils import timezone

from matchmaking.models import Match, MatchState, Seat
from matchmaking.services.matches import store_matches
from tournaments.models import Pairing, PairingState, Stage, Tournament
from tournaments.signals import matches_created


def create_matches(stage: Stage, rows: Sequence[Pairing]) -> list[Match]:
    """Make the match of each pairing that can be played and has none yet; returns the new ones.

    A match has the id of its pairing, so that others can name it before its sides are known. One
    that was voided there is replaced, as `store_matches` says.
    """
    due = [row for row in rows if row.state == PairingState.READY and row.match is None]
    matches, seats = [], []
    for row in due:
        row.match = Match(
            pk=row.pk,
            best_of=row.round.best_of or stage.best_of,
            draws=stage.draws,
            rated_in_id=stage.tournament.rated_in_id,
        )
        matches.append(row.match)
        seats += [
            Seat(match=row.match, side=side, player_id=entrant.player_id, name=entrant.name)
            for side, entrant in enumerate(row.both)
        ]
    store_matches(matches, seats)
    if matches:
        pairs = list(zip(matches, [row.both for row in due], strict=True))
        matches_created.send(sender=Match, tournament=stage.tournament, matches=pairs)
    return matches


def cancel_open_matches(tournament: Tournament) -> None:
    """Cancel the matches that are not yet played; no player is held by them any more."""
    open_matches = Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.OPEN
    )
    Seat.objects.filter(match__in=open_matches).update(holds=False)
    open_matches.update(state=MatchState.CANCELLED, closed_at=timezone.now())
