"""The description is true of a running server: schemathesis sends what it allows, and what not."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from lib.http import json_bytes
from lib.schemas import Json
from tournament_site.api import description

from .server import MatchpointServer

#: For each operation and caller, of what is allowed and of what is not; a long run sets more.
EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def as_json() -> Json:
    """The description as programs read it."""
    shown: Json = json.loads(json_bytes(description()))
    return shown


def test_the_description_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(as_json()).iter_errors()) == []


class Site:
    """A running site with a cup that is played, one that is not, a match, a ticket and a party."""

    def __init__(self, server: MatchpointServer) -> None:
        self.url = server.url
        self.session = requests.Session()
        self.player = self.post("/matchmaking", {"username": "Pat"})["token"]
        matched = self.post("/matchmaking", {"username": "Quinn"})
        waiting = self.post("/matchmaking", {"username": "Rae"})
        cup = {"players": ["Ann", "Bob", "Cem"], "entry": "open", "start": False}
        made = self.post("/tournament", cup)
        running = self.post("/tournament", {"players": ["Ann", "Bob", "Cem", "Dan"]})
        self._known: dict[str, dict[str, Any]] = {
            self.player: {"match_id": matched["match"]["id"], "ticket_id": waiting["ticket"]["id"]},
            made["token"]: {"tournament_id": made["tournament"]["id"]},
            running["token"]: {"tournament_id": running["tournament"]["id"]},
        }

    def callers(self, operation: Json) -> dict[str, dict[str, Any]]:
        """Who calls an operation: a token, with the parameters of addresses that exist for it."""
        names = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        found = {
            token: {name: value for name, value in known.items() if name in names}
            for token, known in self._known.items()
        }
        return {token: known for token, known in found.items() if known} or {self.player: {}}

    def post(self, path: str, body: Json) -> Any:
        """What a POST is answered."""
        answer = self.session.post(self.url + path, json=body, timeout=20)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with MatchpointServer(server="uvicorn") as server:
        found = Site(server)
        with found.session:
            yield found


SCHEMA = schemathesis.openapi.from_dict(as_json())
OPERATIONS = [
    (path, method, operation)
    for path, methods in as_json()["paths"].items()
    for method, operation in methods.items()
]
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("tag", sorted({operation["tags"][0] for *_, operation in OPERATIONS}))
def test_answers_are_as_described(site: Site, tag: str, mode: GenerationMode) -> None:
    for path, method, operation in OPERATIONS:
        if operation["tags"][0] == tag:
            strategy = SCHEMA[path][method].as_strategy(generation_mode=mode)
            for token, known in site.callers(operation).items():
                _try(site, strategy, token, known)


def _try(site: Site, strategy: Any, token: str, known: dict[str, Any]) -> None:
    @SETTINGS
    @given(strategy)
    def check(case: "schemathesis.Case[Any]") -> None:
        case.path_parameters = {**(case.path_parameters or {}), **known}
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(
            base_url=site.url, headers=headers, session=site.session, checks=CHECKS
        )

    check()
