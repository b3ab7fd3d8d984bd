"""The matchmaker's tick, and what happens when two come at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from lib.errors import Refusal
from matchmaking.engine import pairing
from matchmaking.models import Match, Pool, Seat, Ticket
from matchmaking.services.queue import new_matches, ticks
from matchmaking.services.queue.new_matches import ClaimLost, MatchCandidate
from matchmaking.services.queue.ready_checks import accept_match, settle_checks
from matchmaking.services.queue.tickets import expire_tickets, leave_pool
from matchmaking.services.queue.ticks import follow_clock, tick_pools
from matchmaking.services.queue.waiting_pool import WaitingPool
from matchmaking.services.queue.waiting_tickets import waiting_tickets

from .queueing import (
    SECOND,
    age,
    caller,
    guest,
    join,
    later,
    nobody_is_twice,
    open_check,
    party_of,
    pool,
    rate,
    ticket,
)

pytestmark = pytest.mark.django_db


def far_apart(where: Pool, names: str) -> None:
    """All of them wait, since nobody fits anybody yet."""
    for place, name in enumerate(names):
        player = guest(f"Player {name}")
        rate(player, where, 1000 + 100 * place)
        assert join(player, where).match is None


def test_a_tick_without_work_asks_little() -> None:
    join(guest("Ann"), Pool.objects.get())
    assert tick_pools(now=timezone.now()) == 0
    assert not Match.objects.exists()


def test_the_longest_waits_meet_when_all_fit() -> None:
    patient = pool(window_start=10, longest_wait_seconds=100)
    far_apart(patient, "abc")
    assert tick_pools(now=timezone.now() + 101 * SECOND) == 1
    assert Ticket.objects.filter(state="waiting").count() == 1


def test_a_party_that_waits_in_a_pool_made_plain_is_not_torn_apart() -> None:
    squads = pool(team_size=2, party_limit=2)
    ann, bob = guest("Ann"), guest("Bob")
    join(ann, squads, party=party_of(ann, bob).code)
    Pool.objects.filter(pk=squads.pk).update(team_size=1, party_limit=1)
    assert join(guest("Cem"), squads).match is None
    assert tick_pools(now=timezone.now()) == 0
    assert tick_pools(now=timezone.now()) == 0


def test_a_lost_claim_leaves_everything_for_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    widening = pool(window_start=10, window_growth=10)
    far_apart(widening, "abcd")
    now = timezone.now() + 60 * SECOND

    def lost(ids: list[UUID], **changed: object) -> None:
        raise ClaimLost(ids)

    with monkeypatch.context() as patch:
        patch.setattr(new_matches, "claim", lost)
        assert tick_pools(now=now) == 0
    assert not Match.objects.exists() and Ticket.objects.filter(state="waiting").count() == 4
    assert tick_pools(now=now) == 2


def test_one_pools_failure_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = (pool(slug, window_start=10, window_growth=10) for slug in ("bad", "good"))
    for where in (broken, sound):
        for name in "ab":
            player = guest(f"{where.slug} {name}")
            rate(player, where, 1000 if name == "a" else 1500)
            join(player, where)
    real = ticks.pair_waiting

    def fails(*, pool: Pool, now: object) -> int:
        if pool == broken:
            raise ValueError("no engine takes this")
        return real(pool=pool, now=timezone.now() + 60 * SECOND)

    monkeypatch.setattr(ticks, "pair_waiting", fails)
    assert tick_pools(now=timezone.now()) == 1
    assert Match.objects.get().pool == sound


def test_a_pass_explains_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    widening = pool(window_start=10, window_growth=10)
    far_apart(widening, "abc")
    monkeypatch.delattr(pairing.Explanations, "of")
    assert tick_pools(now=timezone.now() + 60 * SECOND) == 1


def test_a_large_pool_is_read_anew_only_where_it_changed() -> None:
    large = pool(window_start=10, longest_wait_seconds=1000)
    players = [guest(f"Player {n}") for n in range(60)]
    for place, player in enumerate(players):
        rate(player, large, 100 * place)
        assert join(player, large).match is None
    before = waiting_tickets.of(large)
    assert before.is_large and waiting_tickets.of(large) is before
    age(players[7], 2000)
    leave_pool(ticket_id=ticket(players[0]).pk, caller=caller(players[0]))
    found = waiting_tickets.of(large)
    assert next(iter(found.tickets.values())).player_id == players[7].pk
    assert len(found.waits) == 59
    kept = found.waits.keys() & before.waits.keys() - {ticket(players[7]).pk}
    assert all(found.waits[key] is before.waits[key] for key in kept)
    newcomer = guest("New")
    rate(newcomer, large, 100 * 30 + 5)
    match = join(newcomer, large)
    assert match.match is not None and {one.username for one in match.players} == {
        "New",
        "Player 7",
    }
    assert tick_pools(now=timezone.now()) == 0
    assert len(waiting_tickets.of(large).tickets) == 58
    nobody_is_twice()


# At once.


@pytest.mark.django_db(transaction=True)
def test_nobody_who_joins_or_leaves_waits_for_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    widening, other = pool(window_start=10, window_growth=10), pool("other")
    far_apart(widening, "abcd")
    leaves = Ticket.objects.get(name="Player a")
    real = WaitingPool.pair_all

    def meanwhile() -> None:
        join(guest("Elsewhere"), other)
        leave_pool(ticket_id=leaves.pk, caller=caller(leaves.player_id))
        join(guest("Here"), widening)
        connection.close()

    def pair_all(self: WaitingPool) -> list[MatchCandidate]:
        found = real(self)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(meanwhile).result(timeout=10)
        return found

    monkeypatch.setattr(WaitingPool, "pair_all", pair_all)
    assert tick_pools(now=timezone.now() + 60 * SECOND) == 1
    assert set(Match.objects.values_list("seats__name", flat=True)) == {"Player c", "Player d"}
    nobody_is_twice()


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """All of them on threads of their own, let go together; a refusal is an outcome."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait()
        try:
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_make_no_players_second_match() -> None:
    widening = pool(window_start=10, window_growth=10)
    far_apart(widening, "abcdefgh")
    now = timezone.now() + 60 * SECOND
    found = at_once(*[lambda: tick_pools(now=now)] * 3)
    assert sorted(found, key=str) == [0, 0, 4]
    assert Match.objects.count() == 4 and Seat.objects.count() == 8
    nobody_is_twice()


