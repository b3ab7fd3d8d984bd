"""What a batch of joins needs to know of one pool: one query for each fact, none if not needed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from lib.errors import Refusal
from lib.names import Name, parse_name
from matchmaking.callers import players_by_short_token
from matchmaking.engine.glicko2 import CENTRE
from matchmaking.models import (
    Cooldown,
    Match,
    Party,
    PartyMember,
    Player,
    Pool,
    Seat,
    Ticket,
    TicketState,
)
from matchmaking.models.tickets import TAG_MAX_CHARS
from matchmaking.schemas import MatchPlayer
from matchmaking.selectors import external_players, is_live, open_tickets_of, with_check
from matchmaking.services.players import registered
from matchmaking.services.ratings import current_ratings
from service_keys.access import keys_by_digest
from service_keys.models import ServiceKey
from service_keys.services import note_use

from .joins import Filling, Join, NewMatch, Playing
from .new_matches import MatchCandidate
from .tickets import expire_tickets
from .waiting_tickets import PoolWaits, Wait, waiting_tickets

NameForm = tuple[str, str]
"""A form by which names are compared, and the tag of who bears it."""


def name_forms(named: Name | Player | Ticket, tag: str) -> set[NameForm]:
    """The forms of a name, with the tag that tells its bearer from others."""
    return {(named.name_key, tag), (named.skeleton, tag)}


class QueueSnapshot:
    """One locked pool and the callers who would join it; kept up to date while joins are served."""

    def __init__(self, pool: Pool, joins: Sequence[Join], now: datetime) -> None:
        self.pool, self.joins, self.now = pool, joins, now
        self.names_asked = {j.username: _parse(j.username) for j in joins if j.username is not None}
        self.pool_waits = self._pool_waits()
        self.waiting = {one.pk: one for one in self.pool_waits.tickets.values()}
        self.names_waiting = self._names_waiting()
        self.members: dict[UUID, PartyMember] = {}
        self.parties = self._parties()
        self.keys = self._keys()
        self.external: dict[tuple[UUID, str], Player] = {}
        self.tags: dict[UUID, str] = {}
        self.from_services: set[UUID] = set()
        #: Players of services who neither wait nor play, as one statement says with who they are.
        self.idle: set[UUID] = set()
        self.known = self._known_players()
        self.known |= self._external_players()
        self.open_tickets = self._open_tickets()
        self.playing = self._open_matches()
        self.names_registered = self._registered_names()
        self.pauses = self._pauses()
        self.ratings = self._ratings()
        self.opponents = self._recent_opponents()
        self.waiting_of_keys = self._waiting_of_keys()

    def add(self, wait: Wait) -> None:
        """Let a new wait be seen by the joins that follow."""
        for ticket in wait:
            self.waiting[ticket.pk] = ticket
            self.names_waiting |= name_forms(ticket, ticket.tag)
            self.open_tickets[ticket.player_id] = ticket

    def take(self, candidate: MatchCandidate) -> None:
        """Let the tickets of a candidate no longer wait."""
        for ticket in candidate.tickets:
            del self.waiting[ticket.pk]
            if ticket.player_id in self.open_tickets:
                self.open_tickets[ticket.player_id] = ticket  # the row that changes

    def start(self, new: NewMatch) -> None:
        """Let a new match be seen by the joins that follow: its players play."""
        playing = Playing(new.match, new.players)
        for ticket in new.tickets:
            self.names_waiting -= name_forms(ticket, ticket.tag)
            self.open_tickets.pop(ticket.player_id, None)
            self.playing[ticket.player_id] = playing

    def seat(self, filling: Filling) -> None:
        """Let a newcomer who takes a place be seen by the joins that follow: they play."""
        ticket = filling.ticket
        del self.waiting[ticket.pk]
        self.names_waiting -= name_forms(ticket, ticket.tag)
        self.open_tickets.pop(ticket.player_id, None)
        self.playing[ticket.player_id] = filling.playing()

    @property
    def ids(self) -> set[UUID]:
        """The callers and party members who were known before."""
        return {player.pk for player in self.known.values()}

    def _pool_waits(self) -> PoolWaits:
        """Who waits; those without a recent sign of life are expired first."""
        waits = waiting_tickets.of(self.pool)
        if waits.is_large or not all(is_live(one, now=self.now) for one in waits.tickets.values()):
            expire_tickets(now=self.now, pool=self.pool)
            waits = waiting_tickets.of(self.pool)
        return waits

    def _names_waiting(self) -> set[NameForm]:
        names = {form for one in self.waiting.values() for form in name_forms(one, one.tag)}
        if self.pool.ready_seconds is None:
            return names
        asked = Ticket.objects.filter(pool=self.pool, state=TicketState.PROPOSED)
        for ticket in asked.only("name_key", "skeleton", "tag"):
            names |= name_forms(ticket, ticket.tag)
        return names

    def tag_of(self, player: Player) -> str:
        """What tells a guest from others of the name, where guests may share one."""
        if player.pk in self.tags:
            return self.tags[player.pk]
        return player.pk.hex[-TAG_MAX_CHARS:] if self.pool.shared_names and player.is_guest else ""

    def tell_apart(self, players: Sequence[Player]) -> None:
        """Give a tag to those of a service's players whose name is waiting already."""
        mates: set[NameForm] = set()
        for player in players:
            forms = name_forms(player, "")
            is_taken = not (forms.isdisjoint(self.names_waiting) and forms.isdisjoint(mates))
            self.tags[player.pk] = player.pk.hex[-TAG_MAX_CHARS:] if is_taken else ""
            mates |= name_forms(player, self.tags[player.pk])

    def _parties(self) -> dict[str, tuple[Party, list[Player]]]:
        """The parties that would join, with their members; locked, so that nobody leaves them."""
        codes = {join.party for join in self.joins if join.party is not None}
        if not codes:
            return {}
        found = Party.objects.select_for_update(no_key=True).filter(code__in=codes)
        parties: dict[str, tuple[Party, list[Player]]] = {}
        for party in found.order_by("code").prefetch_related("members__player"):
            members = list(party.members.all())
            parties[party.code] = party, [member.player for member in members]
            self.members |= {member.player_id: member for member in members}
        return parties

    def _known_players(self) -> dict[str, Player]:
        callers = [join.caller for join in self.joins if not join.caller.is_nobody]
        if not callers:
            return {}
        digests = [c.token_sha256 for c in callers if c.token_sha256]
        found = Player.objects.filter(
            Q(pk__in=[c.player_id for c in callers if c.player_id]) | Q(token_sha256__in=digests)
        )
        members = [member for _, members in self.parties.values() for member in members]
        known = {str(player.pk): player for player in (*members, *found)}
        by_token = {p.token_sha256: p for p in known.values() if p.token_sha256}
        short = players_by_short_token(one for one in digests if one not in by_token)
        for digest, player in short.items():
            by_token[digest] = known.setdefault(str(player.pk), player)
        self.from_services = {player.pk for player in short.values()}
        return known | by_token

    # Only where a service queues its players.

    def _keys(self) -> dict[str, ServiceKey]:
        """The keys that these joins show, by digest."""
        digests = {join.key_sha256 for join in self.joins if join.key_sha256}
        keys = keys_by_digest(digests) if digests else {}
        for key in keys.values():
            note_use(key, now=self.now)
        return keys

    def _external_players(self) -> dict[str, Player]:
        """The players of services that are to be queued, who are remembered by their ids there."""
        if not self.keys:
            return {}
        ids = [one for join in self.joins for one in join.players if one.isprintable()]
        for player, named in external_players(self.pool, self.keys.values(), ids):
            if not named.is_busy:
                self.idle.add(player.pk)
            known = self.known.get(str(player.pk), player)
            self.external[UUID(str(named.service)), named.external_id] = known
        return {str(player.pk): player for player in self.external.values()}

    def _waiting_of_keys(self) -> Counter[UUID]:
        """How many open tickets each of these keys has."""
        return Counter({key.pk: open_tickets_of(key) for key in self.keys.values()})

    def _open_tickets(self) -> dict[UUID, Ticket]:
        """The open ticket of each known player who has one, in whichever pool."""
        ids = self.ids - self.idle
        if not ids:
            return {}
        tickets = with_check(Ticket.objects.open()).filter(player__in=ids)
        found = {ticket.player_id: ticket for ticket in tickets.select_related("pool", "party")}
        mine = {ticket.player_id: ticket for ticket in self.waiting.values()}
        for player_id, ticket in found.items():
            if player_id in mine:  # one row, one object
                mine[player_id].party = ticket.party
        return found | {player_id: mine[player_id] for player_id in found.keys() & mine.keys()}

    def _open_matches(self) -> dict[UUID, Playing]:
        """The unfinished match in this pool of each known player who has one."""
        ids = self.ids - self.idle
        if not ids:
            return {}
        held = Seat.objects.filter(player__in=ids, pool=self.pool, holds=True)
        matches = Match.objects.filter(seats__in=held).prefetch_related("seats")
        playing: dict[UUID, Playing] = {}
        for match in matches:
            match.pool = self.pool
            found = Playing(match, MatchPlayer.of_seats(match))
            held_by = [s.player_id for s in match.seats.all() if s.player_id and s.holds]
            playing |= dict.fromkeys(held_by, found)
        return playing

    def _registered_names(self) -> set[str]:
        """The forms of this batch's guest names that belong to accounts."""
        asked = [name for name in self.names_asked.values() if isinstance(name, Name)]
        from_services = {player.pk for player in self.external.values()}
        known = self.known.values()
        guests = [one for one in known if one.is_guest and one.pk not in from_services]
        forms = {form for name in asked for form in (name.name_key, name.skeleton)}
        forms |= {form for guest in guests for form in (guest.name_key, guest.skeleton)}
        return registered(forms) if forms else set()

    # Only where the pool has the rule.

    def _pauses(self) -> dict[UUID, float]:
        """For how many seconds known players must still pause after a broken ready check."""
        if self.pool.ready_seconds is None or not self.known:
            return {}
        paused = Cooldown.objects.filter(
            player__in=self.ids, pool=self.pool, until__gt=self.now
        ).values_list("player", "until")
        return {player: (until - self.now).total_seconds() for player, until in paused}

    def _ratings(self) -> dict[UUID, float]:
        if self.pool.is_plain or not self.known:
            return {}
        return current_ratings(self.pool, self.ids, now=self.now)

    def rating_of(self, player: Player, given: float | None = None) -> float | None:
        """The rating a newcomer is paired by, `given` with the join or the pool's own.

        None in a plain pool, where no rating matters.
        """
        if given is not None:
            return given
        return None if self.pool.is_plain else self.ratings.get(player.pk, CENTRE)

    def _recent_opponents(self) -> dict[UUID, list[str]]:
        """The last opponents of known players in this pool, the latest first."""
        if not self.pool.rules.remembered or not self.known:
            return {}
        last = _last_seats(self.pool, self.ids)
        others = Seat.objects.filter(match__in={seat.match_id for seat in last})
        by_match: dict[UUID, list[Seat]] = {}
        for other in others.exclude(player=None):
            by_match.setdefault(other.match_id, []).append(other)
        recent: dict[UUID, list[str]] = {}
        for seat in last:
            assert seat.player_id is not None
            met = [str(o.player_id) for o in by_match[seat.match_id] if o.side != seat.side]
            recent.setdefault(seat.player_id, []).extend(met)
        return {player: met[: self.pool.rules.remembered] for player, met in recent.items()}


def _last_seats(pool: Pool, players: Iterable[UUID]) -> list[Seat]:
    """The seats of these players in their last matches here, the latest first."""
    latest_first = Window(
        RowNumber(), partition_by="player", order_by=F("match__created_at").desc()
    )
    seats = Seat.objects.filter(player__in=players, pool=pool).annotate(rank=latest_first)
    return list(seats.filter(rank__lte=pool.rules.remembered).order_by("rank"))


def _parse(raw: str) -> Name | Refusal:
    try:
        return parse_name(raw)
    except Refusal as refusal:
        return refusal
