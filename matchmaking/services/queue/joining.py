"""Joining a pool. Joins come in batches: one transaction serves all that wait."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from lib import idempotency, tokens
from lib.errors import Conflict, Malformed, NotFound, Outage, Refusal, Unauthenticated
from lib.idempotency import Replay
from lib.models import StoredResponse
from lib.names import parse_name
from matchmaking import schemas
from matchmaking.engine.pairing import pair_in_order
from matchmaking.models import Match, Party, Player, Pool, Ticket, TicketState
from matchmaking.selectors import open_check
from matchmaking.signals import match_made, tickets_changed

from . import new_matches
from .join_checks import JoinChecks
from .joins import Join, Joined, NewMatch, Playing, Result
from .new_matches import (
    ClaimLost,
    MatchCandidate,
    Proposal,
    build_match,
    build_proposal,
    store_proposals,
    store_seats,
)
from .tickets import mark_seen
from .waiting_pool import WaitingPool

__all__ = [
    "ClaimLost",
    "Join",
    "Joined",
    "NewMatch",
    "Result",
    "join_pool",
    "join_pools",
]

log = logging.getLogger(__name__)

_ATTEMPTS = 3
_TICK = timedelta(microseconds=1)


def join_pool(join: Join) -> Joined | Replay:
    """Queue one player, or the party that the player leads; raises `Refusal`."""
    [result] = join_pools([join])
    if isinstance(result, Refusal):
        raise result
    return result


def join_pools(joins: Sequence[Join]) -> list[Result]:
    """Queue players in the order given, in one transaction; a refusal harms no neighbour.

    When the transaction fails as a whole, each join gets one of its own. Raises `DatabaseError`
    only when the database cannot be reached; then nothing was done.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _join_together(joins)
        except ClaimLost:
            continue  # the ticket that was lost is now gone from the queue
        except IntegrityError:
            if len(joins) > 1:
                break
            # What the constraint guards was just stored by another process: look again.
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("A batch of %d joins failed.", len(joins))
            if len(joins) == 1:
                return [Outage("The join could not be stored. Try again in a moment.")]
            break
    if len(joins) == 1:
        return [Conflict("Others did the same at the same moment. Try again.")]
    return [join_pools([join])[0] for join in joins]


@dataclass(slots=True)
class _News:
    """What a batch brought about, over all its pools."""

    made: list[NewMatch] = field(default_factory=list)
    proposed: list[Proposal] = field(default_factory=list)

    def tell(self) -> None:
        """Send the signals, inside the transaction."""
        if self.made:
            match_made.send(sender=Match, matches=self.made)
        if self.proposed:
            changed = [ticket.pk for proposal in self.proposed for ticket in proposal.tickets]
            tickets_changed.send(sender=Ticket, ticket_ids=changed)


@transaction.atomic
def _join_together(joins: Sequence[Join]) -> list[Result]:
    by_pool: dict[str, list[int]] = defaultdict(list)
    for place, join in enumerate(joins):
        by_pool[join.pool].append(place)
    pools = _locked_pools(by_pool)
    results: dict[int, Result] = {}
    news = _News()
    for slug, places in sorted(by_pool.items()):
        served = _join_one_pool(slug, pools.get(slug), [joins[place] for place in places], news)
        results |= zip(places, served, strict=True)
    news.tell()
    return [results[place] for place in range(len(joins))]


def _locked_pools(slugs: Iterable[str]) -> dict[str, Pool]:
    """The pools that there are of these, locked: batches of one pool follow one another.

    All of them before anything is stored, and in one order, so that no two batches wait for each
    other.
    """
    known = [slug for slug in slugs if slug.isprintable()]  # PostgreSQL takes no NUL
    pools = Pool.objects.select_for_update(no_key=True).filter(slug__in=known).order_by("slug")
    return {pool.slug: pool for pool in pools}


def _join_one_pool(
    slug: str, pool: Pool | None, joins: Sequence[Join], news: _News
) -> list[Result]:
    if pool is None:
        return [NotFound(f"There is no pool {slug!r}.", code="unknown_pool") for _ in joins]
    desk = _Desk(pool, joins, timezone.now())
    results = desk.serve()
    news.made += desk.made
    news.proposed += desk.proposed
    return results


