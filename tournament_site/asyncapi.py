"""The description of sockets and webhooks, as AsyncAPI 3.0: what each address sends and takes.

It is made of the types by which messages are read and written. `send` is what this site sends, as
the specification has it for the application that is described.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lib.openapi import Components
from lib.schemas import Json, Schema
from lobby import messages as lobby
from lobby.events.data import EVENTS
from lobby.events.schema import event_name, event_of
from matchmaking.sockets import Welcome
from play import messages as play
from streams.frames import EVENT_REF, Error, Ping, Pong, Resume, Resync
from webhooks.facts import FACTS, fact_types

_STREAM = (Welcome, Resync, Pong, Error)
_OF_STREAM = (Resume, Ping)
_CONTINUE: Json = {
    "type": "object",
    "description": "From where a stream goes on; without them the socket begins with a snapshot.",
    "properties": {"epoch": {"type": "string"}, "since": {"type": "integer", "minimum": 0}},
}
_JOIN: Json = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "Your name; a guest's need not be."},
        "pool": {"type": "string", "default": "default"},
        "party": {"type": "string", "description": "The code of a party that you lead."},
        "region": {"type": "string", "description": "May stand there several times."},
    },
}


@dataclass(frozen=True)
class Socket:
    """An address: the messages that it sends and takes, and the types of event on it."""

    name: str
    address: str
    title: str
    about: str
    sends: Sequence[type[Schema]]
    takes: Sequence[type[Schema]]
    events: Sequence[str] = ()
    query: Json | None = None
    is_for_keys: bool = False


SOCKETS = (
    Socket(
        "lobby",
        "/ws",
        "The lobby",
        "Its events, its chat, who is here, and the matches that are played. Text that is no JSON "
        "object is chat.",
        (*_STREAM, lobby.Presence, play.Live),
        (*_OF_STREAM, lobby.Chat),
        [one for one in EVENTS if one not in {"entry", "station", "score"}],
        _CONTINUE,
    ),
    Socket(
        "tournament",
        "/tournaments/{id}/ws",
        "A tournament",
        "What becomes of one tournament.",
        _STREAM,
        _OF_STREAM,
        [one for one in EVENTS if not one.startswith("chat") and one != "matched"],
        _CONTINUE,
    ),
    Socket(
        "match",
        "/matches/{id}/ws",
        "A match",
        "What becomes of one match, and playing it where it is played here. A client that offers "
        f"the subprotocol `{play.SUBPROTOCOL}` gets states, and sends inputs, in a binary form.",
        (*_STREAM, *(one for one in play.SERVER_MESSAGES if one is not play.Live)),
        (*_OF_STREAM, *play.CLIENT_MESSAGES),
        ("score", "result_reported", "result_disputed", "match_finished", "match_reopened"),
        _CONTINUE,
    ),
    Socket(
        "queue",
        "/matchmaking",
        "The queue",
        "Opening joins a pool, closing leaves it.",
        (
            lobby.Waiting,
            lobby.Explained,
            lobby.ReadyCheckOpen,
            lobby.ReadyCheckOver,
            lobby.Matched,
            lobby.Left,
            Pong,
            Error,
        ),
        (Ping, lobby.Accept, lobby.Decline, lobby.Leave),
        query=_JOIN,
    ),
    Socket(
        "feed",
        "/feed/ws",
        "The feed of facts",
        "What happens on the site, for game servers and bots with a service key that may read.",
        _STREAM,
        _OF_STREAM,
        list(FACTS),
        _CONTINUE,
        is_for_keys=True,
    ),
)
#: Where the site sends its webhooks.
_WEBHOOKS: Json = {
    "host": "{receiver}",
    "protocol": "https",
    "description": "An address that was stored here, which is sent signed POST requests.",
    "variables": {"receiver": {"default": "receiver.example.org"}},
    "security": [{"$ref": "#/components/securitySchemes/signature"}],
}
_SIGNED: Json = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The same over all tries of a message."},
        "webhook-timestamp": {"type": "string", "description": "Seconds since 1970."},
        "webhook-signature": {"type": "string", "description": "`v1,` and a signature; or two."},
    },
}
_ABOUT: Json = {
    "title": "Matchpoint: sockets and webhooks",
    "version": "1",
    "description": (
        "Every frame is one JSON object with a `type`. See docs/protocol.md for the promise that a "
        "stream keeps, and /api/openapi.json for HTTP."
    ),
    "license": {"name": "See the LICENSE of this installation"},
}
_SECURITY: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, as `Authorization: Bearer …`. Without one a socket is nobody's.",
    },
    "subprotocol": {
        "type": "httpApiKey",
        "in": "header",
        "name": "Sec-WebSocket-Protocol",
        "description": "In a browser: the subprotocols `matchpoint` and `bearer.<token>`.",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A service key, as `Authorization: Bearer mp_…`.",
    },
    "signature": {
        "type": "httpApiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "By the endpoint's secret, as Standard Webhooks says.",
    },
}
#: Of sockets that anybody may open, with a token or without.
_OF_PLAYERS = ("bearer", "subprotocol")


@cache
def asyncapi() -> Json:
    """The whole description."""
    parts = Components()
    messages: Json = {}
    channels = {socket.name: _channel(socket, parts, messages) for socket in SOCKETS}
    operations: Json = {}
    for socket in SOCKETS:
        operations[f"{socket.name}.send"] = _operation(
            "send", socket, [_name(one) for one in socket.sends] + [*map(event_name, socket.events)]
        )
        operations[f"{socket.name}.receive"] = _operation(
            "receive", socket, [_name(one) for one in socket.takes]
        )
    parts.schemas["Event"] = {
        "title": "Event",
        "oneOf": [event_of(event, parts) for event in EVENTS],
    }
    channels["webhooks"] = _webhooks(parts, messages)
    operations["webhooks.send"] = {
        "action": "send",
        "channel": {"$ref": "#/channels/webhooks"},
        "title": "Webhooks: what they send",
        "summary": "One POST for each fact that an endpoint wants, in order, at least once.",
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }
    described = {
        "asyncapi": "3.0.0",
        "info": _ABOUT,
        "defaultContentType": "application/json",
        "servers": {
            "site": {
                "host": "{host}",
                "protocol": "wss",
                "description": "This site; `ws` where it is reached without TLS.",
                "variables": {"host": {"default": "localhost:8000"}},
            },
            "receiver": _WEBHOOKS,
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": parts.schemas,
            "securitySchemes": _SECURITY,
        },
    }
    whole: Json = json.loads(json.dumps(described).replace(EVENT_REF, "#/components/schemas/Event"))
    return whole


def _channel(socket: Socket, parts: Components, messages: Json) -> Json:
    for kind in (*socket.sends, *socket.takes):
        name = _name(kind)
        messages[name] = {"name": name, "title": name, "payload": parts.schema(kind)}
    for event in socket.events:
        name = event_name(event)
        if name not in messages:
            payload = event_of(event, parts, FACTS.get(event))
            messages[name] = {"name": name, "title": name, "payload": payload}
    names = [*map(_name, (*socket.sends, *socket.takes)), *map(event_name, socket.events)]
    channel: Json = {
        "address": socket.address,
        "title": socket.title,
        "description": socket.about,
        "servers": [{"$ref": "#/servers/site"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }
    if "{id}" in socket.address:
        channel["parameters"] = {"id": {"description": "Its id, a UUID."}}
    if socket.query is not None:
        channel["bindings"] = {"ws": {"method": "GET", "query": socket.query}}
    return channel


def _webhooks(parts: Components, messages: Json) -> Json:
    """Every type of webhook, as its body."""
    names = {}
    for kind, data in fact_types().items():
        name = event_name(kind).removesuffix("Event") + "Webhook"
        names[name] = {"$ref": f"#/components/messages/{name}"}
        payload = {
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"const": kind},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": parts.schema(data),
            },
        }
        messages[name] = {
            "name": kind,
            "title": name,
            "payload": payload,
            "headers": _SIGNED,
        }
    return {
        "address": None,
        "title": "Webhooks",
        "description": "What endpoints of the format `standard` are sent; see docs/webhooks.md.",
        "servers": [{"$ref": "#/servers/receiver"}],
        "messages": names,
    }


def _operation(action: str, socket: Socket, names: Sequence[str]) -> Json:
    channel = f"#/channels/{socket.name}"
    verb = "What it sends" if action == "send" else "What it takes"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "title": f"{socket.title}: {verb.lower()}",
        "summary": f"{verb}.",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
        "security": [
            {"$ref": f"#/components/securitySchemes/{name}"}
            for name in (("key",) if socket.is_for_keys else _OF_PLAYERS)
        ],
    }


def _name(kind: type[Schema]) -> str:
    return kind.__name__