@pytest.mark.django_db(transaction=True)
def test_ticks_joins_and_leaves_at_once_leave_nobody_in_two_places() -> None:
    widening = pool(window_start=10, window_growth=10)
    far_apart(widening, "abcdef")
    newcomers = [guest(f"New {n}") for n in range(3)]
    leaving = Ticket.objects.filter(state="waiting")[:2]
    now = timezone.now() + 60 * SECOND
    at_once(
        lambda: tick_pools(now=now),
        lambda: tick_pools(now=now),
        *[lambda player=player: join(player, widening) for player in newcomers],
        *[
            lambda mine=mine: leave_pool(ticket_id=mine.pk, caller=caller(mine.player_id))
            for mine in leaving
        ],
    )
    nobody_is_twice()
    for match in Match.objects.prefetch_related("seats", "tickets"):
        assert len(match.seats.all()) == len(match.tickets.all()) == 2
    held = set(Seat.objects.filter(holds=True).values_list("player", flat=True))
    assert not held & set(Ticket.objects.filter(state="waiting").values_list("player", flat=True))


@pytest.mark.django_db(transaction=True)
def test_the_last_accept_and_the_end_of_the_time_make_one_ending() -> None:
    careful = pool(ready_seconds=10)
    ann, bob = guest("Ann"), guest("Bob")
    for player in (ann, bob):
        join(player, careful)
    end = later(open_check())
    accept_match(ticket_id=ticket(ann).pk, caller=caller(ann))
    at_once(
        lambda: accept_match(ticket_id=ticket(bob).pk, caller=caller(bob)),
        lambda: settle_checks(now=end),
        lambda: settle_checks(now=end),
    )
    states = {ticket(ann).state, ticket(bob).state}
    assert states in ({"matched"}, {"waiting", "slept"})
    assert Match.objects.count() == (1 if states == {"matched"} else 0)


def test_one_who_has_waited_long_is_older() -> None:
    """What other tests build on."""
    ann = guest("Ann")
    join(ann, Pool.objects.get())
    before = ticket(ann).waiting_since
    age(ann, 10)
    assert before - ticket(ann).waiting_since == 10 * SECOND


def test_waits_and_checks_go_on_after_the_clock_was_set_back() -> None:
    patient, asking = (
        pool(window_start=10, longest_wait_seconds=100),
        pool("asks", ready_seconds=30),
    )
    far_apart(patient, "abc")
    for name in ("Ann", "Bob"):
        join(guest(name), asking)
    Ticket.objects.filter(player__name="Player a").update(leave_at=timezone.now() + 5 * SECOND)
    order = list(Ticket.objects.values_list("player__name", flat=True))
    back = timezone.now() - 3600 * SECOND
    assert tick_pools(now=back + 101 * SECOND) == 0
    assert follow_clock(now=back) == 5 and follow_clock(now=back) == 0
    assert list(Ticket.objects.values_list("player__name", flat=True)) == order
    assert expire_tickets(now=back + 31 * SECOND) == 1  # the one that dropped before
    assert tick_pools(now=back + 101 * SECOND) == 1
    assert {ticket.state for ticket in Ticket.objects.filter(pool=asking)} == {"slept"}


def test_a_clock_that_differs_a_little_moves_nothing() -> None:
    join(guest("Ann"), Pool.objects.get())
    assert follow_clock(now=timezone.now() - 30 * SECOND) == 0
