"""The matches of pairings: made as soon as both sides are known."""

from collections.abc import Sequence

from matchmaking.models import Match, Seat

from ..models import Pairing, PairingState, Stage


def create_matches(stage: Stage, rows: Sequence[Pairing]) -> list[Match]:
    """Make the match of each pairing that can be played and has none yet; gives the new ones."""
    matches, seats = [], []
    for row in rows:
        if row.state == PairingState.READY and row.match is None:
            assert row.top is not None and row.bottom is not None
            row.match = Match(
                best_of=row.round.best_of or stage.best_of,
                draws=stage.draws,
                rated_in_id=stage.tournament.rated_in_id,
            )
            matches.append(row.match)
            seats += [
                Seat(match=row.match, side=side, player_id=entrant.player_id, name=entrant.name)
                for side, entrant in enumerate((row.top, row.bottom))
            ]
    Match.objects.bulk_create(matches)
    Seat.objects.bulk_create(seats)
    return matches
