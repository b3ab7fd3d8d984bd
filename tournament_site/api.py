"""The description of the whole API: as OpenAPI for programs, as a page for people."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_resolver
from django.views.decorators.http import require_safe

from lib.http import json_response
from lib.openapi import first_sentence, paths
from lib.schemas import Json
from lobby.events.schema import event_schema
from tournaments.api import api
from tournaments.api.api_setup import components

from .api_reference import reference


@cache
def description() -> Json:
    """The OpenAPI description: ninja's routes, and those of plain views."""
    schema: Json = dict(api.get_openapi_schema(path_prefix=""))
    for operation in (one for methods in schema["paths"].values() for one in methods.values()):
        operation["summary"] = first_sentence(operation["description"])
    schema["paths"] = paths(get_resolver().url_patterns, components) | schema["paths"]
    parts = schema["components"]
    schema["components"] = parts | {"schemas": components.schemas | parts["schemas"]}
    schema.pop("servers", None)
    return schema


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return json_response(description())


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of every event and every message on a socket."""
    return json_response(event_schema())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description, for people."""
    return render(request, "api/reference.html", reference(description()))
