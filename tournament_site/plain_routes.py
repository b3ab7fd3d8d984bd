"""The routes that are not ninja's, as OpenAPI has them; kept by hand, held complete by a test."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from lobby import api as lobby_api
from matchmaking.api import leaderboards, matches, parties, pools, queue

Json = dict[str, Any]
REF = "#/components/schemas/{name}"


@dataclass(frozen=True, slots=True)
class Route:
    """A route: its method, its path, and the view whose docstring says what it does."""

    method: str
    path: str
    view: Callable[..., Any]
    tag: str
    body: type[msgspec.Struct] | None = None
    body_required: bool = True
    status: int = 200
    summary: str = ""


QUEUE, PARTIES, MATCHES, LADDERS, MODERATION = (
    "The queue", "Parties", "Matches", "Pools and leaderboards", "Moderation",
)  # fmt: skip
TICKET, PARTY, MATCH = "/matchmaking/tickets/{ticket_id}", "/parties/{code}", "/matches/{match_id}"
RESULT = f"{MATCH}/result"

ROUTES = (
    Route("post", "/matchmaking", queue.join, QUEUE, queue.JoinBody),
    Route("get", TICKET, queue.ticket, QUEUE, summary="How a ticket stands"),
    Route("delete", TICKET, queue.ticket, QUEUE, summary="Leave the queue"),
    Route("post", f"{TICKET}/accept", queue.accept, QUEUE),
    Route("post", f"{TICKET}/decline", queue.decline, QUEUE),
    Route("post", "/parties", parties.parties, PARTIES, parties.PartyBody, False, 201),
    Route("get", PARTY, parties.party, PARTIES),
    Route("post", f"{PARTY}/join", parties.join, PARTIES, parties.PartyJoinBody, False),
    Route("delete", f"{PARTY}/members/me", parties.leave, PARTIES),
    Route("get", MATCH, matches.show, MATCHES),
    Route("post", f"{MATCH}/leave", queue.leave, MATCHES),
    Route("post", RESULT, matches.result, MATCHES, matches.MatchResultBody),
    Route("post", f"{RESULT}/confirm", matches.confirm, MATCHES, matches.ReportBody, False),
    Route("post", f"{RESULT}/dispute", matches.dispute, MATCHES, matches.ReportBody, False),
    Route("get", "/api/pools", pools.pools, LADDERS),
    Route("get", "/api/pools/{slug}", pools.pool, LADDERS),
    Route("get", "/api/pools/{slug}/leaderboard", leaderboards.leaderboard, LADDERS),
    Route("get", "/api/players/{player_id}", leaderboards.player, LADDERS),
    Route("post", "/chat/{seq}/delete", lobby_api.delete, MODERATION),
    Route("post", "/chat/mute", lobby_api.mute, MODERATION, lobby_api.MuteBody),
)  # fmt: skip


def paths() -> dict[str, Json]:
    """The routes by path and method."""
    found: dict[str, Json] = {}
    for route in ROUTES:
        found.setdefault(route.path, {})[route.method] = _operation(route)
    return found


def schemas() -> dict[str, Json]:
    """The bodies that the routes take."""
    bodies = {route.body for route in ROUTES if route.body is not None}
    _, components = msgspec.json.schema_components(sorted(bodies, key=str), ref_template=REF)
    return components


def _operation(route: Route) -> Json:
    words = " ".join((route.view.__doc__ or "").split())
    operation: Json = {
        "operationId": f"{route.method}_{route.path.strip('/')}".translate(_TO_ID),
        "summary": route.summary or first_sentence(words),
        "description": words,
        "tags": [route.tag],
        "parameters": [_parameter(name) for name in _names(route.path)],
        "responses": {str(route.status): _answer({"type": "object"}, "As docs/protocol.md says.")},
        "security": [{"Sender": []}],
    }
    refused = _answer({"$ref": REF.format(name="Refused")}, "Refused: nothing was done.")
    operation["responses"]["4XX"] = refused
    if route.body is not None:
        content = {"schema": {"$ref": REF.format(name=route.body.__name__)}}
        operation["requestBody"] = {
            "content": {"application/json": content},
            "required": route.body_required,
        }
    return operation


def first_sentence(words: str) -> str:
    """What a description begins with, without what follows a colon."""
    return re.split(r"[.:;](?:\s|$)", words, maxsplit=1)[0]


_TO_ID = str.maketrans({"/": "_", "{": None, "}": None})


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _parameter(name: str) -> Json:
    kind: Json = {"type": "string"}
    if name.endswith("_id"):
        kind["format"] = "uuid"
    if name == "seq":
        kind = {"type": "integer"}
    return {"in": "path", "name": name, "required": True, "schema": kind}


def _answer(schema: Json, description: str) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
