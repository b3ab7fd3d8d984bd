"""docs/api.md: its commands work as they stand there, and its table has every route."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from lib.openapi import Components, paths
from matchmaking.services.players import create_guest
from tournament_site.api import description
from tournaments.api import urlpatterns

PAGE = Path(settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^curl .*$", PAGE.replace("\\\n", " "), re.MULTILINE)
#: Shown because it is refused: a result is missing.
REFUSED = {"curl -X POST $SITE/api/tournaments/$CUP/rounds": 409}


@dataclass
class Shell:
    """Types the page's commands, and keeps what their answers name."""

    names: dict[str, str] = field(default_factory=lambda: {"SITE": ""})
    files: dict[str, bytes] = field(default_factory=dict)

    def run(self, command: str) -> Any:
        method, url, headers, body, saved = "", "", {}, None, ""
        words = iter(shlex.split(Template(command).substitute(self.names))[1:])
        for word in words:
            match word:
                case "-X":
                    method = next(words)
                case "-H":
                    name, _, value = next(words).partition(": ")
                    headers[name] = value
                case "-d":
                    body = next(words).encode()
                case "--data-binary":
                    body = self.files[next(words).removeprefix("@")]
                case "-o":
                    saved = next(words)
                case _:
                    url = word
        kind = headers.pop("Content-Type", "")
        method = method or ("GET" if body is None else "POST")
        response = Client().generic(method, url, body or b"", kind, headers=headers)
        if saved:
            self.files[saved] = response.content
        self._learn(url, response)
        return response

    def _learn(self, url: str, response: Any) -> None:
        if response["Content-Type"] != "application/json" or response.status_code >= 300:
            return
        answer = json.loads(response.content)
        if url == "/tournament":
            self.names |= {"CUP": answer["tournament"]["id"], "TOKEN": answer["token"]}
        elif url == f"/api/tournaments/{self.names['CUP']}":
            matches = answer["stages"][0]["groups"][0]["rounds"][0]["matches"]
            self.names["MATCH"] = matches[0]["id"]


@pytest.mark.django_db(transaction=True)
def test_every_command_of_the_page_works() -> None:
    shell = Shell()
    shell.names["PLAYER"] = create_guest(username="Pat").token
    assert len(COMMANDS) > 25
    for command in COMMANDS:
        response = shell.run(command)
        wanted = next((s for begin, s in REFUSED.items() if command.startswith(begin)), None)
        good = {200, 201} if wanted is None else {wanted}
        assert response.status_code in good, (command, response.content)


def table() -> list[tuple[str, str]]:
    """The rows of the table of routes: method and path."""
    rows = re.findall(r"^\| `([A-Z]+) ([^`]+)` \|", PAGE, re.MULTILINE)
    return [
        (method, path.replace("…", "/api/tournaments/{tournament_id}")) for method, path in rows
    ]


def test_the_table_has_every_route_of_tournaments() -> None:
    patterns = paths(urlpatterns, Components())
    described = {(m.upper(), path) for path, methods in patterns.items() for m in methods}
    rows = table()
    assert len(set(rows)) == len(rows) and set(rows) == described


def test_the_table_says_what_the_description_says() -> None:
    for method, path in table():
        summary = description()["paths"][path][method.lower()]["summary"]
        assert summary in PAGE, (method, path)


def test_every_field_that_the_page_names_is_taken() -> None:
    schemas = description()["components"]["schemas"]
    known = schemas["TournamentBody"]["properties"]
    section = PAGE[PAGE.index("What else `POST /tournament`") : PAGE.index("## Who may what")]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named | {"name", "players", "about"} == set(known)
