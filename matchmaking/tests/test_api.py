"""The routes for programs, as a program and as a page of this site call them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from django.test import AsyncClient

from lib.tokens import digest
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, Player, Ticket
from matchmaking.services.queue.joining import join_batcher

# Joins are stored on the writer's thread, so a test's own transaction would hide them.
pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
JSON = "application/json"
ORIGIN = "http://testserver"


class Program:
    """A program that queues: its token, once it has one."""

    def __init__(self) -> None:
        self.token = ""
        self.client = AsyncClient()

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        request = getattr(self.client, method.lower())
        return await request(path, body, content_type=JSON, headers=headers)

    async def join(self, name: str, **headers: str) -> Json:
        response = await self.send("POST", "/matchmaking", {"username": name}, **headers)
        assert response.status_code == 200, response.content
        answer: Json = response.json()
        self.token = answer.get("token", self.token)
        return answer


@pytest.fixture
def ann() -> Program:
    return Program()


@pytest.fixture
def bob() -> Program:
    return Program()


@pytest.fixture
def cem() -> Program:
    """Cem is a stranger."""
    return Program()


async def test_waiting_then_matched(ann: Program, bob: Program) -> None:
    waiting = await ann.join("Ann")
    assert waiting["status"] == "Waiting"
    matched = await bob.join("Bob")
    assert matched["status"] == "Matched"
    assert [player["username"] for player in matched["players"]] == ["Ann", "Bob"]
    assert await Match.objects.filter(pk=matched["match"]["id"]).aexists()


async def test_the_tickets_story(ann: Program, bob: Program) -> None:
    joined = await ann.join("Ann")
    address = f"/matchmaking/tickets/{joined['ticket']['id']}"
    waiting = (await ann.send("GET", address)).json()
    assert (waiting["status"], waiting["place"]) == ("Waiting", 1)
    assert waiting["expires_at"] > waiting["ticket"]["waiting_since"]
    matched = await bob.join("Bob")
    shown = (await ann.send("GET", f"{address}/")).json()
    assert shown["status"] == "Matched" and shown["match"]["state"] == "open"
    assert shown["match"]["id"] == matched["match"]["id"]
    assert shown["players"] == matched["players"]


async def test_leaving_the_queue(ann: Program) -> None:
    joined = await ann.join("Ann")
    address = f"/matchmaking/tickets/{joined['ticket']['id']}"
    for _ in range(2):
        left = await ann.send("DELETE", address)
        assert left.status_code == 200 and left.json()["status"] == "Left"
        assert left.json()["ticket"]["state"] == "cancelled"
    assert (await ann.send("GET", address)).json()["status"] == "Cancelled"


async def test_conceding_a_match(ann: Program, bob: Program, cem: Program) -> None:
    await ann.join("Ann")
    address = f"/matches/{(await bob.join('Bob'))['match']['id']}/leave"
    await cem.join("Cem")
    assert (await cem.send("POST", address)).status_code == 403
    left = await ann.send("POST", address)
    assert left.status_code == 200
    assert left.json()["match"]["outcome"] == "conceded" and left.json()["match"]["winner"] == 1
    again = await bob.send("POST", f"{address}/")
    assert again.status_code == 409 and again.json()["code"] == "match_closed"
    assert (await ann.send("POST", f"/matches/{uuid4()}/leave")).status_code == 404


async def test_whose_ticket_it_is(ann: Program, cem: Program) -> None:
    joined = await ann.join("Ann")
    address = f"/matchmaking/tickets/{joined['ticket']['id']}"
    nobody = await cem.send("GET", address)
    assert nobody.status_code == 401 and nobody["WWW-Authenticate"] == "Bearer"
    cem.token = "forged"
    assert (await cem.send("DELETE", address)).status_code == 401
    assert (await Ticket.objects.aget()).state == "waiting"
    assert (await ann.send("GET", f"/matchmaking/tickets/{uuid4()}")).status_code == 404


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_plain_look_at_a_sockets_address(ann: Program, slash: str) -> None:
    for path in ("/matchmaking", "/ws", f"/tournaments/{uuid4()}/ws"):
        response = await ann.send("GET", f"{path}{slash}")
        assert response.status_code == 400
        assert response.content == b"WebSocket endpoint only"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/matchmaking", "POST"),
        ("DELETE", "/matchmaking", "POST"),
        ("POST", f"/matchmaking/tickets/{UUID(int=1)}", "GET, HEAD, DELETE"),
        ("GET", f"/matches/{UUID(int=1)}/leave", "POST"),
    ],
)
async def test_what_a_route_does_not_do(ann: Program, method: str, path: str, allowed: str) -> None:
    response = await ann.send(method, path)
    assert response.status_code == 405 and response["Allow"] == allowed
    assert response.json()["code"] == "wrong_method"


async def test_a_retry_with_a_key_is_one_request(ann: Program, bob: Program) -> None:
    key = {"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}
    first = await ann.join("Ann", **key)
    again = await bob.join("Ann", **key)
    assert again == first
    assert await Ticket.objects.acount() == 1


async def test_a_key_for_another_body(ann: Program, cem: Program) -> None:
    await ann.join("Ann", **{"Idempotency-Key": "k1-6f1c2d9a4b7e8035"})
    other = await cem.send(
        "POST", "/matchmaking", {"username": "Cem"}, **{"Idempotency-Key": "k1-6f1c2d9a4b7e8035"}
    )
    assert other.status_code == 422 and other.json()["code"] == "idempotency_mismatch"
    assert await Player.objects.acount() == 1


async def test_an_outage_is_a_503_that_may_be_retried(
    ann: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def submit(join: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(join_batcher, "submit", submit)
    response = await ann.send("POST", "/matchmaking", {"username": "Ann"})
    assert response.status_code == 503 and int(response["Retry-After"]) > 0
    assert response.json()["code"] == "outage"


# A browser's page calls the same routes.


async def browser() -> tuple[AsyncClient, dict[str, str]]:
    """A browser that has seen a page, and the headers its scripts send."""
    client = AsyncClient(enforce_csrf_checks=True)
    await client.get("/")
    return client, {"Origin": ORIGIN, "X-CSRFToken": client.cookies["csrftoken"].value}


async def post(client: AsyncClient, name: str, headers: dict[str, str]) -> Any:
    return await client.post("/matchmaking", {"username": name}, content_type=JSON, headers=headers)


async def test_a_browser_gets_the_token_as_a_cookie_that_speaks_for_it() -> None:
    client, headers = await browser()
    response = await post(client, "Ann", headers)
    assert response.status_code == 200
    token = client.cookies[GUEST_COOKIE].value
    player = await Player.objects.aget()
    assert player.token_sha256 == digest(token) and player.pk == UUID(
        response.json()["player"]["id"]
    )
    again = await post(client, "Ann", headers)
    assert again.json()["ticket"]["id"] == response.json()["ticket"]["id"]


async def test_another_sites_page_cannot_queue_for_a_visitor() -> None:
    client, headers = await browser()
    for forged in (
        {"Origin": "http://evil.example", "X-CSRFToken": headers["X-CSRFToken"]},
        {"Origin": ORIGIN},
        {},
    ):
        response = await post(client, "Ann", forged)
        assert response.status_code == 403 and response.json()["code"] == "csrf"
    assert await Player.objects.acount() == 0


async def test_a_foreign_page_without_cookies_is_refused_too() -> None:
    response = await post(
        AsyncClient(enforce_csrf_checks=True), "Ann", {"Origin": "http://evil.example"}
    )
    assert response.status_code == 403
    assert await Player.objects.acount() == 0