class _Desk(JoinChecks):
    """Serves joins in order in memory, then stores the outcome."""

    def __init__(self, pool: Pool, joins: Sequence[Join], now: datetime) -> None:
        super().__init__(pool, joins, now)
        self.stored = {ticket.pk for ticket in self.waiting}
        self.waiting_pool = None if pool.is_plain else WaitingPool(pool, self.waiting, now)
        self.answered = idempotency.stored_responses(j.once for j in joins if j.once)
        self.new_players: list[Player] = []
        self.renamed: list[Player] = []
        self.new_tickets: list[Ticket] = []
        self.seen: list[Ticket] = []
        self.made: list[NewMatch] = []
        self.proposed: list[Proposal] = []
        # Distinct times keep the order in which players came.
        self.clock = max([now, *(ticket.waiting_since for ticket in self.waiting[-1:])])

    def serve(self) -> list[Result]:
        """Answer each join in order and store what follows; a refused one leaves no trace."""
        results = [self._answer(join) for join in self.joins]
        self._store()
        return results

    def _answer(self, join: Join) -> Result:
        try:
            return self._answer_once(join) if join.once else self._join(join)
        except Refusal as refusal:
            return refusal

    def _answer_once(self, join: Join) -> Result:
        assert join.once is not None
        stored = self.answered.get(join.once.digest)
        if stored is not None:
            return idempotency.replay(join.once, stored)
        result = self._join(join)
        row = idempotency.record(join.once, result.answer(), status=200, now=self.now)
        self.answered[join.once.digest] = row
        return result

    def _join(self, join: Join) -> Joined:
        if not self.pool.is_open:
            raise Conflict(f"The pool {self.pool.slug!r} is closed.", code="pool_closed")
        self.check_regions(join)
        if join.caller.is_nobody:
            return self._join_new_guest(join)
        player = self.known.get(join.caller.token_sha256 or str(join.caller.player_id))
        if player is None:
            raise Unauthenticated(
                "This token is not known here. Queue without it to get a new one."
            )
        return self._join_known(join, player)

    def _join_new_guest(self, join: Join) -> Joined:
        if join.party is not None:
            raise Unauthenticated("A party is queued by its leader: show your token.")
        if join.username is None:
            raise Malformed("Say who you are: `username` is missing.")
        name = self.name(join.username)
        self.check_free(name)
        token = tokens.new_token()
        player = Player(
            name=name.display,
            name_key=name.name_key,
            skeleton=name.skeleton,
            token_sha256=tokens.digest(token),
            created_at=self.now,
        )
        self.new_players.append(player)
        return self._queue(join, [player], token=token)

    def _join_known(self, join: Join, player: Player) -> Joined:
        if player.pk in self.playing:
            return Joined(player, None, self.playing[player.pk])
        wish = self.name(join.username) if join.username is not None else None
        renames = wish is not None and wish.display != player.name
        if renames and not player.is_guest:
            raise Conflict(f"You are signed in as {player.name}; queue under that name.")
        mine = self.open_tickets.get(player.pk)
        if mine is not None:
            return self._go_on(join, player, mine, renames=renames)
        party, players = self.party_of(join, player)
        self.check_may_wait(player, players)
        if party is None and player.is_guest:
            self.check_free(wish or parse_name(player.name))
        if wish is not None and renames:
            player.name, player.name_key, player.skeleton = wish
            self.renamed.append(player)
        if party is not None:
            self.check_names(players)
        return self._queue(join, players, party=party)

    def _go_on(self, join: Join, player: Player, mine: Ticket, *, renames: bool) -> Joined:
        """Who waits here already goes on waiting with the ticket there is."""
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
        if ticket.state != TicketState.PROPOSED:
            return None
        for proposal in self.proposed:
            if ticket in proposal.tickets:
                return schemas.ReadyCheck.of(proposal.check, proposal.answers, ticket)
        stored = open_check(ticket)
        return schemas.ReadyCheck.of(stored, stored.answers.all(), ticket) if stored else None

    # Waiting and meeting.

    def _queue(
        self,
        join: Join,
        players: Sequence[Player],
        *,
        party: Party | None = None,
        token: str | None = None,
    ) -> Joined:
        self.clock += _TICK
        wait = tuple(self._ticket(join, player, party) for player in players)
        for ticket in wait:
            self.waiting.append(ticket)
            self.new_tickets.append(ticket)
            self.names_waiting |= {ticket.name_key, ticket.skeleton}
            self.open_tickets[ticket.player_id] = ticket
        self._pair(wait)
        mine = wait[0]
        answer = schemas.Ticket.of(mine)
        playing = self.playing.get(mine.player_id)
        return Joined(mine.player, answer, playing, self._check_of(mine), token)

    def _ticket(self, join: Join, player: Player, party: Party | None) -> Ticket:
        return Ticket(
            id=uuid4(),
            pool=self.pool,
            player=player,
            party=party,
            name=player.name,
            name_key=player.name_key,
            skeleton=player.skeleton,
            waiting_since=self.clock,
            regions=list(join.regions),
            rating=self.rating_of(player),
            avoids=self.opponents.get(player.pk, []),
            seen_at=self.now,
        )

    def _pair(self, wait: tuple[Ticket, ...]) -> None:
        if self.waiting_pool is not None:
            found = self.waiting_pool.match_newcomer(wait)
            if found is not None:
                self._take(found)
            return
        alone = [ticket for ticket in self.waiting if ticket.party_id is None]
        for first, second in pair_in_order(alone):
            self._take(MatchCandidate(((first,), (second,))))

    def _take(self, found: MatchCandidate) -> None:
        """A match, or the question whether all are there."""
        for side in found.sides:
            for ticket in side:
                self.waiting.remove(ticket)
        if self.pool.ready_seconds is None:
            self._make(found)
        else:
            self.proposed.append(build_proposal(self.pool, found, now=self.now))

    def _make(self, found: MatchCandidate) -> None:
        made = build_match(self.pool, found, now=self.now)
        playing = Playing(made.match, made.players)
        for ticket in made.tickets:
            self.names_waiting -= {ticket.name_key, ticket.skeleton}
            self.open_tickets.pop(ticket.player_id, None)
            self.playing[ticket.player_id] = playing
        self.made.append(made)

    # Storing.

    def _store(self) -> None:
        Player.objects.bulk_create(self.new_players)
        if self.renamed:
            Player.objects.bulk_update(self.renamed, ("name", "name_key", "skeleton"))
        Match.objects.bulk_create([made.match for made in self.made])
        Ticket.objects.bulk_create(self.new_tickets)
        store_seats(self.made)
        store_proposals(self.proposed)
        waits = [made.tickets for made in self.made] + [one.tickets for one in self.proposed]
        taken = [ticket for tickets in waits for ticket in tickets]
        for ticket in sorted(taken, key=lambda ticket: ticket.pk):  # all lock in one order
            if ticket.pk in self.stored:
                new_matches.claim(ticket)
        if self.seen:
            mark_seen(self.seen, now=self.now)
        StoredResponse.objects.bulk_create(
            row for row in self.answered.values() if row._state.adding
        )
