"""Who does something to a tournament, as the record of the day names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from matchmaking.models import Player
from service_keys.models import ServiceKey


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role.

    `judge_id` is set for a judge, who may do less than the organiser; `is_staff` for an account
    or a key that may run every tournament, and may say whose ratings one moves.
    """

    name: str
    player_id: UUID | None = None
    judge_id: int | None = None
    is_staff: bool = False

    @property
    def may_run(self) -> bool:
        """Whether they run the tournament, and do not only judge."""
        return self.judge_id is None


def player_actor(player: Player) -> Actor:
    """A player acting for themselves."""
    return Actor(player.name, player.pk)


def key_actor(key: ServiceKey) -> Actor:
    """A service key, which runs tournaments as staff do."""
    return Actor(key.name, is_staff=True)


def players_together(players: Sequence[Player]) -> Actor:
    """The players whose word a result is; of many, the first two by name."""
    if len(players) == 1:
        return player_actor(players[0])
    names = [player.name for player in players]
    if len(names) > 2:
        others = len(names) - 2
        names = [", ".join(names[:2]), f"{others} other{'s' if others > 1 else ''}"]
    return Actor(" and ".join(names) or PLAYERS.name)


#: Whoever shows nothing of themselves but the organiser's token.
ORGANISER = Actor("the organiser")
#: Whoever plays a match, where it is not known which of them ended it.
PLAYERS = Actor("the players")
#: What happens by itself: a time that has passed, a consequence.
MATCHPOINT = Actor("Matchpoint")
