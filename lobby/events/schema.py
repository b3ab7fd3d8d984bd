"""The JSON Schema of what goes over sockets: events of the log, and messages both ways."""

from functools import cache

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
        "Event": [_event(kind, parts) for kind in EVENTS],
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


def _event(type: str, parts: Components) -> Json:
    """The schema of one type of event, kept under a name of its own."""
    name = f"{type.title().replace('_', '')}Event"
    parts.schema(Event)
    event = parts.schemas.pop("Event")
    properties = event["properties"] | {
        "type": {"const": type},
        "data": parts.schema(EVENTS[type]),
    }
    parts.schemas[name] = event | {"title": name, "properties": properties}
    return {"$ref": _REF.format(name=name)}
