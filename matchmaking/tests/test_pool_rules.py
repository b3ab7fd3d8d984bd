"""Pools with rules: what they may say, and who meets whom by them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec import to_builtins

from lib.errors import Conflict, Malformed
from matchmaking.engine.pairing import Rules
from matchmaking.models import Match, Pool, Ticket
from matchmaking.services.matches import cancel_match
from matchmaking.services.players import sign_up
from matchmaking.services.queue.joining import Join, Joined, join_pool, join_pools
from matchmaking.services.queue.ticks import tick_pools

from .queueing import (
    SECOND,
    age,
    caller,
    guest,
    join,
    nobody_is_twice,
    party_of,
    pool,
    rate,
    sides,
    state,
    ticket,
)

pytestmark = pytest.mark.django_db

BAD_RULES: list[dict[str, Any]] = [
    {"team_size": 0},
    {"team_size": 6},
    {"teams": 1},
    {"team_size": 5, "teams": 9},
    {"party_limit": 0},
    {"party_limit": 2},
    {"window_start": -1.0},
    {"window_growth": -1.0},
    {"ready_seconds": 0},
    {"best_of": 0},
]


@pytest.mark.parametrize("rules", BAD_RULES)
def test_rules_that_contradict_themselves_are_reported_and_never_stored(
    rules: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError):
        Pool(slug="x", name="X", **rules).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.create(slug="x", name="X", **rules)


@pytest.mark.parametrize("regions", [["eu", "eu"], [""], [7], {"eu": 1}, ["x" * 41]])
def test_regions_are_names_none_twice(regions: Any) -> None:
    with pytest.raises(ValidationError, match=r"region|names"):
        Pool(slug="x", name="X", regions=regions).full_clean()


def test_the_default_pool_is_plain_and_has_the_engines_own_rules() -> None:
    default = Pool.objects.get()
    assert default.is_plain and not default.time_matters
    assert default.rules == Rules(region_seconds=60)


def test_a_plain_pool_asks_no_more_questions_than_it_needs() -> None:
    join_pools([Join("Ann")])
    with CaptureQueriesContext(connection) as asked:
        join_pools([Join("Bob")])
    statements = [query["sql"] for query in asked if "lobby_" not in query["sql"]]
    tables = ("matchmaking_party", "matchmaking_ready", "matchmaking_cooldown")
    assert not [sql for sql in statements if any(f'FROM "{table}' in sql for table in tables)]
    assert not [sql for sql in statements if "matchmaking_rating" in sql]


def test_near_ratings_meet_at_once_and_far_ones_wait() -> None:
    ranked = pool(window_start=100, window_growth=10)
    ann, bob, cem = guest("Ann"), guest("Bob"), guest("Cem")
    for player, rating in ((ann, 1500), (bob, 1700), (cem, 1560)):
        rate(player, ranked, rating)
    assert join(ann, ranked).match is None
    assert join(bob, ranked).match is None
    assert sides(join(cem, ranked).match) == [{"Ann"}, {"Cem"}]
    assert state(bob) == "waiting"


def test_windows_widen_with_time() -> None:
    ranked = pool(window_start=100, window_growth=10)
    ann, bob = guest("Ann"), guest("Bob")
    rate(ann, ranked, 1500)
    rate(bob, ranked, 1700)
    join(ann, ranked)
    join(bob, ranked)
    now = timezone.now()
    assert tick_pools(now=now) == 0
    assert tick_pools(now=now + 9 * SECOND) == 0
    assert tick_pools(now=now + 11 * SECOND) == 1
    assert tick_pools(now=now + 11 * SECOND) == 0
    assert state(ann) == state(bob) == "matched"
    nobody_is_twice()


def test_after_the_longest_wait_anybody_fits() -> None:
    ranked = pool(window_start=10, longest_wait_seconds=60)
    ann, bob = guest("Ann"), guest("Bob")
    rate(ann, ranked, 2500)
    join(ann, ranked)
    age(ann, 61)
    assert sides(join(bob, ranked).match) == [{"Ann"}, {"Bob"}]


def test_the_last_opponent_is_avoided_while_another_waits() -> None:
    squads = pool(rematch_memory=1, window_start=100, window_growth=1)
    ann, bob, cem = guest("Ann"), guest("Bob"), guest("Cem")
    join(ann, squads)
    first = join(bob, squads).match
    assert first is not None
    cancel_match(match_id=first.pk)
    # A rematch would be nearest, but somebody else waits too.
    for player, rating in ((ann, 1500), (bob, 1500), (cem, 1560)):
        rate(player, squads, rating)
    Pool.objects.filter(pk=squads.pk).update(window_start=0, window_growth=0)
    for player in (bob, cem):
        assert join(player, squads).match is None
    Pool.objects.filter(pk=squads.pk).update(window_start=100)
    assert sides(join(ann, squads).match) == [{"Cem"}, {"Ann"}]


def test_a_rematch_is_better_than_no_match() -> None:
    again = pool(rematch_memory=3)
    ann, bob = guest("Ann"), guest("Bob")
    for _ in range(3):
        join(ann, again)
        match = join(bob, again).match
        assert match is not None
        cancel_match(match_id=match.pk)


def test_a_region_is_kept_to_and_then_only_a_wish() -> None:
    regional = pool(regions=["eu", "us"], region_seconds=30)
    ann, bob, cem = guest("Ann"), guest("Bob"), guest("Cem")
    join(ann, regional, regions=("eu",))
    assert join(bob, regional, regions=("us",)).match is None
    met = join(cem, regional, regions=("us", "eu")).match
    assert sides(met) == [{"Ann"}, {"Cem"}]
    assert met is not None and Match.objects.get(pk=met.pk).region == "eu"
    dan = guest("Dan")
    join(dan, regional, regions=("eu",))
    assert tick_pools(now=timezone.now()) == 0
    assert tick_pools(now=timezone.now() + 31 * SECOND) == 1


def test_a_region_that_the_pool_has_not_is_refused() -> None:
    regional = pool(regions=["eu"])
    with pytest.raises(Malformed, match="eu") as refused:
        join(guest("Ann"), regional, regions=("mars",))
    assert refused.value.code == "bad_region"
    with pytest.raises(Malformed):
        join(guest("Bob"), Pool.objects.get(slug="default"), regions=("eu",))
    assert not Ticket.objects.exists()


def test_teams_are_filled_and_balanced() -> None:
    squads = pool(team_size=2, window_start=5000)
    players = [guest(name) for name in ("Ann", "Bob", "Cem", "Dan")]
    for player, rating in zip(players, (2000, 1000, 1900, 1100), strict=True):
        rate(player, squads, rating)
    *first, last = [join(player, squads) for player in players]
    assert all(joined.match is None for joined in first)
    assert last.match is not None
    assert {frozenset(side) for side in sides(last.match)} == {
        frozenset({"Ann", "Bob"}),
        frozenset({"Cem", "Dan"}),
    }
    assert sorted(player["side"] for player in to_builtins(last.answer())["players"]) == [
        0,
        0,
        1,
        1,
    ]
    nobody_is_twice()


def test_three_sides_may_meet() -> None:
    trio = pool(teams=3)
    ann, bob, cem = guest("Ann"), guest("Bob"), guest("Cem")
    join(ann, trio)
    assert join(bob, trio).match is None
    assert len(sides(join(cem, trio).match)) == 3


def test_a_match_has_the_pools_length_and_is_rated_where_the_pool_is() -> None:
    casual = pool("casual", best_of=3, draws=True, rated=False, rematch_memory=1)
    join(guest("Ann"), casual)
    match = join(guest("Bob"), casual).match
    assert match is not None
    stored = Match.objects.get(pk=match.pk)
    assert (stored.best_of, stored.draws, stored.rated_in) == (3, True, None)


def test_newcomers_of_one_batch_meet_by_the_rules() -> None:
    pool(window_start=50)
    results = join_pools([Join(name, "ranked") for name in ("Ann", "Bob", "Cem")])
    assert [getattr(result, "match", None) is not None for result in results] == [
        False,
        True,
        False,
    ]
    nobody_is_twice()


def test_guests_share_a_name_where_the_pool_allows_it() -> None:
    shared, strict = pool("shared", team_size=2, shared_names=True), pool("strict", team_size=2)
    ann = Join("Ann", shared.slug)
    tickets = []
    for _ in range(2):
        joined = join_pool(ann)
        assert isinstance(joined, Joined) and joined.player.name == "Ann"
        tickets.append(ticket(joined.player))
        assert tickets[-1].name == f"Ann #{joined.player.pk.hex[-4:]}"
    assert tickets[0].name != tickets[1].name
    join_pool(Join("Ann", strict.slug))
    with pytest.raises(Conflict) as refused:
        join_pool(Join("Ann", strict.slug))
    assert refused.value.code == "name_waiting"
    sign_up(username="Boss", password="a long enough pass phrase", guest=None)
    with pytest.raises(Conflict) as refused:
        join_pool(Join("Boss", shared.slug))
    assert refused.value.code == "name_registered"


def test_a_refused_join_renames_nobody() -> None:
    shared = pool("squads", team_size=2, party_limit=2)
    ann, bob = guest("Ann"), guest("Bob")
    party = party_of(ann, bob)
    join(guest("Cem"), shared)
    with pytest.raises(Conflict):
        join_pool(Join("Cem", shared.slug, caller(ann), party=party.code))
    ann.refresh_from_db()
    assert ann.name == "Ann"


def test_who_just_met_waits_for_others_as_long_as_the_pause() -> None:
    night = pool("night", rematch_pause_seconds=20)
    assert not night.is_plain and night.time_matters
    ann, bob = guest("Ann"), guest("Bob")
    join(ann, night)
    first = join(bob, night).match
    assert first is not None
    cancel_match(match_id=first.pk)
    assert join(ann, night).match is None and join(bob, night).match is None
    assert tick_pools(now=timezone.now()) == 0
    assert tick_pools(now=timezone.now() + 21 * SECOND) == 1
    assert state(ann) == state(bob) == "matched"


def test_arrivals_are_gathered_and_paired_together() -> None:
    busy = pool("busy", window_start=1000, gather_seconds=3)
    assert not busy.is_plain and busy.time_matters
    now = timezone.now()
    assert tick_pools(now=now) == 0
    for name, rating in (("Ann", 1500), ("Bob", 1900), ("Cem", 1520), ("Dan", 1910)):
        player = guest(name)
        rate(player, busy, rating)
        assert join(player, busy).match is None
    assert tick_pools(now=now) == 2
    assert {
        frozenset(seat.name for seat in match.seats.all()) for match in Match.objects.all()
    } == {
        frozenset({"Ann", "Cem"}),
        frozenset({"Bob", "Dan"}),
    }
    for name in ("Eve", "Fay"):
        join(guest(name), busy)
    assert tick_pools(now=now + 1 * SECOND) == tick_pools(now=now + 2 * SECOND) == 0
    assert tick_pools(now=now + 3 * SECOND) == 1
