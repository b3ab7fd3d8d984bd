"""Joining a pool: who waits, who is matched, who is refused, and what is stored of it."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from msgspec import to_builtins

from lib.errors import Conflict, Malformed, NotFound, Outage, Refusal, Unauthenticated
from lib.names import BadName, parse_name
from lib.tokens import digest
from matchmaking.callers import Caller
from matchmaking.models import Match, Player, Pool, Seat, Ticket, TicketState
from matchmaking.services.matches import leave_match
from matchmaking.services.players import create_guest
from matchmaking.services.queue import joining, new_matches
from matchmaking.services.queue.joining import Join, Joined, JoinResult, join_pools
from matchmaking.services.queue.joins import NewMatch
from matchmaking.services.queue.tickets import leave_pool
from matchmaking.signals import match_made

pytestmark = pytest.mark.django_db

Rows = tuple[int, ...]


def join(name: str | None, *, token: str = "", pool: str = Pool.DEFAULT) -> Joined:
    caller = Caller(token_sha256=digest(token)) if token else Caller()
    joined = joining.join_pool(Join(name, pool, caller))
    assert isinstance(joined, Joined)
    return joined


def join_as(player: Player, name: str | None = None, *, pool: str = Pool.DEFAULT) -> Joined:
    joined = joining.join_pool(Join(name, pool, Caller(player_id=player.pk)))
    assert isinstance(joined, Joined)
    return joined


def batch(*names: str, pool: str = Pool.DEFAULT) -> list[JoinResult]:
    return join_pools([Join(name, pool) for name in names])


def token_of(joined: Joined) -> str:
    assert joined.token is not None
    return joined.token


def ticket_id(joined: Joined) -> str:
    assert joined.ticket is not None
    return str(joined.ticket.id)


def opponents(joined: Joined) -> list[str]:
    return [player.username for player in joined.players]


def rows() -> Rows:
    everything = (Player.objects, Ticket.objects, Match.objects, Seat.objects)
    return tuple(rows.count() for rows in everything)


def registered(name: str) -> Player:
    user, (_, key, alike) = User.objects.create(username=name), parse_name(name)
    return Player.objects.create(user=user, name=name, name_key=key, skeleton=alike)


@pytest.fixture
def blitz() -> Pool:
    return Pool.objects.create(slug="blitz", name="Blitz")


def test_the_first_waits() -> None:
    ann = join("Ann")
    assert ann.match is None and ann.players == ()
    stored = Ticket.objects.get(pk=ticket_id(ann))
    assert (stored.state, stored.name, stored.player.name) == (TicketState.WAITING, "Ann", "Ann")
    assert to_builtins(ann.answer()) == {
        "status": "Waiting",
        "message": "Waiting for another player...",
        "player": {"id": str(ann.player.pk), "username": "Ann"},
        "ticket": to_builtins(ann.ticket),
        "token": ann.token,
    }


def test_the_second_is_matched_with_the_first_in_the_order_they_queued() -> None:
    ann, bob = join("Ann"), join("Bob")
    assert bob.match is not None
    assert [(p.id, p.username) for p in bob.players] == [
        (ann.player.pk, "Ann"),
        (bob.player.pk, "Bob"),
    ]
    assert to_builtins(bob.answer())["players"] == [
        {"id": str(ann.player.pk), "username": "Ann"},
        {"id": str(bob.player.pk), "username": "Bob"},
    ]
    assert to_builtins(bob.answer())["status"] == "Matched"
    assert to_builtins(bob.answer())["match"] == {"id": str(bob.match.pk), "pool": Pool.DEFAULT}
    seats = Seat.objects.filter(match=bob.match).values_list("side", "name", "holds")
    assert list(seats) == [(0, "Ann", True), (1, "Bob", True)]
    assert {t.match for t in Ticket.objects.filter(state="matched")} == {bob.match}


def test_the_token_is_reported_once_and_only_its_digest_is_stored() -> None:
    ann = join("Ann")
    assert Player.objects.get().token_sha256 == digest(token_of(ann))
    assert len(token_of(ann)) == 43  # 256 bits
    assert join(None, token=token_of(ann)).token is None


def test_first_come_first_matched() -> None:
    results = batch("Ann", "Bob", "Cem", "Dan", "Eve")
    assert [opponents(r) for r in results if isinstance(r, Joined)] == [
        [],
        ["Ann", "Bob"],
        [],
        ["Cem", "Dan"],
        [],
    ]
    assert rows() == (5, 5, 2, 4)
    assert opponents(join("Fay")) == ["Eve", "Fay"]


def test_waits_keep_the_order_of_a_batch() -> None:
    tournaments = join_pools([Join(f"p{i}") for i in range(2)])
    assert all(isinstance(result, Joined) for result in tournaments)
    first, second = Ticket.objects.order_by("waiting_since")
    assert (first.name, second.name) == ("p0", "p1")
    assert first.waiting_since < second.waiting_since


def test_pools_do_not_mix(blitz: Pool) -> None:
    join("Ann")
    assert join("Bob", pool="blitz").match is None
    assert opponents(join("Cem", pool="blitz")) == ["Bob", "Cem"]
    results = join_pools([Join("Dan", "blitz"), Join("Eve"), Join("Fay", "blitz")])
    assert [opponents(r) for r in results if isinstance(r, Joined)] == [
        [],
        ["Ann", "Eve"],
        ["Dan", "Fay"],
    ]


def test_one_signal_tells_of_all_matches_of_a_batch(blitz: Pool) -> None:
    batches: list[list[NewMatch]] = []

    def receive(matches: list[NewMatch], **kwargs: object) -> None:
        batches.append(list(matches))

    match_made.connect(receive)
    try:
        join_pools([Join(f"p{i}", ("default", "blitz")[i // 4]) for i in range(8)])
    finally:
        match_made.disconnect(receive)
    [matches] = batches
    assert len(matches) == 4


# The same player again.


def test_the_same_token_while_waiting_is_the_same_ticket() -> None:
    ann = join("Ann")
    again, named = join(None, token=token_of(ann)), join("Ann", token=token_of(ann))
    assert ticket_id(again) == ticket_id(named) == ticket_id(ann)
    assert again.match is None and rows() == (1, 1, 0, 0)


def test_the_same_token_twice_in_one_batch_is_one_ticket() -> None:
    ann = join("Ann")
    leave_pool(ticket_id=uuid_of(ann), caller=Caller(player_id=ann.player.pk))
    caller = Caller(player_id=ann.player.pk)
    first, second = join_pools([Join(None, caller=caller), Join(None, caller=caller)])
    assert isinstance(first, Joined) and isinstance(second, Joined)
    assert ticket_id(first) == ticket_id(second)
    assert Ticket.objects.filter(state=TicketState.WAITING).count() == 1


def uuid_of(joined: Joined) -> Any:
    return Ticket.objects.get(pk=ticket_id(joined)).pk


def test_waiting_again_shows_life() -> None:
    ann = join("Ann")
    long_ago = timezone.now() - settings.MATCHPOINT_TICKET_LIFE / 2
    Ticket.objects.update(seen_at=long_ago)
    join(None, token=token_of(ann))
    assert Ticket.objects.get().seen_at > long_ago


def test_with_an_unfinished_match_the_answer_is_that_match() -> None:
    ann, bob = join("Ann"), join("Bob")
    again = join(None, token=token_of(ann))
    assert again.match == bob.match and opponents(again) == ["Ann", "Bob"]
    assert again.ticket is None and "ticket" not in to_builtins(again.answer())
    assert rows() == (2, 2, 1, 2)


def test_both_may_queue_again_once_the_match_is_left() -> None:
    ann, bob = join("Ann"), join("Bob")
    assert bob.match is not None
    leave_match(match_id=bob.match.pk, caller=Caller(player_id=ann.player.pk))
    assert join(None, token=token_of(bob)).match is None
    rematch = join(None, token=token_of(ann))
    assert opponents(rematch) == ["Bob", "Ann"] and rematch.match != bob.match


def test_an_unfinished_match_of_one_pool_does_not_bar_from_another(blitz: Pool) -> None:
    ann = join("Ann")
    join("Bob")
    assert join(None, token=token_of(ann), pool="blitz").match is None


def test_one_wait_at_a_time(blitz: Pool) -> None:
    ann = join("Ann")
    with pytest.raises(Conflict, match="already wait in the pool 'default'"):
        join(None, token=token_of(ann), pool="blitz")
    caller = Caller(token_sha256=digest(token_of(ann)))
    here, there = join_pools([Join(None, caller=caller), Join(None, "blitz", caller)])
    assert isinstance(here, Joined) != isinstance(there, Joined)


def test_a_guest_may_take_another_name_while_not_waiting() -> None:
    ann = join("Ann")
    with pytest.raises(Conflict, match="You wait as Ann"):
        join("Anna", token=token_of(ann))
    leave_pool(ticket_id=uuid_of(ann), caller=Caller(player_id=ann.player.pk))
    anna = join("Anna", token=token_of(ann))
    assert anna.player.pk == ann.player.pk and anna.player.name == "Anna"
    assert (
        Player.objects.get().name == "Anna" and Ticket.objects.get(state="waiting").name == "Anna"
    )


def test_a_registered_player_keeps_the_name() -> None:
    cem = registered("Cem")
    assert join_as(cem).player.name == "Cem"
    assert join_as(cem, "Cem").ticket is not None
    with pytest.raises(Conflict, match="signed in as Cem"):
        join_as(cem, "Other")


# Refusals; each leaves nothing behind.


REFUSALS: list[tuple[Join, type[Refusal], str]] = [
    (Join(None), Malformed, "username"),
    (Join(""), BadName, "empty"),
    (Join("x" * 33), BadName, "32"),
    (Join("a\x00b"), BadName, "cannot be shown"),
    (Join("Admin"), BadName, "reserved"),
    (Join("Cem"), Conflict, "registered"),
    (Join("CEM"), Conflict, "registered"),
    (Join("Сеm"), Conflict, "registered"),  # Cyrillic
    (Join("Ann"), Conflict, "already waits"),
    (Join("Αnn"), Conflict, "already waits"),  # Greek
    (Join("Bob", "nowhere"), NotFound, "no pool 'nowhere'"),
    (Join("Bob", ""), NotFound, "no pool"),
    (Join("Bob", "a\x00b"), NotFound, "no pool"),
    (Join("Bob", "x" * 5000), NotFound, "no pool"),
    (Join("Bob", "closed"), Conflict, "closed"),
    (Join("Bob", caller=Caller(token_sha256=digest("forged"))), Unauthenticated, "not known"),
    (Join("Bob", caller=Caller(player_id=uuid4())), Unauthenticated, "not known"),
]


@pytest.fixture
def cast() -> None:
    """Ann waits, Cem is registered, and one pool is closed."""
    join("Ann")
    registered("Cem")
    Pool.objects.create(slug="closed", name="Closed", is_open=False)


@pytest.mark.parametrize(("wish", "kind", "words"), REFUSALS)
def test_what_is_refused_leaves_nothing(
    cast: None, wish: Join, kind: type[Refusal], words: str
) -> None:
    before = rows()
    with pytest.raises(kind, match=words):
        joining.join_pool(wish)
    assert rows() == before


def test_refusals_do_not_harm_their_neighbours(cast: None) -> None:
    wishes = [join for join, _, _ in REFUSALS]
    results = join_pools([Join("Dan"), *wishes[:8], Join("Eve"), *wishes[10:], Join("Fay")])
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == len(wishes) - 2  # with Ann matched, her name is free again
    assert [r.player.name for r in results if isinstance(r, Joined)] == ["Dan", "Eve", "Fay"]
    assert [opponents(r) for r in results[:1] if isinstance(r, Joined)] == [["Ann", "Dan"]]


def test_two_look_alikes_in_one_batch() -> None:
    first, second = batch("Paul", "PAUI")
    assert isinstance(first, Joined)
    assert isinstance(second, Conflict) and second.code == "name_waiting"


def test_a_name_is_free_again_once_its_bearer_is_matched_or_gone() -> None:
    batch("Ann", "Bob")
    ann = join("Ann")
    leave_pool(ticket_id=uuid_of(ann), caller=Caller(player_id=ann.player.pk))
    assert join("Ann").match is None


def test_a_guest_whose_name_was_registered_meanwhile_must_choose_another() -> None:
    ann = join("Ann")
    leave_pool(ticket_id=uuid_of(ann), caller=Caller(player_id=ann.player.pk))
    registered("Ann")
    with pytest.raises(Conflict, match="registered"):
        join(None, token=token_of(ann))
    assert join("Anna", token=token_of(ann)).player.name == "Anna"


def test_one_who_shows_no_life_is_not_matched_and_the_name_is_free() -> None:
    join("Ann")
    Ticket.objects.update(
        seen_at=timezone.now() - settings.MATCHPOINT_TICKET_LIFE - timedelta(seconds=1)
    )
    again = join("Ann")
    assert again.match is None
    assert Ticket.objects.get(player=again.player).state == TicketState.WAITING
    assert Ticket.objects.exclude(player=again.player).get().state == TicketState.EXPIRED


# Failures of a whole batch.


Perform = Callable[[Sequence[Join]], list[JoinResult]]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Perform, Any], Any]], None]:
    """Lets a test stand between a batch and its transaction."""
    real = joining._join_together

    def stand_between(meddle: Callable[[Perform, Any], Any]) -> None:
        monkeypatch.setattr(joining, "_join_together", lambda joins: meddle(real, joins))

    return stand_between


def test_a_batch_that_fails_as_a_whole_is_done_again_one_by_one(together: Any) -> None:
    sizes = []

    def poisoned(perform: Perform, joins: Sequence[Join]) -> list[JoinResult]:
        sizes.append(len(joins))
        with transaction.atomic():
            results = perform(joins)
            if any(join.username == "Poison" for join in joins):
                raise ValueError("no database takes this")
        return results

    together(poisoned)
    ann, poison, bob = batch("Ann", "Poison", "Bob")
    assert sizes == [3, 1, 1, 1]
    assert isinstance(ann, Joined) and isinstance(poison, Outage) and isinstance(bob, Joined)
    assert opponents(bob) == ["Ann", "Bob"]


def test_what_another_process_stored_first_is_looked_at_again(together: Any) -> None:
    attempts = 0

    def collides_once(perform: Perform, joins: Sequence[Join]) -> list[JoinResult]:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise IntegrityError("one_open_ticket_per_player")
        return perform(joins)

    together(collides_once)
    assert join("Ann").match is None
    assert attempts == 2


def test_a_collision_without_end_is_a_conflict(together: Any) -> None:
    def collides(perform: Perform, joins: Sequence[Join]) -> list[JoinResult]:
        raise IntegrityError

    together(collides)
    with pytest.raises(Conflict, match="Try again"):
        join("Ann")


def test_an_outage_stores_nothing_and_is_reported_to_all(together: Any) -> None:
    def fails(perform: Perform, joins: Sequence[Join]) -> list[JoinResult]:
        with transaction.atomic():
            perform(joins)
            raise OperationalError("server closed the connection unexpectedly")

    together(fails)
    with pytest.raises(OperationalError):
        batch("Ann", "Bob")
    assert rows() == (0, 0, 0, 0)


def test_who_left_at_the_same_moment_is_not_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = join("Ann")
    real = new_matches.claim

    def leave_first(ids: list[UUID], **changed: object) -> None:
        # As if committed by another process between the look and the claim.
        monkeypatch.setattr(new_matches, "claim", real)
        Ticket.objects.filter(pk__in=ids).update(state=TicketState.CANCELLED)
        with transaction.atomic():
            real(ids, **changed)

    monkeypatch.setattr(new_matches, "claim", leave_first)
    with pytest.raises(joining.ClaimLost), transaction.atomic():
        joining._join_together([Join("Bob")])
    assert rows() == (1, 1, 0, 0)
    assert Ticket.objects.get(pk=ticket_id(ann)).match is None


def test_a_lost_claim_is_tried_again(together: Any) -> None:
    attempts = 0

    def loses_once(perform: Perform, joins: Sequence[Join]) -> list[JoinResult]:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise joining.ClaimLost
        return perform(joins)

    together(loses_once)
    assert all(isinstance(result, Joined) for result in batch("Ann", "Bob"))
    assert attempts == 2


@pytest.mark.django_db(transaction=True)
def test_batches_of_several_pools_never_wait_for_each_other(
    blitz: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One player in two batches at once, of which one goes through both pools."""
    players = [Caller(player_id=create_guest(username=name).player.pk) for name in ("Ann", "Bob")]
    real, one_pool_done = joining._join_one_pool, threading.Event()

    def dawdle(*args: Any) -> list[JoinResult]:
        results = real(*args)
        one_pool_done.set()
        time.sleep(0.2)  # the other batch comes meanwhile
        return results

    def run(*wishes: Join) -> list[JoinResult]:
        try:
            return join_pools(wishes)
        finally:
            connection.close()

    monkeypatch.setattr(joining, "_join_one_pool", dawdle)
    with ThreadPoolExecutor(2) as threads:
        ann, bob = players
        both = threads.submit(run, Join(None, "blitz", ann), Join(None, "default", bob))
        assert one_pool_done.wait(5)
        late = threads.submit(run, Join(None, "default", ann))
        assert all(isinstance(result, Joined) for result in both.result(10))
        [refused] = late.result(10)
    assert isinstance(refused, Conflict)
    assert Ticket.objects.filter(state=TicketState.WAITING).count() == 2


