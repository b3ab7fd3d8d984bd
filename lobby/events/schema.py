"""The JSON Schema of what goes over sockets: events of the log, and messages both ways."""

from functools import cache
from typing import Any

from lib.openapi import Components
from lib.schemas import Json, Schema
from streams.frames import Event

from .data import EVENTS

_REF = "#/$defs/{name}"


@cache
def event_schema(server: tuple[type[Schema], ...], client: tuple[type[Schema], ...]) -> Json:
    """Every frame is an event, one of these messages of the server, or one of a client's."""
    parts = Components(_REF)
    kinds = {
        "Event": [event_of(kind, parts) for kind in EVENTS],
        "ServerMessage": [parts.schema(message) for message in server],
        "ClientMessage": [parts.schema(message) for message in client],
    }
    unions = {name: {"title": name, "oneOf": members} for name, members in kinds.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Matchpoint's events and socket messages",
        "anyOf": [{"$ref": _REF.format(name=name)} for name in unions],
        "$defs": unions | parts.schemas,
    }


def event_name(type: str) -> str:
    """What the schema of a type of event is called."""
    return f"{type.title().replace('_', '').replace('.', '')}Event"


def event_of(type: str, parts: Components, data: Any = None) -> Json:
    """The schema of one type of event, kept under a name of its own.

    `data` is what it holds; not given, it is that of one of the lobby's own.
    """
    name = event_name(type)
    parts.schema(Event)
    event = parts.schemas.pop("Event")
    properties = event["properties"] | {
        "type": {"const": type},
        "data": parts.schema(data or EVENTS[type]),
    }
    return parts.named(name, event | {"title": name, "properties": properties})
