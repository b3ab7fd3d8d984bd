"""Game servers for tests: a key, what is asked by it, and pools that it decides."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from matchmaking.models import DecidedBy, Match, Player, Pool, Seat
from matchmaking.tests.queueing import pool
from service_keys.models import Scope, ServiceKey
from service_keys.services import make_key

JSON = "application/json"


@dataclass(frozen=True)
class Server:
    """A game server with its key."""

    key: ServiceKey
    token: str

    @classmethod
    def made(cls, name: str = "Arena", *scopes: Scope) -> "Server":
        made = make_key(name=name, scopes=scopes or (Scope.READ, Scope.MATCHES))
        return cls(made.key, made.token)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a request by the key."""
        return ask(self.token, method, path, body, **headers)

    def say(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of a request that is done."""
        response = self.ask(method, path, body, **headers)
        assert response.status_code in {200, 201}, response.content
        return response.json()

    def players(self, *names: str) -> None:
        for name in names:
            self.say("PUT", f"/api/external-players/{name.lower()}", {"name": name})

    def queue(self, *tickets: Any, pool: str = "arena", **headers: str) -> list[Any]:
        """The answers to tickets: each the players' ids, or a whole ticket."""
        listed = [one if isinstance(one, dict) else {"players": list(one)} for one in tickets]
        body = {"pool": pool, "tickets": listed}
        answers: list[Any] = self.say("POST", "/api/tickets", body, **headers)["tickets"]
        return answers

    def tell(self, match: Any, what: str, body: Any = None) -> Any:
        """The response to what is said of a match."""
        method = "PUT" if what == "allocation" else "POST"
        return self.ask(method, f"/api/matches/{match}/{what}", body)

    def pool(self, slug: str = "arena", **rules: Any) -> Pool:
        """A pool that it decides."""
        return pool(slug, decided_by=DecidedBy.GAME_SERVER, game_server=self.key, **rules)

    def match(self, *names: str, slug: str = "arena") -> str:
        """The id of a match of these players, who queue alone one after another."""
        self.players(*names)
        *_, last = [self.queue([name.lower()], pool=slug)[0] for name in names]
        assert last["status"] == "Matched", last
        found: str = last["match"]["id"]
        return found

    def match_by_hand(self, first: str, second: str, where: Pool) -> Match:
        """A match of these players that no queue has made."""
        self.players(first, second)
        match = Match.objects.create(pool=where)
        for side, name in enumerate((first, second)):
            player = Player.objects.get(name=name)
            Seat.objects.create(match=match, side=side, player=player, name=name, pool=where)
        return match


def ask(token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """The response to a request with a bearer token."""
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    content = b"" if body is None else json.dumps(body).encode()
    return Client(headers=sent | headers).generic(method, path, content, JSON)
