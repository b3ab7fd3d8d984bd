"""The description of the API: whole, true to the addresses, and readable without a network."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tournament_site.api import description

Json = dict[str, Any]
#: Addresses of sockets: a plain request gets a word that says so.
SOCKETS = {"/ws", "/(?:tournaments|matches)/[0-9a-f-]{36}/ws"}
EXAMPLES = {"code": "ABCDEF", "slug": "default"}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address with its view; parameters as `{name}`, without the final slash."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(route))
            yield plain.rstrip("/") or "/", pattern.callback


def machines() -> set[str]:
    """The addresses for programs: their views are in a module named for it."""
    found = {
        path
        for path, view in addresses()
        if re.search(r"(^|[._])api(\.|$)", view.__module__)
        and view.__module__ != "tournament_site.api"
        and view.__name__ != "socket_only"
    }
    assert len(found) > 40
    return found


def example(path: str) -> str:
    for name in re.findall(r"{(\w+)}", path):
        value = EXAMPLES.get(name) or (
            str(uuid4()) if name in {"tournament_id", "match_id", "ticket_id",
                                     "player_id", "webhook_id"} else "1"
        )  # fmt: skip
        path = path.replace(f"{{{name}}}", value)
    return path


def test_every_address_for_programs_is_described_and_every_described_one_is_there() -> None:
    assert machines() == set(description()["paths"])


@pytest.mark.django_db
def test_the_methods_are_those_that_are_described() -> None:
    for path, methods in description()["paths"].items():
        response = Client().options(example(path))
        assert response.status_code == 405, path
        allowed = set(response["Allow"].lower().split(", "))
        assert allowed == set(methods) | ({"head"} if "get" in methods else set()), path


@pytest.mark.django_db
def test_head_is_answered_as_get_is() -> None:
    """Whatever the answer is to somebody who shows nothing (RFC 9110, section 9.3.2)."""
    for path, methods in description()["paths"].items():
        if "get" in methods:
            whole, head = Client().get(example(path)), Client().head(example(path))
            assert (head.status_code, head.content) == (whole.status_code, b""), path
            assert head.headers.get("Content-Type") == whole.headers.get("Content-Type"), path


@pytest.mark.django_db
def test_a_final_slash_changes_nothing() -> None:
    for path in description()["paths"]:
        if not path.startswith("/chat/"):
            assert Client().options(f"{example(path)}/").status_code == 405, path


def test_names_are_unique_and_every_reference_leads_somewhere() -> None:
    found = description()
    operations = [op for methods in found["paths"].values() for op in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    schemas = found["components"]["schemas"]
    assert set(re.findall(r"'#/components/schemas/(\w+)'", str(found))) <= schemas.keys()


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"] and operation["description"], (method, path)
            assert "default" not in operation["summary"].lower()
            statuses = {str(status)[0] for status in operation["responses"]}
            assert statuses >= {"2", "4"}, (method, path)
            takes_key = (
                method == "post"
                and path.startswith(("/tournament", "/api/tournaments"))
                and not path.endswith(("/result", "/live", "/entrants.csv"))
            )
            assert ("422" in map(str, operation["responses"])) == takes_key, (method, path)


def test_the_description_is_reported(client: Client) -> None:
    response = client.get("/api/openapi.json")
    assert response.status_code == 200 and response["Content-Type"] == "application/json"
    assert response.json()["openapi"].startswith("3.")
    assert response.json()["paths"].keys() == description()["paths"].keys()


@pytest.mark.django_db
def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs").content.decode()
    assert "list of list of integer and integer" in page
    for path in description()["paths"]:
        assert f"<code>{path}</code>" in page
    assert not re.search(r"(?:src|href)=.(?:https?:)?//", page)
    assert "<script" not in page and " style=" not in page
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
