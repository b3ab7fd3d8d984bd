"""Joining and leaving a pool. Joins come in batches: one transaction serves all that wait."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from .. import answers, idempotency, tokens
from ..callers import Caller
from ..engine.pairing import pair_in_order
from ..errors import Conflict, Malformed, Outage, Refusal, Unidentified, Unknown
from ..idempotency import Once, Replay
from ..models import Answered, Match, Player, Pool, Seat, Ticket, TicketState
from ..names import Name, parse_name
from ..signals import match_made
from .tickets import expire_tickets

log = logging.getLogger(__name__)

_ATTEMPTS = 3
_TICK = timedelta(microseconds=1)


#: Public id and name of each side's player, in the order they queued.
Players = tuple[tuple[UUID | None, str], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A wish to queue: `username` may be left out by a caller who has one."""

    username: str | None
    pool: str = Pool.DEFAULT
    caller: Caller = Caller()
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A match that a pool made: its tickets in the order they queued."""

    match: Match
    tickets: tuple[Ticket, Ticket]


@dataclass(frozen=True, slots=True)
class Joined:
    """How a join went: the ticket waits, or `match` says with whom it is matched.

    `ticket` is as it was when this join was served: one that waits may be matched by a later join
    of the same batch. `token` is set once, for a guest that this join made.
    """

    player: Player
    ticket: answers.Json | None
    match: Match | None = None
    players: Players = ()
    token: str | None = None

    def answer(self) -> answers.Json:
        """The JSON body of the answer."""
        answer: answers.Json = {"player": answers.player_answer(self.player)}
        if self.match is None:
            answer |= {"status": "Waiting", "message": "Waiting for another player..."}
        else:
            answer |= {
                "status": "Matched",
                "players": [answers.who(*player) for player in self.players],
                "match": answers.match_brief(self.match),
            }
        if self.ticket is not None:
            answer["ticket"] = self.ticket
        if self.token:
            answer["token"] = self.token
        return answer


Result = Joined | Replay | Refusal


def join_pool(join: Join) -> Joined | Replay:
    """Queue one player; raises `Refusal`."""
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


@transaction.atomic
def _join_together(joins: Sequence[Join]) -> list[Result]:
    by_pool: dict[str, list[int]] = defaultdict(list)
    for place, join in enumerate(joins):
        by_pool[join.pool].append(place)
    pools = _locked_pools(by_pool)
    results: dict[int, Result] = {}
    made: list[Made] = []
    for slug, places in sorted(by_pool.items()):
        served = _join_one_pool(slug, pools.get(slug), [joins[place] for place in places], made)
        results |= zip(places, served, strict=True)
    if made:
        match_made.send(sender=Match, matches=made)
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
    slug: str, pool: Pool | None, joins: Sequence[Join], made: list[Made]
) -> list[Result]:
    if pool is None:
        return [Unknown(f"There is no pool {slug!r}.", code="unknown_pool") for _ in joins]
    desk = _Desk(pool, joins, timezone.now())
    results = desk.serve()
    made += desk.made
    return results


def _parse(raw: str) -> Name | Refusal:
    try:
        return parse_name(raw)
    except Refusal as refusal:
        return refusal


class _Desk:
    """One pool, seen under its lock: serves joins in order in memory, then stores the outcome."""

    def __init__(self, pool: Pool, joins: Sequence[Join], now: datetime) -> None:
        self.pool, self.joins, self.now = pool, joins, now
        self.names_asked = {j.username: _parse(j.username) for j in joins if j.username is not None}
        self.waiting = self._waiting()
        self.stored = {ticket.pk for ticket in self.waiting}
        self.names_waiting = {form for t in self.waiting for form in (t.name_key, t.skeleton)}
        self.known = self._known_players()
        self.elsewhere = self._open_tickets_elsewhere()
        self.playing = self._open_matches()
        self.names_registered = self._registered_names()
        self.answered = idempotency.answered(j.once for j in joins if j.once)
        self.new_players: list[Player] = []
        self.renamed: list[Player] = []
        self.new_tickets: list[Ticket] = []
        self.seen: list[Ticket] = []
        self.made: list[Made] = []
        # Distinct times keep the order in which players came.
        self.clock = max([now, *(ticket.waiting_since for ticket in self.waiting[-1:])])

    # What the batch needs to know, one query each, none where nothing asks for it.

    def _waiting(self) -> list[Ticket]:
        waiting = Ticket.objects.filter(pool=self.pool, state=TicketState.WAITING)
        tickets = list(waiting.order_by("waiting_since"))
        oldest_life = self.now - settings.MATCHPOINT_TICKET_LIFE
        if any(ticket.seen_at < oldest_life for ticket in tickets):
            expire_tickets(now=self.now, pool=self.pool)
            tickets = [ticket for ticket in tickets if ticket.seen_at >= oldest_life]
        return tickets

    def _known_players(self) -> dict[str, Player]:
        callers = [join.caller for join in self.joins if not join.caller.is_nobody]
        if not callers:
            return {}
        found = Player.objects.filter(
            Q(pk__in=[c.player_id for c in callers if c.player_id])
            | Q(token_sha256__in=[c.token_sha256 for c in callers if c.token_sha256])
        )
        known = {str(player.pk): player for player in found}
        return known | {p.token_sha256: p for p in known.values() if p.token_sha256}

    def _open_tickets_elsewhere(self) -> dict[UUID, Ticket]:
        if not self.known:
            return {}
        tickets = Ticket.objects.filter(
            player__in={p.pk for p in self.known.values()}, state=TicketState.WAITING
        ).exclude(pool=self.pool)
        return {ticket.player_id: ticket for ticket in tickets.select_related("pool")}

    def _open_matches(self) -> dict[UUID, tuple[Match, Players]]:
        """The unfinished match in this pool of each known player who has one."""
        if not self.known:
            return {}
        held = Seat.objects.filter(
            player__in={p.pk for p in self.known.values()}, pool=self.pool, holds=True
        )
        matches = Match.objects.filter(seats__in=held).prefetch_related("seats")
        playing: dict[UUID, tuple[Match, Players]] = {}
        for match in matches:
            match.pool = self.pool
            players = tuple((seat.player_id, seat.name) for seat in match.seats.all())
            playing |= {player_id: (match, players) for player_id, _ in players if player_id}
        return playing

    def _registered_names(self) -> set[str]:
        """Those forms of the names that this batch's guests would bear which are taken."""
        asked = [name for name in self.names_asked.values() if isinstance(name, Name)]
        guests = [player for player in self.known.values() if player.is_guest]
        forms = {form for name in asked for form in (name.name_key, name.skeleton)}
        forms |= {form for guest in guests for form in (guest.name_key, guest.skeleton)}
        if not forms:
            return set()
        taken = Player.objects.filter(
            Q(name_key__in=forms) | Q(skeleton__in=forms), user__isnull=False
        ).values_list("name_key", "skeleton")
        return {form for pair in taken for form in pair}

    # Serving, in memory.

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
        if join.caller.is_nobody:
            return self._join_new_guest(join)
        player = self.known.get(join.caller.token_sha256 or str(join.caller.player_id))
        if player is None:
            raise Unidentified("This token is not known here. Queue without it to get a new one.")
        return self._join_known(join, player)

    def _join_new_guest(self, join: Join) -> Joined:
        if join.username is None:
            raise Malformed("Say who you are: `username` is missing.")
        name = self._name(join.username)
        self._check_free(name)
        token = tokens.new_token()
        player = Player(
            name=name.display,
            name_key=name.name_key,
            skeleton=name.skeleton,
            token_sha256=tokens.digest(token),
            created_at=self.now,
        )
        self.new_players.append(player)
        return self._queue(player, token)

    def _join_known(self, join: Join, player: Player) -> Joined:
        if player.pk in self.playing:
            return Joined(player, None, *self.playing[player.pk])
        wish = self._name(join.username) if join.username is not None else None
        renames = wish is not None and wish.display != player.name
        if renames and not player.is_guest:
            raise Conflict(f"You are signed in as {player.name}; queue under that name.")
        mine = next((t for t in self.waiting if t.player_id == player.pk), None)
        if mine is not None and renames:
            raise Conflict(f"You wait as {player.name}. Leave the queue to change your name.")
        if mine is not None:
            mine.pool, mine.seen_at = self.pool, self.now
            self.seen.append(mine)
            return Joined(player, answers.ticket_answer(mine))
        if player.pk in self.elsewhere:
            place = self.elsewhere[player.pk].pool
            raise Conflict(f"You already wait in the pool {place.slug!r}. Leave it first.")
        if player.is_guest:
            self._check_free(wish or parse_name(player.name))
        if wish is not None and renames:
            player.name, player.name_key, player.skeleton = wish
            self.renamed.append(player)
        return self._queue(player, None)

    def _name(self, raw: str) -> Name:
        name = self.names_asked[raw]
        if isinstance(name, Refusal):
            raise name
        return name

    def _check_free(self, name: Name) -> None:
        """Raise `Conflict` when a registered player, or somebody who waits here, bears the name."""
        forms = {name.name_key, name.skeleton}
        if forms & self.names_registered:
            raise Conflict(
                f"The name {name.display!r} belongs to a registered player. "
                "Choose another, or sign in.",
                code="name_registered",
            )
        if forms & self.names_waiting:
            raise Conflict(
                f"Somebody called {name.display!r} already waits in this pool. "
                "Choose another name.",
                code="name_waiting",
            )

    def _queue(self, player: Player, token: str | None) -> Joined:
        self.clock += _TICK
        ticket = Ticket(
            id=uuid4(),
            pool=self.pool,
            player=player,
            name=player.name,
            name_key=player.name_key,
            skeleton=player.skeleton,
            waiting_since=self.clock,
            seen_at=self.now,
        )
        self.waiting.append(ticket)
        self.names_waiting |= {ticket.name_key, ticket.skeleton}
        self.new_tickets.append(ticket)
        for first, second in pair_in_order(self.waiting):
            self._match(first, second)
        answer = answers.ticket_answer(ticket)
        if ticket.match is None:
            return Joined(player, answer, token=token)
        return Joined(player, answer, *self.playing[player.pk], token)

    def _match(self, first: Ticket, second: Ticket) -> None:
        match = Match(pool=self.pool, created_at=self.now)
        players = ((first.player_id, first.name), (second.player_id, second.name))
        for ticket in (first, second):
            ticket.state, ticket.match = TicketState.MATCHED, match
            self.waiting.remove(ticket)
            self.names_waiting -= {ticket.name_key, ticket.skeleton}
            self.playing[ticket.player_id] = (match, players)
        self.made.append(Made(match, (first, second)))

    # Storing.

    def _store(self) -> None:
        Player.objects.bulk_create(self.new_players)
        if self.renamed:
            Player.objects.bulk_update(self.renamed, ("name", "name_key", "skeleton"))
        Match.objects.bulk_create([made.match for made in self.made])
        Ticket.objects.bulk_create(self.new_tickets)
        Seat.objects.bulk_create(
            Seat(match=made.match, side=side, player_id=t.player_id, name=t.name, pool=self.pool)
            for made in self.made
            for side, t in enumerate(made.tickets)
        )
        for made in self.made:
            for ticket in made.tickets:
                if ticket.pk in self.stored:
                    _claim(ticket)
        if self.seen:
            Ticket.objects.filter(pk__in=[t.pk for t in self.seen]).update(seen_at=self.now)
        Answered.objects.bulk_create(row for row in self.answered.values() if row._state.adding)


class ClaimLost(Exception):
    """A waiting ticket was cancelled while it was being matched; the batch must be done again."""


def _claim(ticket: Ticket) -> None:
    """Take a waiting ticket for a match, counted: whoever cancelled it first has won."""
    claimed = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(
        state=TicketState.MATCHED, match=ticket.match
    )
    if claimed != 1:
        raise ClaimLost(ticket.pk)
