"""Serving a batch of joins in one pool."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lib import idempotency, tokens
from lib.database.rows import insert_rows, new_row
from lib.errors import Conflict, Malformed, Refusal, Unauthenticated
from lib.idempotency import IdempotencyKey
from matchmaking import schemas
from matchmaking.callers import unknown
from matchmaking.engine.pairing import pair_in_order
from matchmaking.models import Party, Player, Pool, Ticket, TicketState
from matchmaking.models.parties import new_code
from service_keys.models import ServiceKey

from .backfill.places import PoolPlaces, store_fillings
from .join_checks import JoinChecks
from .joins import Filling, Join, Joined, JoinResult
from .new_matches import MatchCandidate, PairingBatch
from .snapshot import QueueSnapshot
from .tickets import mark_seen
from .waiting_pool import WaitingPool
from .waiting_tickets import Wait, waiting_of
from .wants import PlayerWants, checked_wants

_TICK = timedelta(microseconds=1)


class JoinBatch:
    """Serves the joins of one pool in order in memory, then stores the outcome."""

    def __init__(self, pool: Pool, joins: Sequence[Join], now: datetime) -> None:
        self.pool, self.joins, self.now = pool, joins, now
        self.snapshot = QueueSnapshot(pool, joins, now)
        self.checks = JoinChecks(self.snapshot)
        waits = self.snapshot.pool_waits
        self.waiting_pool = None if pool.is_plain else WaitingPool(pool, waits, now)
        self.pairing = PairingBatch()
        self.places = PoolPlaces(pool, now)
        self.fillings: list[Filling] = []
        keys = [join.idempotency_key for join in joins]
        self.responses = idempotency.stored_responses(key for key in keys if key)
        self.new_players: list[Player] = []
        self.renamed: list[Player] = []
        self.new_tickets: list[Ticket] = []
        self.seen: list[Ticket] = []
        # Distinct times keep the order in which players came.
        waiting = self.snapshot.waiting.values()
        self.clock = max([now, *(ticket.waiting_since for ticket in waiting)])

    def serve(self) -> list[JoinResult]:
        """Answer each join in order and store what follows; a refused one changes nothing."""
        results = [self._answer(join) for join in self.joins]
        self._store()
        return results

    def _answer(self, join: Join) -> JoinResult:
        try:
            if join.key_sha256:  # before anything is said of the pool, or said again
                self.checks.check_key_of(join)
            return self._answer_once(join, join.idempotency_key)
        except Refusal as refusal:
            return refusal

    def _answer_once(self, join: Join, key: IdempotencyKey | None) -> JoinResult:
        if key is None:
            return self._join(join)
        stored = self.responses.get(key.digest)
        if stored is not None:
            return idempotency.replay(key, stored)
        result = self._join(join)
        self.responses[key.digest] = idempotency.record(
            key, result.answer(), status=200, now=self.now
        )
        return result

    def _join(self, join: Join) -> Joined:
        if not self.pool.is_open:
            raise Conflict(f"The pool {self.pool.slug!r} is closed.", code="pool_closed")
        self.checks.check_regions(join)
        if join.key_sha256:
            return self._join_by_key(join)
        if join.caller.is_nobody:
            return self._join_new_guest(join)
        player = self.snapshot.known.get(join.caller.token_sha256 or str(join.caller.player_id))
        if player is None:
            raise unknown(join.caller)
        return self._join_known(join, player)

    def _join_new_guest(self, join: Join) -> Joined:
        if join.party is not None:
            raise Unauthenticated("A party is queued by its leader: show your token.")
        if join.username is None:
            raise Malformed("Say who you are: `username` is missing.")
        name = self.checks.name(join.username)
        token = tokens.new_token()
        player = new_row(
            Player,
            name=name.display,
            name_key=name.name_key,
            skeleton=name.skeleton,
            token_sha256=tokens.digest(token),
            created_at=self.now,
        )
        self.checks.check_free(player)
        wants = checked_wants(self.pool, join, [player], {})
        self.new_players.append(player)
        return self._queue(join, [player], wants, token=token)

    def _join_known(self, join: Join, player: Player) -> Joined:
        if player.pk in self.snapshot.playing:
            return Joined(player, None, self.snapshot.playing[player.pk])
        new_name = self.checks.name(join.username) if join.username is not None else None
        renames = new_name is not None and new_name.display != player.name
        if renames and not player.is_guest:
            raise Conflict(f"You are signed in as {player.name}; queue under that name.")
        mine = self.snapshot.open_tickets.get(player.pk)
        if mine is not None:
            return self._keep_waiting(join, player, mine, renames=renames)
        party, players = self.checks.party_of(join, player)
        self.checks.check_may_wait(player, players)
        wants = checked_wants(self.pool, join, players, self.snapshot.members)
        before = player.name, player.name_key, player.skeleton
        if new_name is not None and renames:
            player.name, player.name_key, player.skeleton = new_name
        try:
            if party is not None:
                self.checks.check_names(players)
            elif player.is_guest:
                if player.pk in self.snapshot.from_services:
                    self.snapshot.tell_apart([player])
                self.checks.check_free(player)
        except Refusal:
            player.name, player.name_key, player.skeleton = before
            raise
        if renames:
            self.renamed.append(player)
        return self._queue(join, players, wants, party=party)

    def _join_by_key(self, join: Join) -> Joined:
        """Queue a service's own players; if they wait or play already, say so."""
        key = self.snapshot.keys[join.key_sha256]
        players = self.checks.players_of(join, key)
        join = self.checks.in_own_terms(join, key)
        first = players[0]
        held = [self.snapshot.playing.get(player.pk) for player in players]
        if held[0] is not None and all(one is held[0] for one in held):
            return Joined(first, None, held[0])
        waits = [self.snapshot.open_tickets.get(player.pk) for player in players]
        mine = waits[0]
        keys = {one and one.wait_key for one in waits}
        is_alone = len(players) == 1
        if mine is not None and keys == {mine.wait_key} and is_alone == (mine.party_id is None):
            return self._keep_waiting(join, first, mine, renames=False)
        self.checks.check_may_wait(first, players, are_others=True)
        self.checks.check_room(key, len(players))
        self.snapshot.tell_apart(players)
        wants = checked_wants(self.pool, join, players, {})
        party = None
        if len(players) > 1:
            party = Party.objects.create(code=new_code(), leader=first, pool=self.pool)
        self.snapshot.waiting_of_keys[key.pk] += len(players)
        return self._queue(join, players, wants, party=party, key=key)

    def _keep_waiting(self, join: Join, player: Player, mine: Ticket, *, renames: bool) -> Joined:
        """A player who waits here already keeps the ticket."""
        if mine.pool_id != self.pool.pk:
            raise Conflict(f"You already wait in the pool {mine.pool.slug!r}. Leave it first.")
        if renames:
            raise Conflict(f"You wait as {player.name}. Leave the queue to change your name.")
        if join.party is not None and (mine.party is None or mine.party.code != join.party):
            raise Conflict("You already wait without this party. Leave the queue first.")
        mine.pool = self.pool
        self.seen.append(mine)
        return Joined(player, schemas.Ticket.of(mine), check=self._check_of(mine))

    def _check_of(self, ticket: Ticket) -> schemas.ReadyCheck | None:
        """The ready check that a ticket is in."""
        for proposal in self.pairing.proposals:
            if ticket in proposal.tickets:
                return schemas.ReadyCheck.of(proposal.check, proposal.answers, ticket)
        return schemas.ReadyCheck.of_ticket(ticket)

    # Waiting and pairing.

    def _queue(
        self,
        join: Join,
        players: Sequence[Player],
        wants: Sequence[PlayerWants],
        *,
        party: Party | None = None,
        token: str | None = None,
        key: ServiceKey | None = None,
    ) -> Joined:
        self.clock += _TICK
        wait = tuple(
            self._ticket(join, player, says, party, key)
            for player, says in zip(players, wants, strict=True)
        )
        self.new_tickets += wait
        self.snapshot.add(wait)
        if self._takes_place(wait):
            return Joined(
                wait[0].player,
                schemas.Ticket.of(wait[0]),
                self.snapshot.playing[wait[0].player_id],
                None,
                token,
            )
        for candidate in self._candidates(wait):
            self.snapshot.take(candidate)
            match = self.pairing.add(self.pool, candidate, now=self.now)
            if match is not None:
                self.snapshot.start(match)
        mine = wait[0]
        answer = schemas.Ticket.of(mine)
        playing = self.snapshot.playing.get(mine.player_id)
        return Joined(mine.player, answer, playing, self._check_of(mine), token)

    def _takes_place(self, wait: Wait) -> bool:
        """Whether newcomers take places in a running match, at once."""
        if not self.pool.backfill:
            return False
        taken = self.places.fill([waiting_of(wait).value])
        for _, places in taken:
            for place, ticket in zip(places, wait, strict=True):
                ticket.state, ticket.match = TicketState.MATCHED, place.match
                filling = Filling(place, ticket)
                self.fillings.append(filling)
                self.snapshot.seat(filling)
        return bool(taken)

    def _ticket(
        self,
        join: Join,
        player: Player,
        wants: PlayerWants,
        party: Party | None,
        key: ServiceKey | None,
    ) -> Ticket:
        tag = self.snapshot.tag_of(player)
        return new_row(
            Ticket,
            pool=self.pool,
            player=player,
            party=party,
            name=f"{player.name} #{tag}" if tag else player.name,
            tag=tag,
            name_key=player.name_key,
            skeleton=player.skeleton,
            waiting_since=self.clock,
            regions=list(join.regions),
            attributes=wants.attributes,
            roles=wants.roles,
            rating=self.snapshot.rating_of(player, join.rating),
            avoids=self.snapshot.opponents.get(player.pk, []),
            seen_at=self.now,
            queued_by=key,
        )

    def _candidates(self, wait: Wait) -> list[MatchCandidate]:
        """The matches that have become possible by a new wait."""
        if self.pool.gather_seconds:
            return []  # the tick pairs all who have come
        if self.waiting_pool is not None:
            found = self.waiting_pool.match_newcomer(wait)
            return [] if found is None else [found]
        alone = [ticket for ticket in self.snapshot.waiting.values() if ticket.party_id is None]
        return [MatchCandidate(((one,), (other,))) for one, other in pair_in_order(alone)]

    def _store(self) -> None:
        insert_rows(self.new_players)
        if self.renamed:
            Player.objects.bulk_update(self.renamed, ("name", "name_key", "skeleton"))
        self.pairing.store(self.new_tickets)
        store_fillings(self.fillings, self.new_tickets, self.now)
        if self.seen:
            mark_seen(self.seen, now=self.now)
        insert_rows([row for row in self.responses.values() if row._state.adding])
