"""The checks before a join; each refusal says what to correct."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from lib.errors import Conflict, Forbidden, Malformed, NotFound, Refusal
from lib.names import Name
from matchmaking.models import Party, Player
from service_keys.access import check_key, count_requests
from service_keys.models import Scope, ServiceKey

from .joins import Join
from .snapshot import QueueSnapshot, name_forms


def check_and_count(key: ServiceKey | None) -> None:
    """Raise as `check_key` for a key that may not queue; count a request of one that may."""
    count_requests([check_key(key, Scope.MATCHES)])


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

    def check_key_of(self, join: Join) -> None:
        """Raise as `check_key` for a key that is not good; the join counts as its request."""
        check_and_count(self.snapshot.keys.get(join.key_sha256))

    def players_of(self, join: Join, key: ServiceKey) -> list[Player]:
        """The players of a service that a join names; raises `Refusal`."""
        if len(set(join.players)) < len(join.players):
            raise Malformed("A player is named twice.")
        if len(join.players) > self.pool.party_limit:
            raise Conflict(
                f"These are {len(join.players)} players; this pool takes parties of at most "
                f"{self.pool.party_limit}.",
                code="party_too_large",
            )
        return [self._external(key, external_id) for external_id in join.players]

    def in_own_terms(self, join: Join, key: ServiceKey) -> Join:
        """A service's join with its roles by the players' ids here; raises `Refusal`."""
        may_rate = self.pool.rating_by_server and self.pool.game_server_id == key.pk
        if join.rating is not None and not may_rate:
            raise Conflict(
                "This pool goes by its own ratings. Leave `rating` out.", code="rating_not_taken"
            )
        strangers = join.roles.keys() - set(join.players)
        if strangers:
            raise Malformed(
                f"{min(strangers)[:40]!r} has roles, and is not among the players of this ticket.",
                code="bad_roles",
            )
        roles = {str(self._external(key, one).pk): roles for one, roles in join.roles.items()}
        return replace(join, roles=roles)

    def _external(self, key: ServiceKey, external_id: str) -> Player:
        player = self.snapshot.external.get((key.pk, external_id))
        if player is None:
            raise NotFound(
                f"You have no player {external_id!r}. Make them first, by a PUT to "
                "/api/external-players/<id>.",
                code="unknown_player",
            )
        return player

    def check_room(self, key: ServiceKey, wanted: int) -> None:
        """Raise `Conflict` when a key would have more open tickets than it may."""
        most: int = settings.MATCHPOINT_TICKETS_OF_A_KEY
        if self.snapshot.waiting_of_keys[key.pk] + wanted > most:
            raise Conflict(
                f"This key has {self.snapshot.waiting_of_keys[key.pk]} open tickets, and may have "
                f"{most:,}. Queue more when some are matched, or end those that nobody needs.",
                code="too_many_tickets",
            )

    def check_may_wait(
        self, player: Player, players: Sequence[Player], *, are_others: bool = False
    ) -> None:
        """Raise `Conflict` for members who wait or play, and for players who must pause.

        `are_others` says that a service asks, not the player.
        """
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
                who = "You" if one is player and not are_others else one.name
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
