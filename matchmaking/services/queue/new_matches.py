"""From the candidates of the pairing to rows: matches and ready checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from statistics import fmean
from uuid import UUID

from django.db import transaction

from lib.database.rows import insert_rows, insert_values, new_row
from matchmaking import metrics
from matchmaking.models import Match, Pool, ReadyAnswer, ReadyCheck, Seat, Ticket, TicketState
from matchmaking.signals import match_made, tickets_changed

from .joins import NewMatch, seated


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """Sides of tickets that may meet, and the region; empty when it does not matter.

    `attributes` are what they have in common, `roles` those of each side's players in their order.
    """

    sides: tuple[tuple[Ticket, ...], ...]
    region: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    roles: tuple[tuple[str, ...], ...] = ()

    @property
    def seats(self) -> Iterator[tuple[Ticket, int, str]]:
        """Each ticket with its side and its role."""
        return seated(self.sides, self.roles)

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """All of them, the first side first."""
        return tuple(chain.from_iterable(self.sides))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A ready check that begins, and its players."""

    check: ReadyCheck
    answers: tuple[ReadyAnswer, ...]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets of its players."""
        return tuple(answer.ticket for answer in self.answers)


class ClaimLost(Exception):
    """A waiting ticket was cancelled while it was being matched; retry the whole batch."""


def build_match(pool: Pool, candidate: MatchCandidate, *, now: datetime) -> NewMatch:
    """Build a match and set its tickets' state; nothing is stored."""
    match = new_row(
        Match,
        pool=pool,
        region=candidate.region,
        attributes=candidate.attributes,
        best_of=pool.best_of,
        draws=pool.draws,
        rated_in=pool if pool.rated else None,
        created_at=now,
    )
    for ticket in candidate.tickets:
        ticket.state, ticket.match = TicketState.MATCHED, match
    return NewMatch(match, candidate.sides, candidate.roles)


def build_proposal(pool: Pool, candidate: MatchCandidate, *, now: datetime) -> Proposal:
    """Build a ready check and set its tickets' state; nothing is stored."""
    assert pool.ready_seconds is not None
    check = ReadyCheck(
        pool=pool,
        region=candidate.region,
        attributes=candidate.attributes,
        created_at=now,
        deadline=now + timedelta(seconds=pool.ready_seconds),
    )
    asked = []
    for ticket, side, role in candidate.seats:
        ticket.state = TicketState.PROPOSED
        asked.append(ReadyAnswer(check_of=check, ticket=ticket, side=side, role=role))
    return Proposal(check, tuple(asked))


@dataclass(slots=True)
class PairingBatch:
    """The matches and the ready checks that a pairing found; stored together."""

    matches: list[NewMatch] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def add(self, pool: Pool, candidate: MatchCandidate, *, now: datetime) -> NewMatch | None:
        """Make a match of a candidate, or a ready check where the pool asks for one."""
        if pool.ready_seconds is not None:
            self.proposals.append(build_proposal(pool, candidate, now=now))
            return None
        match = build_match(pool, candidate, now=now)
        self.matches.append(match)
        return match

    def store(self, new_tickets: Sequence[Ticket] = ()) -> None:
        """Store all, and `new_tickets` with them; claim the tickets that were stored before.

        Raises `ClaimLost`.
        """
        insert_rows([one.match for one in self.matches])
        insert_rows(new_tickets)
        store_seats(self.matches)
        insert_rows([one.check for one in self.proposals])
        insert_rows([answer for one in self.proposals for answer in one.answers])
        new = {ticket.pk for ticket in new_tickets}
        matched = [[t.pk for t in one.tickets if t.pk not in new] for one in self.matches]
        proposed = [t.pk for one in self.proposals for t in one.tickets if t.pk not in new]
        lock_tickets([*proposed, *chain.from_iterable(matched)])
        for one, ids in zip(self.matches, matched, strict=True):
            claim(ids, state=TicketState.MATCHED, match=one.match)
        claim(proposed, state=TicketState.PROPOSED)


def send_signals(batches: Iterable[PairingBatch]) -> None:
    """Send the news of stored batches, inside the transaction."""
    batches = list(batches)
    matches = [match for batch in batches for match in batch.matches]
    if matches:
        match_made.send(sender=Match, matches=matches)
    changed = [t.pk for batch in batches for one in batch.proposals for t in one.tickets]
    if changed:
        tickets_changed.send(sender=Ticket, ticket_ids=changed)


def count_matches(matches: Sequence[NewMatch]) -> None:
    """Count matches that a queue made, once they are stored; not rematches, which nobody awaits."""
    transaction.on_commit(partial(_count_matches, matches))


def _count_matches(matches: Sequence[NewMatch]) -> None:
    by_pool: dict[str, list[NewMatch]] = defaultdict(list)
    for one in matches:
        assert one.match.pool is not None
        by_pool[one.match.pool.slug].append(one)
    for slug, made in by_pool.items():
        metrics.matches_made(
            slug,
            waits=[
                (one.match.created_at - ticket.waiting_since).total_seconds()
                for one in made
                for ticket in one.tickets
            ],
            rating_gaps=[gap for one in made if (gap := rating_gap(one)) is not None],
        )


def rating_gap(new: NewMatch) -> float | None:
    """By how much the sides' mean ratings differ; None in a pool that does not go by them."""
    sides = [[t.rating for t in side if t.rating is not None] for side in new.sides]
    means = [fmean(ratings) for ratings in sides if ratings]
    return max(means) - min(means) if len(means) > 1 else None


def store_seats(matches: Iterable[NewMatch]) -> None:
    """Store the seats of matches; the matches and tickets are stored already."""
    insert_values(
        Seat,
        [
            {
                "match_id": new.match.pk,
                "side": side,
                "player_id": ticket.player_id,
                "name": ticket.name,
                "role": role,
                "pool_id": new.match.pool_id,
            }
            for new in matches
            for ticket, side, role in new.seats
        ],
    )


def lock_tickets(ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of these tickets that wait, in the one order in which all lock them."""
    if len(ids) < 2:
        return set(ids)  # its claim locks it
    waiting = Ticket.objects.waiting().filter(pk__in=ids)
    return set(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))


def claim(ids: Sequence[UUID], **changed: object) -> None:
    """Take stored tickets by a counted update; raises `ClaimLost` if one no longer waits."""
    if ids and Ticket.objects.waiting().filter(pk__in=ids).update(**changed) != len(ids):
        raise ClaimLost(ids)
