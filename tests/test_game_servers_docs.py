"""docs/game-servers.md: its commands work as they stand there, and its table has every route."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from matchmaking.tests.servers import Server
from tournament_site.api import description

from .test_api_docs import Shell

PAGE = Path(settings.BASE_DIR / "docs" / "game-servers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^curl .*$", PAGE.replace("\\\n", " "), re.MULTILINE)


@pytest.mark.django_db(transaction=True)
def test_every_command_of_the_page_works() -> None:
    server = Server.made()
    server.pool(rating_by_server=True)
    shell = Shell()
    shell.names |= {"KEY": server.token, "CUP": ""}
    assert len(COMMANDS) > 10
    answers = []
    for command in COMMANDS:
        response = shell.run(command)
        assert response.status_code in {200, 201}, (command, response.content)
        answers.append(response.json())
        if "/api/tickets" in command:
            first, second = answers[-1]["tickets"]
            shell.names |= {"TICKET": first["ticket"]["id"], "MATCH": second["match"]["id"]}
    assert answers[-1]["match"]["winner"] == 0
    assert answers[-2]["connection"]["by_side"] == [{"team": "red"}, {"team": "blue"}]


def test_the_table_has_every_route_and_says_what_the_description_says() -> None:
    described = {
        (method.upper(), path): operation
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    }
    own = {route for route, one in described.items() if "Game servers" in one["tags"]}
    rows = re.findall(r"^\| `([A-Z]+) ([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert {(method, path) for method, path, _ in rows} == own | {("GET", "/api/matches")}
    assert all(text.startswith(described[method, path]["summary"]) for method, path, text in rows)
