"""What must never stand in a log, played through: tokens, codes, names, words, addresses."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from .browsing import Browser
from .clients import Reply, open_socket, send
from .server import MatchpointServer, rows

ADDRESS = "203.0.113.77"
PASSWORD = "correct-horse-battery"


@dataclass
class Visit:
    """Everything that is tried at one site, and what of it nobody may find in its log."""

    site: MatchpointServer
    secrets: dict[str, str] = field(default_factory=lambda: {"address": ADDRESS})
    stem: str = field(default_factory=lambda: secrets.token_hex(6))

    def known(self, what: str, value: str = "") -> str:
        """A value from now on secret, made here when there is none."""
        self.secrets[what] = value or f"{what} {self.stem}"
        return self.secrets[what]

    def send(self, method: str, path: str, body: object = None, **more: object) -> Reply:
        """A request through a proxy, with a query that is nobody's business."""
        query = quote(self.known("query"))
        headers = {
            "X-Forwarded-For": ADDRESS,
            "Idempotency-Key": self.known("key", f"key-{self.stem}-{secrets.token_hex(8)}"),
        }
        address = f"{path}?asked={query}"
        return send(self.site.url, method, address, body, headers=headers, **more)

    def in_a_browser(self) -> None:
        """Sign up, sign out, and sign in, once with a wrong password."""
        browser, name = Browser(self.site.url), self.known("member")
        password = self.known("password", PASSWORD)
        fields = {"username": name, "password": password, "password_again": password}
        assert browser.submit("/sign-up", **fields).status == 302
        other, wrong = Browser(self.site.url), self.known("wrong password")
        other.submit("/sign-in", username=name, password=wrong)
        for cookie, value in browser._cookies.items():
            self.known(f"cookie {cookie}", value)
        assert browser.submit("/account/token", page="/account").status in {200, 302}
        forged = self.known("forged", f"forged-{self.stem}")
        browser._cookies["csrftoken"] = forged
        browser._send(
            "POST", f"/sign-out?next=/{forged}", b"csrfmiddlewaretoken=" + forged.encode()
        )

    def as_a_program(self) -> None:
        """Queue, read a ticket, make a party and a tournament; with wrong tokens and paths too."""
        joined = self.send("POST", "/matchmaking", {"username": self.known("guest")})
        token = self.known("token", joined.json["token"])
        self.send("GET", f"/matchmaking/tickets/{joined.json['ticket']['id']}", token=token)
        self.send("DELETE", f"/matchmaking/tickets/{joined.json['ticket']['id']}", token=token)
        party = self.send("POST", "/parties", {}, token=token).json
        self.known("party code", party["party"]["code"] if "party" in party else party["code"])
        self.send("GET", f"/parties/{self.secrets['party code']}")
        self.send("GET", f"/parties/{self.known('wrong code', 'QQWRONGQ')}")
        body = {"name": self.known("cup"), "players": [self.known("ann"), self.known("bob")]}
        made = self.send("POST", "/tournament", body).json
        organiser = self.known("organiser", made["token"])
        cup = f"/api/tournaments/{made['tournament']['id']}"
        judge = self.send("POST", f"{cup}/judges", {"name": self.known("judge")}, token=organiser)
        self.send("GET", f"{cup}/judges", token=self.known("judge token", judge.json["token"]))
        self.send(
            "GET", f"{cup}/judges", token=self.known("wrong token", secrets.token_urlsafe(32))
        )
        self.send("GET", f"/t/{self.known('short', f'short-{self.stem}')}")
        self.send("GET", f"/{self.known('path', f'reset-{self.stem}')}/{'x' * 30}")
        self.send("POST", "/matchmaking", f'{{"username": "{self.stem}'.encode())

    async def on_sockets(self) -> None:
        """Talk in the lobby, queue by socket, and come with a foreign Origin."""
        token, words = self.secrets["token"], self.known("words")
        headers = {"X-Forwarded-For": ADDRESS}
        address = f"{self.site.socket_url}/ws?asked={quote(self.secrets['query'])}"
        async with open_socket(address, token=token, headers=headers) as socket:
            await socket.next("welcome")
            await socket.send(words)
            await socket.next("chat")
            await socket.send(f'{{"type":"{words}"')
            await socket.next("error")
            await socket.send(b"\xff" + words.encode())
            await socket.next("error")
        queue = f"{self.site.socket_url}/matchmaking?username={quote(self.known('waiter'))}"
        async with open_socket(queue, headers=headers) as socket:
            self.known("waiter's token", (await socket.next("waiting"))["token"])
        wrong = self.known("wrong socket token", secrets.token_urlsafe(32))
        async with open_socket(address, token=wrong, headers=headers) as socket:
            await socket.close_code()

    async def all(self) -> None:
        """All of it."""
        self.in_a_browser()
        self.as_a_program()
        await self.on_sockets()

    def found(self) -> dict[str, str]:
        """What stands in the log all the same."""
        log = self.site.log
        return {what: value for what, value in self.secrets.items() if value in log}


@pytest.fixture(params=[("daphne", "auto"), ("uvicorn", "json"), ("uvicorn", "text")])
def site(request: pytest.FixtureRequest) -> Iterator[MatchpointServer]:
    server, form = request.param
    trusted = {"TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMITS": "on"}
    with MatchpointServer(server=server, LOG_FORMAT=form, LOG_LEVEL="DEBUG", **trusted) as running:
        yield running


async def test_nothing_private_is_logged(site: MatchpointServer) -> None:
    visit = Visit(site)
    await visit.all()
    assert "POST matchmaking 200" in site.log or '"route":"matchmaking"' in site.log
    assert len(visit.secrets) > 20
    assert visit.found() == {}


async def test_nor_while_everything_fails(site: MatchpointServer) -> None:
    visit = Visit(site)
    await visit.all()
    site.expects_faults = True
    rows(site.database_url, "UPDATE matchmaking_pool SET created_at = '2026-13-45 25:00:00'")
    rows(site.database_url, "UPDATE matchmaking_player SET created_at = '2026-13-45 25:00:00'")
    rows(site.database_url, "UPDATE tournaments_tournament SET created_at = '2026-13-45 25:00:00'")
    token = visit.secrets["token"]
    for method, path in (("POST", "/matchmaking"), ("GET", "/tournaments"), ("POST", "/parties")):
        visit.send(method, path, {"username": visit.secrets["guest"]}, token=token)
    rows(site.database_url, "ALTER TABLE matchmaking_player RENAME TO elsewhere")
    visit.send("POST", "/matchmaking", {"username": visit.secrets["guest"]}, token=token)
    assert "ValueError" in site.log
    assert visit.found() == {}
