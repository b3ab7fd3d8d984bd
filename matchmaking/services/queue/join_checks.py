"""The checks before a join; each refusal says what to correct."""

from collections.abc import Sequence

from lib.errors import Conflict, Forbidden, Malformed, NotFound, Refusal
from lib.names import Name
from matchmaking.models import Party, Player

from .joins import Join
from .snapshot import QueueSnapshot, name_forms


class JoinChecks:
    """Refuses joins by what the snapshot says; stores nothing."""

    def __init__(self, snapshot: QueueSnapshot) -> None:
        self.snapshot, self.pool = snapshot, snapshot.pool

    def check_regions(self, join: Join) -> None:
        """Raise `Malformed` for a region that the pool does not have."""
        if set(join.regions) <= set(self.pool.regions):
            return
        there = ", ".join(self.pool.regions) or "none"
        raise Malformed(f"The regions of this pool are: {there}.", code="bad_region")

    def party_of(self, join: Join, player: Player) -> tuple[Party | None, list[Player]]:
        """The party that the caller queues, and its members, leader first; raises `Refusal`."""
        if join.party is None:
            return None, [player]
        party, members = self.snapshot.parties.get(join.party, (None, []))
        if party is None or player not in members:
            raise NotFound("You are in no party of this code.", code="unknown_party")
        if party.leader_id != player.pk:
            leader = next((one.name for one in members if one.pk == party.leader_id), "its leader")
            raise Forbidden(f"Only {leader}, who leads the party, can queue it.")
        if party.pool_id not in {None, self.pool.pk}:
            raise Conflict("This party was made for another pool.", code="party_pool")
        if len(members) > self.pool.party_limit:
            raise Conflict(
                f"The party has {len(members)} players; this pool takes parties of at most "
                f"{self.pool.party_limit}.",
                code="party_too_large",
            )
        others = [self.snapshot.known[str(one.pk)] for one in members if one.pk != player.pk]
        return party, [player, *others]

    def check_may_wait(self, player: Player, players: Sequence[Player]) -> None:
        """Raise `Conflict` for members who wait or play, and for players who must pause."""
        held = self.snapshot.open_tickets.keys() | self.snapshot.playing.keys()
        busy = [one.name for one in players if one.pk in held]
        if busy:
            raise Conflict(
                f"{', '.join(busy)} already wait{'s' * (len(busy) == 1)} or play"
                f"{'s' * (len(busy) == 1)}. The party can queue when nobody does.",
                code="member_busy",
            )
        for one in players:
            seconds = self.snapshot.pauses.get(one.pk)
            if seconds is not None:
                who = "You" if one is player else one.name
                raise Conflict(
                    f"{who} must pause for {int(seconds) + 1} s more after a match that was not "
                    "accepted.",
                    code="cooldown",
                )

    def name(self, raw: str) -> Name:
        """The name that a join asks for, parsed; raises `BadName`."""
        name = self.snapshot.names_asked[raw]
        if isinstance(name, Refusal):
            raise name
        return name

    def check_names(self, players: Sequence[Player]) -> None:
        """Raise `Conflict` when the name of a guest in the party is taken here."""
        for player in players:
            if player.is_guest:
                self.check_free(player)
        forms = [form for one in players for form in {one.name_key, one.skeleton}]
        if len(set(forms)) < len(forms):
            raise Conflict(
                "Two members of the party have names that look alike. One must choose another.",
                code="name_waiting",
            )

    def check_free(self, guest: Player) -> None:
        """Raise `Conflict` when a registered player, or somebody who waits here, has the name.

        Where guests may share a name, it is the name with the guest's tag.
        """
        if {guest.name_key, guest.skeleton} & self.snapshot.names_registered:
            raise Conflict(
                f"The name {guest.name!r} belongs to a registered player or to staff. "
                "Choose another, or sign in.",
                code="name_registered",
            )
        if name_forms(guest, self.snapshot.tag_of(guest)) & self.snapshot.names_waiting:
            raise Conflict(
                f"Somebody called {guest.name!r} already waits in this pool. Choose another name.",
                code="name_waiting",
            )
