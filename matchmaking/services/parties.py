"""Parties: created, joined by code, left; the leader queues all members."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from lib.errors import Conflict, NotFound
from lib.heavy.slices import delete_slice
from matchmaking.callers import Caller, player_of
from matchmaking.models import Party, PartyMember, Player, Pool, Ticket, TicketState
from matchmaking.services.queue.tickets import end_party_waits

from .players import create_guest

#: Characters that cannot be confused when read aloud.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_CHARS = 6
_MOST_MEMBERS = 5
PARTY_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party and the player who has just entered; `token` is set once, for a new guest."""

    party: Party
    player: Player
    token: str | None = None


def _player_entering(caller: Caller, username: str | None) -> tuple[Player, str | None]:
    """The caller's player, or a new guest for a caller with a name and no token."""
    if not caller.is_nobody or username is None:
        return player_of(caller), None
    guest = create_guest(username=username)
    return guest.player, guest.token


@transaction.atomic
def create_party(
    *, caller: Caller, pool: str | None = None, username: str | None = None
) -> PartyEntry:
    """Create a party that the caller leads, for one pool or for any.

    Raises `Conflict` for a member of another party, `NotFound` for an unknown pool.
    """
    player, token = _player_entering(caller, username)
    chosen = None
    if pool is not None:
        chosen = Pool.objects.filter(slug=pool).first() if pool.isprintable() else None
        if chosen is None:
            raise NotFound(f"There is no pool {pool!r}.", code="unknown_pool")
        if chosen.party_limit < 2:
            raise Conflict(f"In {chosen.name} everybody queues alone.", code="party_too_large")
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARS))
    party = Party.objects.create(code=code, leader=player, pool=chosen)
    _add(party, player)
    return PartyEntry(_party(code), player, token)


@transaction.atomic
def join_party(*, code: str, caller: Caller, username: str | None = None) -> PartyEntry:
    """Join a party by its code; repeating it changes nothing.

    Raises `NotFound`, or `Conflict` when it is full, waits already, or the player is in another.
    """
    player, token = _player_entering(caller, username)
    party = _locked(code)
    members = [member.player for member in party.members.select_related("player")]
    if player in members:
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
    _add(party, player)
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


def _add(party: Party, player: Player) -> None:
    try:
        with transaction.atomic():
            PartyMember.objects.create(party=party, player=player)
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
