"""Every message on a match's socket, sent by those who do not play in it."""

from typing import Any, get_args

import pytest

from matchmaking.services.players import create_guest
from play.messages import Input, PlayMessage, Say
from play.models import PlayedGame, RoomRow
from streams.frames import Ping, Resume
from streams.models import Event
from streams.relay import in_thread

from .conftest import Visit
from .test_sockets import Meeting, both, meeting

pytestmark = pytest.mark.django_db(transaction=True)

#: A message of each kind, and what a spectator with a name is answered, and one without.
TRIED: dict[str, tuple[dict[str, Any], str, str]] = {
    "input": ({"move": "go"}, "forbidden", "forbidden"),
    "move": ({"move": "1"}, "forbidden", "forbidden"),
    "resign": ({}, "forbidden", "forbidden"),
    "offer": ({"what": "draw"}, "forbidden", "forbidden"),
    "accept": ({}, "forbidden", "forbidden"),
    "decline": ({}, "forbidden", "forbidden"),
    "rematch": ({}, "forbidden", "forbidden"),
    "chat": ({"text": "hello"}, "", "no_name"),
    "resume": ({"epoch": "x", "seq": 0}, "", ""),
    "ping": ({}, "", ""),
}


def test_every_message_is_in_the_table() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(PlayMessage)}
    assert kinds == TRIED.keys()
    assert {Input, Say, Resume, Ping} <= set(get_args(PlayMessage))


def stored(met: Meeting) -> tuple[Any, ...]:
    """What a stranger must not change."""
    match = met.now()
    games = PlayedGame.objects.filter(match=met.match).count()
    events = Event.objects.filter(stream=f"match:{met.match}").count()
    return match.state, match.revision, games, events, RoomRow.objects.count()


@pytest.mark.parametrize("has_name", [True, False])
async def test_who_does_not_play_changes_nothing(visit: Visit, has_name: bool) -> None:
    met = await in_thread(meeting)
    await both(visit, met)
    token = (await in_thread(create_guest, username="Vic")).token if has_name else ""
    before = await in_thread(stored, met)
    stranger = await visit(met.path, **({"token": token} if token else {}))
    for kind, (fields, named, nameless) in TRIED.items():
        await stranger.say({"type": kind} | fields)
        code = named if has_name else nameless
        if code:
            assert (await stranger.next("error"))["code"] == code, kind
    assert await in_thread(stored, met) == before