# What must never be twice is a constraint.


def copy_of(ticket: Ticket, **changed: Any) -> Ticket:
    same = {
        field.name: getattr(ticket, field.name)
        for field in Ticket._meta.fields
        if field.name != "id"
    }
    return Ticket(**(same | changed))


@pytest.mark.parametrize(
    "change",
    [
        {"name_key": "other", "skeleton": "other"},  # the same player
        {"player": None, "skeleton": "other"},
        {"player": None, "name_key": "other"},
    ],
)
def test_no_second_open_ticket(change: dict[str, Any], blitz: Pool) -> None:
    ann = Ticket.objects.get(pk=ticket_id(join("Ann")))
    if "player" in change:
        change = change | {"player": registered("Zoe")}
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(ann, **change).save()


def test_no_second_unfinished_match() -> None:
    join("Ann")
    first = join("Bob").match
    assert first is not None
    second = Match.objects.create(pool=first.pool)
    seat = Seat.objects.filter(match=first).first()
    assert seat is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(match=second, side=0, player=seat.player, name="x", pool=first.pool)


# Long runs.


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_do_nobody_is_in_two_places(seed: int, blitz: Pool) -> None:
    chance = Random(seed)
    guests: list[Joined] = []
    for step in range(40):
        deed = chance.random()
        try:
            if deed < 0.4 or not guests:
                wishes = [Join(f"p{step}.{i}", chance.choice(["default", "blitz"])) for i in (0, 1)]
                guests += [r for r in join_pools(wishes) if isinstance(r, Joined)]
            elif deed < 0.7:
                who = chance.choice(guests).player
                join_as(who, pool=chance.choice(["default", "blitz"]))
            else:
                who = chance.choice(guests).player
                leave_something(who)
        except Conflict:
            pass
        check_everybody()


def leave_something(player: Player) -> None:
    caller = Caller(player_id=player.pk)
    ticket = Ticket.objects.filter(player=player, state=TicketState.WAITING).first()
    seat = Seat.objects.filter(player=player, holds=True).first()
    if ticket is not None:
        leave_pool(ticket_id=ticket.pk, caller=caller)
    elif seat is not None:
        leave_match(match_id=seat.match_id, caller=caller)


def check_everybody() -> None:
    """One open wait for each player, one unfinished match for each player and pool, none alone."""
    waiting = list(Ticket.objects.filter(state=TicketState.WAITING).values_list("player", "pool"))
    assert len({player for player, _ in waiting}) == len(waiting)
    assert len({pool for _, pool in waiting}) == len(waiting)  # two in one pool would be matched
    held = list(Seat.objects.filter(holds=True).values_list("player", "pool"))
    assert len(set(held)) == len(held)
    assert not set(waiting) & set(held)
    for match in Match.objects.prefetch_related("tickets", "seats"):
        assert len(match.tickets.all()) == len(match.seats.all()) == 2
