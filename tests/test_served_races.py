"""A game server's requests at the same moment, against real servers: each is done once."""

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from lib.tokens import digest

from . import test_races
from .clients import Reply, send
from .server import add_pool
from .test_races import Site, at_once, statuses

site = test_races.site
KEY = """
    INSERT INTO service_keys_servicekey
    (id, name, scopes, shown, secret_sha256, requests_a_minute, created_at)
    VALUES ('{id}', '{name}', '["read", "matches"]', 'mp_', '{digest}', 100000,
            '2026-01-01 00:00:00+00')
"""
CAME = """
    SELECT count(*) FROM matchmaking_seat JOIN matchmaking_match ON matchmaking_match.id = match_id
    WHERE came_at IS NOT NULL AND matchmaking_match.id = '{}'
"""


@dataclass(frozen=True)
class Server:
    """A game server with a pool of its own on the site."""

    site: Site
    token: str
    pool: str

    def ask(self, number: int, method: str, path: str, body: Any = None) -> Reply:
        """The reply of one of the site's processes."""
        return send(self.site.url(number), method, path, body, token=self.token)

    def queue(self, number: int, *players: str) -> list[Any]:
        tickets = [{"players": [player]} for player in players]
        body = {"pool": self.pool, "tickets": tickets}
        answers: list[Any] = self.ask(number, "POST", "/api/tickets", body).json["tickets"]
        return answers

    def match(self) -> tuple[str, str]:
        """The id of a new match, and one of its players."""
        names = [f"p{secrets.token_hex(4)}" for _ in range(2)]
        for name in names:
            self.ask(0, "PUT", f"/api/external-players/{name}", {"name": name})
        return self.queue(0, *names)[1]["match"]["id"], names[0]

    def came(self, match: str) -> int:
        key = match if self.site.database_url.startswith("postgres") else match.replace("-", "")
        [(count,)] = self.site.rows(CAME.format(key))
        return int(count)


@pytest.fixture
def server(site: Site) -> Server:
    token, key, slug = f"mp_{secrets.token_urlsafe(32)}", uuid4().hex, f"a_{secrets.token_hex(4)}"
    site.rows(KEY.format(id=key, name=slug, digest=digest(token)))
    rules = {"decided_by": "'game_server'", "game_server_id": f"'{key}'", "backfill": "true"}
    add_pool(site.database_url, slug, **rules)
    return Server(site, token, slug)


def test_a_result_that_is_said_twice_at_once_is_stored_once(server: Server) -> None:
    for turn in range(4):
        match, _ = server.match()

        def say(number: int, match: str = match, turn: int = turn) -> Reply:
            scores = [1, 0] if number % 2 or turn % 2 else [0, 1]
            path = f"/api/matches/{match}/result"
            return server.ask(number, "POST", path, {"scores": scores})

        said = statuses(at_once(6, say))
        assert said == ({200: 6} if turn % 2 else {200: 3, 409: 3})


def test_one_place_is_taken_by_one_of_many_who_come_at_once(server: Server) -> None:
    for turn in range(4):
        match, gone = server.match()
        names = [f"n{turn}{secrets.token_hex(4)}" for _ in range(4)]
        for name in names:
            server.ask(0, "PUT", f"/api/external-players/{name}", {"name": name})

        def act(number: int, match: str = match, gone: str = gone, names: Any = names) -> Reply:
            if number == 0:
                body = {"player": gone, "backfill": True}
                return server.ask(0, "POST", f"/api/matches/{match}/left", body)
            body = {"pool": server.pool, "tickets": [{"players": [names[number - 1]]}]}
            return server.ask(number, "POST", "/api/tickets", body)

        replies = at_once(5, act)
        assert statuses(replies) == {200: 5}, [one.body for one in replies if one.status != 200]
        for answer in (one for reply in replies[1:] for one in reply.json["tickets"]):
            if "ticket" in answer:  # or who still waits would be in the next match
                server.ask(0, "DELETE", f"/matchmaking/tickets/{answer['ticket']['id']}")
        shown = server.ask(0, "GET", f"/matches/{match}").json
        states = Counter(place["state"] for place in shown["played"]["places"])
        assert server.came(match) == states["filled"] <= 1 and states.total() == 1
        server.ask(0, "POST", f"/api/matches/{match}/void", {})


def test_a_match_that_ends_while_a_place_is_taken_has_nobody_come_after_its_end(
    server: Server,
) -> None:
    for turn in range(6):
        match, gone = server.match()
        server.ask(0, "POST", f"/api/matches/{match}/left", {"player": gone, "backfill": True})
        name = f"c{turn}{secrets.token_hex(4)}"
        server.ask(0, "PUT", f"/api/external-players/{name}", {"name": name})

        def act(number: int, match: str = match, name: str = name) -> Reply:
            if number == 0:
                return server.ask(0, "POST", f"/api/matches/{match}/result", {"scores": [0, 1]})
            body = {"pool": server.pool, "tickets": [{"players": [name]}]}
            return server.ask(number, "POST", "/api/tickets", body)

        ended, queued = at_once(2, act)
        assert (ended.status, queued.status) == (200, 200)
        [answer] = queued.json["tickets"]
        taken = answer["status"] == "Matched" and answer["match"]["id"] == match
        [place] = server.ask(0, "GET", f"/matches/{match}").json["played"]["places"]
        assert (place["state"], server.came(match)) == (
            ("filled", 1) if taken else ("withdrawn", 0)
        )
        if not taken:
            server.ask(0, "DELETE", f"/matchmaking/tickets/{answer['ticket']['id']}")
