"""The description of the whole API: as OpenAPI for programs, as a page for people."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lib.http import json_response
from tournaments.api import api

from . import plain_routes
from .api_reference import reference

Json = dict[str, Any]


@cache
def description() -> Json:
    """The OpenAPI description: ninja's routes, and those kept by hand."""
    schema: Json = dict(api.get_openapi_schema(path_prefix=""))
    for operation in (one for methods in schema["paths"].values() for one in methods.values()):
        operation["summary"] = plain_routes.first_sentence(operation["description"])
    schema["paths"] = plain_routes.paths() | schema["paths"]
    parts = schema["components"]
    schema["components"] = parts | {"schemas": parts["schemas"] | plain_routes.schemas()}
    schema.pop("servers", None)
    return schema


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return json_response(description())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description, for people."""
    return render(request, "api/reference.html", reference(description()))
