"""The queue by socket: connecting joins, closing leaves, and a match is sent as it is made."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from lib import group_commit
from lib.tokens import digest
from lobby.sockets import queue_notifier
from matchmaking.callers import Caller
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, Player, Pool, Ticket
from matchmaking.services.matches import leave_match
from matchmaking.services.parties import create_party, join_party
from matchmaking.services.players import Guest, create_guest
from matchmaking.services.queue.joining import Join, Joined, join_batcher, join_pool
from matchmaking.services.queue.tickets import close_pool, expire_tickets, leave_pool
from streams import broadcast
from streams.relay import in_thread
from streams.sockets import close_sockets

from .conftest import Visit
from .visitors import HERE, Visitor, comes_true

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_notifier, "_CHECK_SECONDS", 0.1)


def address(name: str, pool: str = "") -> str:
    return f"/matchmaking?username={quote(name)}" + (f"&pool={pool}" if pool else "")


async def post(name: str, **more: Any) -> Joined:
    """Queue as `POST /matchmaking` does."""
    joined = await in_thread(join_pool, Join(name, **more))
    assert isinstance(joined, Joined)
    return joined


async def guest(name: str) -> Guest:
    return await in_thread(create_guest, username=name)


async def state(ticket: str) -> str:
    return (await Ticket.objects.aget(pk=ticket)).state


async def becomes(ticket: str, wanted: str) -> bool:
    async def is_so() -> bool:
        return await state(ticket) == wanted

    return await comes_true(is_so)


def names(frame: Json) -> list[str]:
    return [player["username"] for player in frame["players"]]


@pytest.mark.parametrize("path", ["/matchmaking", "/matchmaking/"])
async def test_connecting_queues(visit: Visit, path: str) -> None:
    waiting = (await visit(f"{path}?username=Ann")).first
    assert waiting["type"] == "waiting"
    assert waiting["text"] == "Waiting for another player..."
    assert waiting["you"]["username"] == "Ann" and waiting["ticket"]["state"] == "waiting"
    player = await Player.objects.aget()
    assert player.token_sha256 == digest(waiting["token"])


async def test_two_sockets_are_matched_and_both_are_notified(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    bob = await visit(address("Bob"))
    message = await ann.next()
    assert (message["type"], message["text"]) == ("matched", "Matched! Opponent: Bob")
    assert (bob.first["type"], bob.first["text"]) == ("matched", "Matched! Opponent: Ann")
    assert message["match"] == bob.first["match"]
    assert names(message) == names(bob.first) == ["Ann", "Bob"]
    assert await ann.receives_nothing() and await bob.receives_nothing()


async def test_a_socket_and_a_post_are_matched(visit: Visit) -> None:
    ann, lobby = await visit(address("Ann")), await visit("/ws")
    bob = await post("Bob")
    assert bob.match is not None
    message, event = await ann.next(), await lobby.next()
    assert message["text"] == "Matched! Opponent: Bob" and message["match"]["id"] == str(
        bob.match.pk
    )
    assert (event["type"], event["text"]) == ("matched", "Matched: Ann vs Bob")
    await post("Cem")
    dan = await visit(address("Dan"))
    assert dan.first["text"] == "Matched! Opponent: Cem"


async def test_a_match_that_is_played_here_names_its_game(visit: Visit) -> None:
    await Pool.objects.aupdate(plays="pong")
    ann, lobby = await visit(address("Ann")), await visit("/ws")
    bob = await visit(address("Bob"))
    said = (await ann.next(), bob.first, (await lobby.next("matched"))["data"])
    assert [one["match"]["plays"] for one in said] == ["pong"] * 3


async def test_closing_while_waiting_leaves_the_queue(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    await ann.disconnect()
    assert await becomes(ann.first["ticket"]["id"], "cancelled")
    assert (await post("Bob")).match is None


async def test_closing_once_matched_leaves_nothing(visit: Visit) -> None:
    ann, bob = await visit(address("Ann")), await visit(address("Bob"))
    await ann.next("matched")
    for visitor in (ann, bob):
        await visitor.disconnect()
    await asyncio.sleep(0.05)
    assert (await Match.objects.aget()).state == "open"
    assert await state(ann.first["ticket"]["id"]) == "matched"


async def test_a_message_leaves_too(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    await ann.say({"type": "leave"})
    assert await ann.closed() == 1000
    await ann.disconnect()
    assert await becomes(ann.first["ticket"]["id"], "cancelled")


async def test_a_server_that_restarts_keeps_the_ticket(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    close_sockets()
    assert await ann.closed() == 1012
    await ann.disconnect(code=1012)
    await asyncio.sleep(0.05)
    assert await state(ann.first["ticket"]["id"]) == "waiting"
    back = await visit("/matchmaking", token=ann.first["token"])
    assert back.first["ticket"]["id"] == ann.first["ticket"]["id"]


@pytest.mark.parametrize("code", [1001, 1006])
async def test_a_dropped_socket_holds_the_ticket_for_a_while(visit: Visit, code: int) -> None:
    ann = await visit(address("Ann"))
    ticket = ann.first["ticket"]["id"]
    await ann.disconnect(code=code)

    async def is_held() -> bool:
        return await Ticket.objects.filter(pk=ticket, leave_at__isnull=False).aexists()

    assert await comes_true(is_held)
    grace = settings.MATCHPOINT_TICKET_GRACE
    assert await in_thread(expire_tickets, now=timezone.now() + grace / 2) == 0
    assert await state(ticket) == "waiting"
    back = await visit("/matchmaking", token=ann.first["token"])
    assert back.first["ticket"]["id"] == ticket
    assert await in_thread(expire_tickets, now=timezone.now() + 2 * grace) == 0


async def test_who_does_not_come_back_in_time_has_left(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    ticket = ann.first["ticket"]["id"]
    await ann.disconnect(code=1006)
    grace = settings.MATCHPOINT_TICKET_GRACE

    async def has_gone() -> bool:
        return bool(await in_thread(expire_tickets, now=timezone.now() + 2 * grace))

    assert await comes_true(has_gone)
    assert await state(ticket) == "expired"
    assert (await post("Bob")).match is None


async def test_a_held_ticket_is_matched_all_the_same(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    await ann.disconnect(code=1006)
    bob = await visit(address("Bob"))
    assert bob.first["text"] == "Matched! Opponent: Ann"
    back = await visit("/matchmaking", token=ann.first["token"])
    assert back.first["text"] == "Matched! Opponent: Bob"


# Pools with rules.


async def made_pool(**rules: Any) -> Pool:
    return await Pool.objects.acreate(slug="ranked", name="Ranked", **rules)


async def test_a_match_is_accepted_by_socket(visit: Visit) -> None:
    await made_pool(ready_seconds=30)
    ann, bob = await visit(address("Ann", "ranked")), await visit(address("Bob", "ranked"))
    assert bob.first["type"] == "waiting" and bob.first["ticket"]["state"] == "proposed"
    for socket in (ann, bob):
        asked = await socket.next("ready_check")
        assert asked["text"] == "Match found! 0 of 2 have accepted."
        assert asked["check"]["deadline"] and asked["check"]["answer"] is None
    await ann.say({"type": "accept"})
    assert (await ann.next("ready_check"))["check"]["answer"] == "accepted"
    assert (await bob.next("ready_check"))["check"]["accepted"] == 1
    await bob.say({"type": "accept"})
    for socket, other in ((ann, "Bob"), (bob, "Ann")):
        assert (await socket.next("matched"))["text"] == f"Matched! Opponent: {other}"


async def test_who_declines_is_out_and_the_other_is_notified(visit: Visit) -> None:
    await made_pool(ready_seconds=30)
    ann, bob = await visit(address("Ann", "ranked")), await visit(address("Bob", "ranked"))
    await ann.next("ready_check")
    await bob.next("ready_check")
    await bob.say({"type": "decline"})
    over = await ann.next("ready_check_over")
    assert over["ticket"]["state"] == "waiting" and "head of the queue" in over["text"]
    assert (await bob.next("ready_check_over"))["ticket"]["state"] == "declined"
    left = await bob.next("left")
    assert left["text"] == "You declined the match, and left the queue."
    await bob.say({"type": "accept"})
    assert (await bob.next("error"))["code"] == "no_check"


async def test_there_is_nothing_to_accept_while_one_waits(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    await ann.say({"type": "accept"})
    assert (await ann.next("error"))["code"] == "no_check"


async def test_closing_while_asked_declines(visit: Visit) -> None:
    await made_pool(ready_seconds=30)
    ann, bob = await visit(address("Ann", "ranked")), await visit(address("Bob", "ranked"))
    await bob.next("ready_check")
    await ann.disconnect()
    assert await becomes(ann.first["ticket"]["id"], "declined")
    assert (await bob.next("ready_check_over"))["ticket"]["state"] == "waiting"


async def test_a_wait_is_explained_when_it_has_changed(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_notifier, "_EXPLAIN_SECONDS", 0)
    await made_pool(team_size=2)
    ann = await visit(address("Ann", "ranked"))
    message = await ann.next("explained")
    assert message["text"] == "Nobody else waits here yet."
    assert (message["place"], message["window"], message["fitting"]) == (1, None, 0)
    assert await ann.receives_nothing(0.3)
    await visit(address("Bob", "ranked"))
    assert (await ann.next("explained"))["text"] == "2 of 4 players are there."


async def test_a_pool_that_closes_tells_those_who_wait(visit: Visit) -> None:
    ranked = await made_pool(team_size=2)
    ann = await visit(address("Ann", "ranked"))
    await in_thread(close_pool, pool=ranked)
    left = await ann.next("left")
    assert left["text"] == "Ranked was closed. You are no longer in the queue."
    assert left["ticket"]["reason"] == "pool_closed"


async def test_a_party_queues_by_its_leaders_socket_and_members_hear_on_theirs(
    visit: Visit,
) -> None:
    await made_pool(team_size=2, party_limit=2)
    ann, bob = await guest("Ann"), await guest("Bob")
    made = await in_thread(create_party, caller=Caller(player_id=ann.player.pk))
    await in_thread(join_party, code=made.party.code, caller=Caller(player_id=bob.player.pk))
    anns = await visit(f"/matchmaking?pool=ranked&party={made.party.code}", token=ann.token)
    bobs = await visit("/matchmaking?pool=ranked", token=bob.token)
    assert anns.first["ticket"]["party"] == bobs.first["ticket"]["party"] == made.party.code
    await post("Cem", pool="ranked")
    await post("Dan", pool="ranked")
    message = await bobs.next("matched")
    assert message["text"] == "Matched! With Ann. Opponents: Cem, Dan"
    assert [player["side"] for player in message["players"]] == [0, 0, 1, 1]
    assert (await anns.next("matched"))["text"] == "Matched! With Bob. Opponents: Cem, Dan"


async def test_a_token_says_who_queues(visit: Visit) -> None:
    ann = await guest("Ann")
    socket = await visit("/matchmaking", token=ann.token)
    assert socket.first["you"] == {"id": str(ann.player.pk), "username": "Ann"}
    assert socket.first["token"] is None


async def test_a_browsers_cookie_does_too(visit: Visit) -> None:
    ann = await guest("Ann")
    socket = await visit("/matchmaking", cookie=f"{GUEST_COOKIE}={ann.token}", origin=HERE)
    assert socket.first["you"]["id"] == str(ann.player.pk)


async def test_an_unfinished_match_is_reported_instead(visit: Visit) -> None:
    ann = await post("Ann")
    await post("Bob")
    back = await visit("/matchmaking", token=ann.token or "")
    assert back.first["type"] == "matched" and back.first["text"] == "Matched! Opponent: Bob"


async def test_the_same_token_on_two_sockets_is_one_ticket_and_both_are_notified(
    visit: Visit,
) -> None:
    ann = await guest("Ann")
    first, second = [await visit("/matchmaking", token=ann.token) for _ in range(2)]
    assert first.first["ticket"]["id"] == second.first["ticket"]["id"]
    await post("Bob")
    for socket in (first, second):
        assert (await socket.next())["text"] == "Matched! Opponent: Bob"


async def test_the_ticket_waits_until_the_last_of_its_sockets_closes(visit: Visit) -> None:
    ann = await guest("Ann")
    first, second = [await visit("/matchmaking", token=ann.token) for _ in range(2)]
    ticket = first.first["ticket"]["id"]
    await first.disconnect()
    await asyncio.sleep(0.05)
    assert await state(ticket) == "waiting"
    await second.disconnect()
    assert await becomes(ticket, "cancelled")


async def test_a_ticket_that_is_closed_elsewhere_is_reported(visit: Visit) -> None:
    ann = await visit(address("Ann"))
    ticket = await Ticket.objects.aget()
    caller = Caller(player_id=ticket.player_id)
    await in_thread(leave_pool, ticket_id=ticket.pk, caller=caller)
    left = await ann.next()
    assert left["type"] == "left" and left["ticket"]["state"] == "cancelled"


async def test_an_open_socket_shows_life(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_notifier, "_TOUCH_SECONDS", 0)
    await visit(address("Ann"))
    long_ago = timezone.now() - timedelta(days=1)
    await Ticket.objects.aupdate(seen_at=long_ago)
    assert await comes_true(Ticket.objects.filter(seen_at__gt=long_ago).aexists)
    assert await in_thread(expire_tickets, now=timezone.now()) == 0


async def test_a_match_of_which_no_word_came_is_reported(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await visit(address("Ann"))
    notifier = await queue_notifier.local_notifier()
    with monkeypatch.context() as lost:
        lost.setattr(broadcast, "announce", lambda *message: None)
        for feed in notifier.relay.feeds.values():
            feed.watchers.clear()  # as when the feed starts anew
        lost.setattr(notifier.relay, "feeds", {})
        lost.setattr(queue_notifier.QueueNotifier, "listen", nothing)
        await post("Bob")
        message = await ann.next()
    assert (message["type"], message["text"]) == ("matched", "Matched! Opponent: Bob")
    assert names(message) == ["Ann", "Bob"]


async def nothing(notifier: object) -> None:
    """Hears of no match."""


# Refusals.


async def refused(visit: Visit, path: str, **more: str) -> tuple[str, int]:
    """The code of the error, and of the close that follows."""
    visitor: Visitor = await visit(path, welcomed=False, **more)
    refusal = await visitor.comes()
    assert refusal["type"] == "error" and len(refusal["message"]) > 10
    return refusal["code"], await visitor.closed()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/matchmaking", "malformed"),
        ("/matchmaking?username=", "malformed"),
        ("/matchmaking?username=%20", "bad_name"),
        (f"/matchmaking?username={'x' * 33}", "bad_name"),
        ("/matchmaking?username=a%00b", "bad_name"),
        ("/matchmaking?username=Admin", "bad_name"),
        ("/matchmaking?username=Ann&pool=nowhere", "unknown_pool"),
        ("/matchmaking?username=Ann&pool=a%00b", "unknown_pool"),
        ("/matchmaking?username=Ann&pool=closed", "pool_closed"),
    ],
)
async def test_a_bad_wish_is_reported_and_closes_with_4400(
    visit: Visit, path: str, code: str
) -> None:
    await Pool.objects.acreate(slug="closed", name="Closed", is_open=False)
    assert await refused(visit, path) == (code, 4400)
    assert not await Ticket.objects.aexists()


async def test_a_name_that_waits_already(visit: Visit) -> None:
    await visit(address("Ann"))
    assert await refused(visit, address("ann")) == ("name_waiting", 4400)
    assert await Ticket.objects.acount() == 1


async def test_a_bad_token(visit: Visit) -> None:
    assert await refused(visit, address("Ann"), token="forged") == ("unidentified", 4401)
    assert not await Ticket.objects.aexists()


async def test_an_outage_brings_the_client_back(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(join: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(join_batcher, "submit", fails)
    assert await refused(visit, address("Ann")) == ("outage", 1012)


async def test_a_swamped_server(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MAX_WAITING", 0)
    code, _ = await refused(visit, address("Ann"))
    assert code == "busy"


@pytest.mark.parametrize(
    "message", ["hello", "{}", "[]", '{"type":"chat","text":"hello"}', '{"type":', b"\x00"]
)
async def test_what_cannot_be_read_is_reported_and_the_wait_goes_on(
    visit: Visit, message: str | bytes
) -> None:
    ann = await visit(address("Ann"))
    await ann.say(message)
    refusal = await ann.next()
    assert (refusal["type"], refusal["code"]) == ("error", "malformed")
    await ann.say({"type": "ping"})
    assert await ann.next() == {"type": "pong"}
    assert await state(ann.first["ticket"]["id"]) == "waiting"


async def test_both_may_queue_again_after_leaving_their_match(visit: Visit) -> None:
    ann, bob = await visit(address("Ann")), await visit(address("Bob"))
    message = await ann.next("matched")
    caller = Caller(token_sha256=digest(bob.first["token"]))
    await in_thread(leave_match, match_id=message["match"]["id"], caller=caller)
    again = await visit("/matchmaking", token=ann.first["token"])
    assert again.first["type"] == "waiting"


async def test_an_unknown_part_of_the_address_is_refused(visit: Visit) -> None:
    ann = await visit(address("Ann") + "&regions=eu")
    assert ann.first["code"] == "malformed" and "`regions`" in ann.first["message"]
