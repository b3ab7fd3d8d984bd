"""What somebody is to play next in a tournament, for the one who asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tournaments.models import Entrant, Pairing, PairingState, Tournament, TournamentState
from tournaments.order_of_play import estimated_starts
from tournaments.schemas import sources_of
from tournaments.selectors import open_pairing


@dataclass(frozen=True, slots=True)
class NextMatch:
    """Somebody's next match; `opponent` is a name, or of whom somebody is still to come.

    `start` is about when it begins, unless it can be played at once or has a `station`.
    """

    pairing: Pairing
    opponent: str
    is_known: bool
    station: str
    start: datetime | None


def next_match(tournament: Tournament, entrant: Entrant) -> NextMatch | None:
    """What an entrant plays next; None when nothing is left, or not yet known."""
    if tournament.state != TournamentState.RUNNING:
        return None
    pairing = open_pairing(entrant)
    if pairing is None:
        return None
    side = 1 if pairing.top_id == entrant.pk else 0
    opponent = pairing.sides[side][1]
    return NextMatch(
        pairing,
        opponent=opponent.name if opponent else _whence(pairing, side),
        is_known=opponent is not None,
        station=str(pairing.station or ""),
        start=_start(tournament, pairing),
    )


def _whence(pairing: Pairing, side: int) -> str:
    feeding = Pairing.objects.filter(Q(winner_to=pairing) | Q(loser_to=pairing))
    source = sources_of(feeding)[pairing.pk, side]
    return f"the {source.whose} of {source.key}"


def _start(tournament: Tournament, pairing: Pairing) -> datetime | None:
    waits = pairing.state == PairingState.PENDING or tournament.stations.exists()
    if pairing.station is not None or not waits:
        return None
    return estimated_starts(tournament).get(pairing.pk)
