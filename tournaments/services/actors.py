"""Who does something to a tournament, as the record of the day names them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role.

    `judge_id` is set for a judge, who may do less than the organiser; `is_staff` for an account
    that may run every tournament, and may say whose ratings one moves.
    """

    name: str
    player_id: UUID | None = None
    judge_id: int | None = None
    is_staff: bool = False

    @property
    def may_run(self) -> bool:
        """Whether they run the tournament, and do not only judge."""
        return self.judge_id is None


#: Whoever holds the organiser's token without being a player.
ORGANISER = Actor("the organiser")
#: Whoever plays a match, when both sides agree on its result.
PLAYERS = Actor("the players")
#: What happens by itself: a time that has passed, a consequence.
MATCHPOINT = Actor("Matchpoint")
