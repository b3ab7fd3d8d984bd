"""Every socket and every message of them, from those who have no right to what they name."""

from typing import Any, get_args

import pytest

from lobby.messages import QueueMessage, StreamMessage
from lobby.sockets.routing import websocket_urlpatterns
from matchmaking.models import ReadyAnswer, ReadyCheck, Ticket
from matchmaking.models.ready_checks import Answer
from streams.models import Event
from streams.relay import in_thread
from tournaments.services.setup.creation import create_tournament

from .conftest import Visit
from .test_queue import address, made_pool

pytestmark = pytest.mark.django_db(transaction=True)

#: What each socket is for; a new one needs a line, and a test below.
SOCKETS = {
    r"^ws/?$": "everybody listens; who may talk, the chat's settings say",
    r"^matchmaking/?$": "one's own wait, and nothing else",
    r"^tournaments/(?P<pk>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/ws/?$": "everybody listens",
}


def tags(union: Any) -> set[str]:
    return {kind.__struct_config__.tag for kind in get_args(union)}


def test_every_socket_and_message_is_known_here() -> None:
    assert {str(each.pattern) for each in websocket_urlpatterns} == SOCKETS.keys()
    assert tags(StreamMessage) == {"chat", "resume", "ping"}
    assert tags(QueueMessage) == {"ping", "leave", "accept", "decline"}


async def test_nobody_writes_to_a_tournament_s_stream(visit: Visit) -> None:
    made = await in_thread(create_tournament, name="Cup", players=["Ann", "Bob"])
    before = await Event.objects.acount()
    stranger = await visit(f"/tournaments/{made.tournament.pk}/ws")
    await stranger.say({"type": "chat", "text": "hello"})
    assert (await stranger.next("error"))["code"] == "no_chat"
    await stranger.say({"type": "resume", "epoch": "another", "seq": 0})
    assert (await stranger.next("welcome", "resync"))["stream"].startswith("tournament:")
    assert await Event.objects.acount() == before


async def test_the_stream_of_sign_outs_cannot_be_asked_for(visit: Visit) -> None:
    """It names who signs out; a socket listens to what its address names, and to nothing else."""
    stranger = await visit()
    await stranger.say({"type": "resume", "stream": "sign-outs", "epoch": "x", "seq": 0})
    assert (await stranger.next("resync"))["stream"] == "lobby"


@pytest.mark.parametrize("kind", ["accept", "decline"])
async def test_another_s_ready_check_is_not_answered(visit: Visit, kind: str) -> None:
    await made_pool(ready_seconds=30)
    ann, bob = await visit(address("Ann", "ranked")), await visit(address("Bob", "ranked"))
    check = (await ann.next("ready_check"))["check"]
    await bob.next("ready_check")
    stranger = await visit(address("Eve"))
    await stranger.say({"type": kind, "check": check["id"]})
    assert (await stranger.next("error"))["code"] in {"no_check", "other_check"}
    assert not await ReadyAnswer.objects.exclude(answer=Answer.NONE).aexists()
    assert await ReadyCheck.objects.filter(state="open").acount() == 1
    assert await Ticket.objects.filter(state="proposed").acount() == 2
