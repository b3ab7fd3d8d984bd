"""Parties: created, joined by code, left; the leader queues all members."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from lib.errors import Conflict, Malformed, NotFound
from lib.heavy.slices import delete_slice
from matchmaking.callers import Caller, player_of
from matchmaking.models import Party, PartyMember, Player, Pool, Ticket, TicketState
from matchmaking.models.parties import new_code
from matchmaking.selectors import pool_of
from matchmaking.services.queue.tickets import end_party_waits
from matchmaking.services.queue.wants import checked_attributes, checked_roles

from .players import create_guest

_MOST_MEMBERS = 5
_MOST_WISHES_CHARS = 4_000
PARTY_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party and the player who has just entered; `token` is set once, for a new guest."""

    party: Party
    player: Player
    token: str | None = None


@dataclass(frozen=True, slots=True)
class MemberWishes:
    """What a member says of the match, checked when the party queues; None keeps what was said."""

    attributes: Mapping[str, object] | None = None
    roles: Sequence[str] | None = None

    @property
    def changed(self) -> dict[str, object]:
        """What is said anew, by the column."""
        both = {"attributes": self.attributes, "roles": self.roles}
        return {name: said for name, said in both.items() if said is not None}

    def check(self, pool: Pool | None) -> None:
        """Raise `Malformed` for what the party's pool does not take, or no pool could."""
        if pool is not None:
            checked_attributes(pool, self.attributes or {}, whole=False)
            checked_roles(pool, self.roles or ())
            return
        text = json.dumps([self.attributes, self.roles])
        if len(text) > _MOST_WISHES_CHARS or "\\u0000" in text:
            raise Malformed("No pool takes such attributes or roles.", code="bad_attributes")


_NO_WISHES = MemberWishes()


def _player_entering(caller: Caller, username: str | None) -> tuple[Player, str | None]:
    """The caller's player, or a new guest for a caller with a name and no token."""
    if not caller.is_nobody or username is None:
        return player_of(caller), None
    guest = create_guest(username=username)
    return guest.player, guest.token


@transaction.atomic
def create_party(
    *,
    caller: Caller,
    pool: str | None = None,
    username: str | None = None,
    wishes: MemberWishes = _NO_WISHES,
) -> PartyEntry:
    """Create a party that the caller leads, for one pool or for any.

    Raises `Conflict` for a member of another party, `NotFound` for an unknown pool.
    """
    player, token = _player_entering(caller, username)
    chosen = None
    if pool is not None:
        chosen = pool_of(pool)
        if chosen.party_limit < 2:
            raise Conflict(f"In {chosen.name} everybody queues alone.", code="party_too_large")
    wishes.check(chosen)
    party = Party.objects.create(code=new_code(), leader=player, pool=chosen)
    _add(party, player, wishes)
    return PartyEntry(_party(party.code), player, token)


@transaction.atomic
def join_party(
    *,
    code: str,
    caller: Caller,
    username: str | None = None,
    wishes: MemberWishes = _NO_WISHES,
) -> PartyEntry:
    """Join a party by its code; repeating it changes nothing but what the member wishes.

    Raises `NotFound`, or `Conflict` when it is full, waits already, or the player is in another.
    """
    player, token = _player_entering(caller, username)
    party = _locked(code)
    members = [member.player for member in party.members.select_related("player")]
    wishes.check(party.pool)
    if player in members:
        if wishes.changed:
            party.members.filter(player=player).update(**wishes.changed)
        return PartyEntry(_party(code), player)
    limit = party.pool.party_limit if party.pool else _MOST_MEMBERS
    if len(members) >= limit:
        raise Conflict(f"The party is full: it has {len(members)} players.", code="party_too_large")
    if Ticket.objects.open().filter(party=party).exists():
        raise Conflict("The party waits already. Join when it has left the queue.")
    if any({player.name_key, player.skeleton} & {m.name_key, m.skeleton} for m in members):
        raise Conflict(
            f"Somebody in the party is called {player.name!r} too, or nearly. Choose another name.",
            code="name_waiting",
        )
    _add(party, player, wishes)
    return PartyEntry(_party(code), player, token)


@transaction.atomic
def leave_party(*, code: str, caller: Caller) -> Party | None:
    """Leave a party, which ends its wait; returns the remaining party, led by the next member.

    Raises `NotFound`, or `Conflict` while a match that was found waits for an answer.
    """
    player = player_of(caller)
    party = _locked(code)
    mine = party.members.filter(player=player)
    if not mine.exists():
        raise NotFound("You are in no party of this code.", code="unknown_party")
    if Ticket.objects.filter(party=party, state=TicketState.PROPOSED).exists():
        raise Conflict(
            "A match was found for the party. Accept or decline it first.", code="ticket_proposed"
        )
    end_party_waits([party.pk])
    mine.delete()
    heir = party.members.first()
    if heir is None:
        party.delete()
        return None
    if party.leader_id == player.pk:
        Party.objects.filter(pk=party.pk).update(leader=heir.player_id)
    return _party(code)


def delete_old_parties(*, now: datetime) -> int:
    """Delete a slice of the old parties that do not wait; returns how many."""
    old = Party.objects.filter(created_at__lt=now - PARTY_LIFE)
    waits = Ticket.objects.open().filter(party=OuterRef("pk"))
    return delete_slice(old.exclude(Exists(waits)))


def party_by_code(*, code: str, caller: Caller) -> Party:
    """The caller's party; raises `NotFound` for others' parties too."""
    player = player_of(caller)
    party = _party(code)
    if not any(member.player_id == player.pk for member in party.members.all()):
        raise NotFound("You are in no party of this code.", code="unknown_party")
    return party


def _add(party: Party, player: Player, wishes: MemberWishes) -> None:
    try:
        with transaction.atomic():
            PartyMember.objects.create(party=party, player=player, **wishes.changed)
    except IntegrityError as error:
        raise Conflict(
            "You are in another party already. Leave it first.", code="in_party"
        ) from error


def _locked(code: str) -> Party:
    found = Party.objects.select_for_update(no_key=True, of=("self",)).filter(code=code)
    party = found.select_related("pool").first() if code.isprintable() else None
    if party is None:
        raise NotFound("There is no party of this code.", code="unknown_party")
    return party


def _party(code: str) -> Party:
    """A party with the rows that an answer shows."""
    party = Party.objects.in_full().filter(code=code).first() if code.isprintable() else None
    if party is None:
        raise NotFound("There is no party of this code.", code="unknown_party")
    return party
