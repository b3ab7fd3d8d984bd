"""Idempotency-Key: a request sent twice is done once and answered twice the same."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from msgspec import to_builtins

from lib import tokens
from lib.errors import Conflict, Malformed, NotFound, Refusal
from lib.idempotency import IdempotencyKey, Replay, delete_stale_responses
from lib.models import StoredResponse
from matchmaking.callers import NOBODY, Caller
from matchmaking.models import Player, Pool, Ticket
from matchmaking.services.matches import leave_match
from matchmaking.services.queue.joining import Join, Joined, JoinResult, join_pools

pytestmark = pytest.mark.django_db

ROUTE = "POST /matchmaking"


def once(
    key: str, body: bytes = b"{}", *, caller: Caller = NOBODY, route: str = ROUTE
) -> IdempotencyKey:
    return IdempotencyKey.of(key, route=route, caller=caller.key, body=body)


def join(name: str, key: str, *, body: bytes = b"{}", pool: str = Pool.DEFAULT) -> JoinResult:
    [result] = join_pools([Join(name, pool, idempotency_key=once(key, body))])
    return result


def replayed(result: JoinResult) -> Replay:
    assert isinstance(result, Replay)
    return result


def test_a_retry_is_answered_with_the_same_token_included() -> None:
    first = join("Ann", "k1")
    assert isinstance(first, Joined)
    assert replayed(join("Ann", "k1")) == Replay(200, to_builtins(first.answer()))
    assert Player.objects.count() == Ticket.objects.count() == 1


def test_a_retry_is_answered_what_was_even_when_things_moved_on() -> None:
    first = join("Ann", "k1")
    bob = join("Bob", "k2")
    assert isinstance(first, Joined) and isinstance(bob, Joined) and bob.match is not None
    leave_match(match_id=bob.match.pk, caller=Caller(player_id=bob.player.pk))
    assert replayed(join("Ann", "k1")).answer == to_builtins(first.answer())
    assert Ticket.objects.count() == 2


def test_twice_in_one_batch_is_once() -> None:
    wish = Join("Ann", idempotency_key=once("k1"))
    first, second = join_pools([wish, wish])
    assert isinstance(first, Joined) and replayed(second).answer == to_builtins(first.answer())
    assert Player.objects.count() == 1


@pytest.mark.parametrize("together", [True, False])
def test_one_key_for_another_body_is_refused(together: bool) -> None:
    wishes = [
        Join("Ann", idempotency_key=once("k1")),
        Join("Bob", idempotency_key=once("k1", b'{"other":1}')),
    ]
    if together:
        _, second = join_pools(wishes)
    else:
        [_], [second] = (join_pools([wish]) for wish in wishes)
    assert isinstance(second, Conflict) and second.code == "idempotency_mismatch"
    assert Player.objects.count() == 1


def test_one_key_for_two_pools_in_one_batch() -> None:
    Pool.objects.create(slug="blitz", name="Blitz")
    wishes = [
        Join("Ann", idempotency_key=once("k1")),
        Join("Ann", "blitz", idempotency_key=once("k1", b"other")),
    ]
    kinds = {type(result) for result in join_pools(wishes)}
    assert kinds == {Joined, Conflict}


def test_a_refusal_is_not_kept() -> None:
    assert isinstance(join("Ann", "k1", pool="blitz"), NotFound)
    Pool.objects.create(slug="blitz", name="Blitz")
    assert isinstance(join("Ann", "k1", pool="blitz"), Joined)


def test_keys_belong_to_a_caller_and_a_route() -> None:
    ann, bob = Caller(token_sha256=tokens.digest("a")), Caller(token_sha256=tokens.digest("b"))
    digests = {
        once("k1").digest,
        once("k2").digest,
        once("k1", caller=ann).digest,
        once("k1", caller=bob).digest,
        once("k1", route="POST /tournament").digest,
    }
    assert len(digests) == 5


def test_no_other_split_of_key_and_caller_is_the_same() -> None:
    known = Caller(token_sha256=tokens.digest("a"))
    shifted = IdempotencyKey.of(
        f"{known.token_sha256}\nk", route=ROUTE, caller=NOBODY.key, body=b""
    )
    assert once("k", caller=known).digest != shifted.digest


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(Malformed, match="1 to 255"):
        once(key)


def test_the_database_alone_does_not_tell_the_token() -> None:
    first = join("Ann", "k1")
    assert isinstance(first, Joined) and first.token is not None
    row = StoredResponse.objects.get()
    assert "token" not in row.answer
    for secret in (first.token, first.token.encode().hex(), "k1"):
        assert secret not in f"{row.digest}{row.body_sha256}{row.answer}{row.sealed_token}"
    assert tokens.unseal(row.sealed_token, key="k1", record=row.digest) == first.token


def test_answers_are_forgotten_after_a_day() -> None:
    join("Ann", "k1")
    join("Bob", "k2")
    yesterday = timezone.now() - settings.MATCHPOINT_IDEMPOTENCY_LIFE - timedelta(seconds=1)
    StoredResponse.objects.filter(digest=once("k1").digest).update(created_at=yesterday)
    assert delete_stale_responses(now=timezone.now()) == 1
    assert isinstance(join("Ann", "k1"), Joined | Refusal)
    assert isinstance(join("Bob", "k2"), Replay)
