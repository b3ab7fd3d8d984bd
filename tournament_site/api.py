"""The description of the whole API: as OpenAPI for programs, as a page for people."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_resolver
from django.views.decorators.http import require_safe

from lib.http import json_response
from lib.openapi import Components, paths
from lib.schemas import Json
from lobby import messages as lobby_messages
from lobby.events.schema import event_schema
from play import messages as play_messages

from .api_reference import reference
from .asyncapi import asyncapi

_ABOUT = {
    "title": "Matchpoint",
    "version": "1",
    "description": (
        "Tournaments, queues and matches over HTTP. See docs/api.md and docs/protocol.md."
    ),
}
_SENDER = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "The token of the tournament, of one of its judges, or of a player. A browser's session "
        "speaks for its player too; its requests carry Django's CSRF token."
    ),
}


@cache
def description() -> Json:
    """The OpenAPI description, out of the types of the views."""
    components = Components()
    described = paths(get_resolver().url_patterns, components)
    parts = {"schemas": components.schemas, "securitySchemes": {"Sender": _SENDER}}
    return {"openapi": "3.1.0", "info": _ABOUT, "paths": described, "components": parts}


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return json_response(description())


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of every event and every message on a socket."""
    return json_response(
        event_schema(
            (*lobby_messages.SERVER_MESSAGES, *play_messages.SERVER_MESSAGES),
            (*lobby_messages.CLIENT_MESSAGES, *play_messages.CLIENT_MESSAGES),
        )
    )


@require_safe
def sockets(request: HttpRequest) -> HttpResponse:
    """The description of sockets and what comes over them, as AsyncAPI."""
    return json_response(asyncapi())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description, for people."""
    return render(request, "api/reference.html", reference(description()))
