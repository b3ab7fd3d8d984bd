"""An entrant's next match in a tournament."""

from dataclasses import dataclass
from datetime import datetime

from matchmaking.models import Match
from matchmaking.ports.game_host import game_of_match
from tournaments.models import Entrant, Pairing, PairingState, Tournament, TournamentState
from tournaments.order_of_play import estimated_starts
from tournaments.schemas import sources_to
from tournaments.selectors import open_pairing


@dataclass(frozen=True, slots=True)
class NextMatch:
    """An entrant's next match; `opponent` is a name or, while open, such as "the winner of W1.2".

    `start` is about when it begins, unless it can be played at once or has a `station`.
    """

    pairing: Pairing
    opponent: str
    is_known: bool
    station: str
    start: datetime | None
    is_played_here: bool


def next_match(tournament: Tournament, entrant: Entrant) -> NextMatch | None:
    """The next match of an entrant; None when nothing is left, or not yet known."""
    if tournament.state != TournamentState.RUNNING:
        return None
    pairing = open_pairing(entrant)
    if pairing is None:
        return None
    side = 1 if pairing.top_id == entrant.pk else 0
    opponent = pairing.sides[side][1]
    return NextMatch(
        pairing,
        opponent=opponent.name if opponent else _expected_opponent(pairing, side),
        is_known=opponent is not None,
        station=str(pairing.station or ""),
        start=_start(tournament, pairing),
        is_played_here=bool(tournament.plays) and _is_played_here(pairing),
    )


def _is_played_here(pairing: Pairing) -> bool:
    """Whether both sides are players, who can play in the browser."""
    if pairing.match_id is None:
        return False
    return game_of_match(Match.objects.in_full().get(pk=pairing.match_id)) is not None


def _expected_opponent(pairing: Pairing, side: int) -> str:
    source = sources_to([pairing.pk])[pairing.pk, side]
    return f"the {source.whose} of {source.key}"


def _start(tournament: Tournament, pairing: Pairing) -> datetime | None:
    waits = pairing.state == PairingState.PENDING or tournament.stations.exists()
    if pairing.station is not None or not waits:
        return None
    return estimated_starts(tournament).get(pairing.pk)
