"""The whole loop with curl and websocat: queue, match, bracket and chat, seen by everybody.

Each test runs against one process on SQLite, Daphne and then uvicorn, and against two processes
that share PostgreSQL and Redis: what is done at `here` is seen at `there`.
"""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from .clients import Curl, Json, Reply, Websocat, open_socket, send
from .server import SECRET, MatchpointServer, add_pool, new_database, rows, run_manage
from .services import PostgresServer, RedisServer

pytestmark = pytest.mark.curl

NOTICED_SECONDS = 2.0


@dataclass(frozen=True)
class Site:
    """One site: two doors to it, which may be the same."""

    here: MatchpointServer
    there: MatchpointServer

    @property
    def database_url(self) -> str:
        return self.here.database_url


@pytest.fixture(scope="module", params=["daphne", "uvicorn", "two processes"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with ExitStack() as stack:
        if request.param != "two processes":
            server = stack.enter_context(MatchpointServer(server=request.param))
            yield Site(server, server)
            return
        postgres: PostgresServer = request.getfixturevalue("postgres")
        redis: RedisServer = request.getfixturevalue("redis_server")
        database_url = new_database(postgres)
        here, there = (
            stack.enter_context(
                MatchpointServer(server=kind, database_url=database_url, redis_url=redis.url)
            )
            for kind in ("daphne", "uvicorn")
        )
        yield Site(here, there)


@pytest.fixture
def pool(site: Site) -> str:
    """A pool of the test's own."""
    slug = f"pool_{secrets.token_hex(4)}"
    add_pool(site.database_url, slug)
    return slug


@dataclass(frozen=True)
class Terminal:
    """Where one types curl and websocat."""

    curl: Curl
    websocat: Path
    open: ExitStack
    pool: str

    def join(self, server: MatchpointServer, name: str, *options: str) -> Json:
        reply = self.post(server, "/matchmaking", {"username": name, "pool": self.pool}, *options)
        assert reply.status == 200, reply
        return reply.json

    def post(self, server: MatchpointServer, path: str, body: Json, *options: str) -> Reply:
        return self.curl.post(f"{server.url}{path}", json.dumps(body), *options)

    def listen(self, server: MatchpointServer, path: str, *options: str) -> tuple[Websocat, Json]:
        """Open a socket; returns its first frame too."""
        socket = Websocat(self.websocat, f"{server.socket_url}{path}", *options)
        self.open.enter_context(socket)
        return socket, socket.next()

    def queue(self, server: MatchpointServer, name: str) -> tuple[Websocat, Json]:
        return self.listen(server, f"/matchmaking?username={name}&pool={self.pool}")


@pytest.fixture
def terminal(curl: Path, websocat: Path, pool: str) -> Iterator[Terminal]:
    with ExitStack() as stack:
        yield Terminal(Curl(curl), websocat, stack, pool)


def bearer(token: str) -> tuple[str, str]:
    return "-H", f"Authorization: Bearer {token}"


def test_two_players_queue_and_everybody_is_notified_once(site: Site, terminal: Terminal) -> None:
    (anns_lobby, welcome), (bobs_lobby, _) = (
        terminal.listen(server, "/ws") for server in (site.here, site.there)
    )
    assert welcome["type"] == "welcome" and welcome["you"] is None
    waiting = terminal.join(site.here, "Player1")
    assert (waiting["status"], waiting["message"]) == ("Waiting", "Waiting for another player...")
    matched = terminal.join(site.there, "Player2")
    assert matched["status"] == "Matched"
    assert [player["username"] for player in matched["players"]] == ["Player1", "Player2"]
    assert matched["players"][0] == waiting["player"] and matched["players"][1] == matched["player"]
    events = [lobby.next("matched") for lobby in (anns_lobby, bobs_lobby)]
    assert events[0] == events[1]
    assert events[0]["text"] == "Matched: Player1 vs Player2"
    assert events[0]["data"]["match"] == matched["match"]
    assert events[0]["seq"] == welcome["seq"] + 1
    anns_lobby.type("that was quick")
    for lobby in (anns_lobby, bobs_lobby):
        assert lobby.next("matched", "chat")["data"]["text"] == "that was quick"


def test_what_is_typed_is_received(site: Site, terminal: Terminal) -> None:
    ann, _ = terminal.listen(site.here, "/ws")
    bob, _ = terminal.listen(site.there, "/ws/")
    for line, text in (
        ("hello", "hello"),
        ('{"type":"chat","text":"as JSON"}', "as JSON"),
        ("[1, 2]", "[1, 2]"),
        ("Grüße, 李雷 ❤️", "Grüße, 李雷 ❤️"),
    ):
        ann.type(line)
        received = [socket.next("chat") for socket in (ann, bob)]
        assert received[0] == received[1] and received[0]["data"]["text"] == text


def test_a_token_is_shown_by_header(site: Site, terminal: Terminal) -> None:
    ann = terminal.join(site.here, "Ann")
    header = f"-H=Authorization: Bearer {ann['token']}"
    socket, welcome = terminal.listen(site.there, "/ws", header)
    assert welcome["you"] == ann["player"]
    socket.type("it is me")
    assert socket.next("chat")["text"] == "Ann: it is me"
    _, refusal = terminal.listen(site.there, "/ws", "-H=Authorization: Bearer forged")
    assert (refusal["type"], refusal["code"]) == ("error", "unidentified")


def test_a_ticket_from_its_beginning_to_its_end(site: Site, terminal: Terminal) -> None:
    ann = terminal.join(site.here, "Ann")
    address = f"/matchmaking/tickets/{ann['ticket']['id']}"
    look = terminal.curl(f"{site.there.url}{address}", *bearer(ann["token"]))
    assert (look.json["status"], look.json["place"]) == ("Waiting", 1)
    again = terminal.join(site.there, "Ann", *bearer(ann["token"]))
    assert again["ticket"]["id"] == ann["ticket"]["id"] and "token" not in again
    for _ in range(2):
        left = terminal.curl(f"{site.there.url}{address}", "-X", "DELETE", *bearer(ann["token"]))
        assert (left.status, left.json["status"]) == (200, "Left")
    look = terminal.curl(f"{site.here.url}{address}/", *bearer(ann["token"]))
    assert look.json["status"] == "Cancelled"
    assert terminal.curl(f"{site.here.url}{address}").status == 401


def test_a_retry_with_a_key_is_done_once(site: Site, terminal: Terminal) -> None:
    key = ("-H", f"Idempotency-Key: {secrets.token_hex(8)}")
    first = terminal.join(site.here, "Ann", *key)
    assert terminal.join(site.there, "Ann", *key) == first
    body = {"username": "Bob", "pool": terminal.pool}
    other = terminal.post(site.there, "/matchmaking", body, *key)
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")
    assert terminal.join(site.there, "Bob")["status"] == "Matched"


def test_leaving_a_match_frees_both(site: Site, terminal: Terminal) -> None:
    ann, bob = terminal.join(site.here, "Ann"), terminal.join(site.there, "Bob")
    lobby, _ = terminal.listen(site.there, "/ws")
    leave = f"/matches/{bob['match']['id']}/leave"
    left = terminal.curl(f"{site.here.url}{leave}", "-X", "POST", *bearer(ann["token"]))
    assert left.json["match"]["outcome"] == "conceded" and left.json["match"]["winner"] == 1
    assert lobby.next("match_finished")["text"] == "Ann conceded to Bob"
    again = terminal.join(site.here, "Bob", *bearer(bob["token"]))
    rematch = terminal.join(site.there, "Ann", *bearer(ann["token"]))
    assert again["status"] == "Waiting" and rematch["status"] == "Matched"


def test_the_queue_by_socket(site: Site, terminal: Terminal) -> None:
    ann, waiting = terminal.queue(site.here, "Ann")
    assert (waiting["type"], waiting["text"]) == ("waiting", "Waiting for another player...")
    _, matched = terminal.queue(site.there, "Bob")
    assert (matched["type"], matched["text"]) == ("matched", "Matched! Opponent: Ann")
    assert ann.next("matched")["text"] == "Matched! Opponent: Bob"
    cem, _ = terminal.queue(site.there, "Cem")
    assert terminal.join(site.here, "Dan")["players"][0]["username"] == "Cem"
    assert cem.next("matched")["text"] == "Matched! Opponent: Dan"


def test_closing_the_socket_leaves_the_queue(site: Site, terminal: Terminal) -> None:
    ann, waiting = terminal.queue(site.here, "Ann")
    ann.close()
    address = f"/matchmaking/tickets/{waiting['ticket']['id']}"
    deadline = time.monotonic() + 5
    while send(site.there.url, "GET", address, token=waiting["token"]).json["status"] == "Waiting":
        assert time.monotonic() < deadline
    assert terminal.join(site.there, "Bob")["status"] == "Waiting"


def test_a_tournament_from_its_draw_to_its_winner(site: Site, terminal: Terminal) -> None:
    lobby, _ = terminal.listen(site.there, "/ws")
    body = {"players": ["Ann", "Bob", "Cem", "Dan"], "name": "Friday Cup"}
    made = terminal.post(site.here, "/tournament", body)
    assert made.status == 201 and made.json["status"] == "Tournament Created"
    assert made.json["brackets"] == [["Ann", "Dan"], ["Bob", "Cem"]]
    assert lobby.next("bracket")["text"] == "Tournament Brackets: Ann vs Dan, Bob vs Cem"
    cup = made.json["tournament"]["id"]
    watches, welcome = terminal.listen(site.here, f"/tournaments/{cup}/ws")
    assert [event["type"] for event in welcome["recent"]] == ["bracket"]
    for expected in ("Ann beat Dan 1:0", "Bob beat Cem 1:0", "Ann beat Bob 1:0"):
        [match] = _ready(terminal.curl(f"{site.there.url}/api/tournaments/{cup}").json)[:1]
        path = f"/api/tournaments/{cup}/matches/{match}/result"
        result = terminal.post(site.there, path, {"scores": [1, 0]}, *bearer(made.json["token"]))
        assert result.status == 200, result
        for socket in (lobby, watches):
            assert socket.next("match_finished")["text"].endswith(expected)
    for socket in (lobby, watches):
        assert socket.next("tournament")["text"] == "Friday Cup is finished: Ann wins"
    assert terminal.curl(f"{site.here.url}/api/tournaments/{cup}/").json["state"] == "finished"


def _ready(tournament: Json) -> list[str]:
    [stage] = tournament["stages"]
    every = [match for round_ in stage["groups"][0]["rounds"] for match in round_["matches"]]
    return [match["id"] for match in every if match["state"] == "ready"]


def test_numbers_that_need_byes(site: Site, terminal: Terminal) -> None:
    odd: Json = {"players": ["Ann", "Bob", "Cem"]}
    refused = terminal.post(site.here, "/tournament/", odd)
    assert refused.status == 400
    assert refused.json["message"] == "Number of players must be even."
    made = terminal.post(site.here, "/tournament/", odd | {"byes": True})
    assert made.json["brackets"] == [["Ann"], ["Bob", "Cem"]]
    six = terminal.post(site.here, "/tournament", {"players": list("ABCDEF")})
    assert six.json["brackets"] == [["A"], ["D", "E"], ["B"], ["C", "F"]]


def test_a_client_that_reconnects_receives_what_was_missed(site: Site, terminal: Terminal) -> None:
    talker, welcome = terminal.listen(site.here, "/ws")
    listener, _ = terminal.listen(site.there, "/ws")
    for text in ("one", "two", "three"):
        talker.type(text)
    received = [listener.next("chat") for _ in range(3)]
    epoch, seq = welcome["epoch"], received[0]["seq"]
    for server in (site.here, site.there):
        back, again = terminal.listen(server, f"/ws?epoch={epoch}&since={seq}")
        assert again["recent"] == []
        assert [back.next("chat") for _ in range(2)] == received[1:]
        lost, fresh = terminal.listen(server, f"/ws?epoch=another&since={seq}")
        assert [event["seq"] for event in fresh["recent"]][-3:] == [e["seq"] for e in received]
        assert lost.next("resync")["seq"] >= received[2]["seq"]


def test_the_log_has_every_number_once(site: Site, terminal: Terminal) -> None:
    talker, _ = terminal.listen(site.here, "/ws")
    listener, welcome = terminal.listen(site.there, "/ws")
    for number in range(5):
        talker.type(f"line {number}")
        terminal.join(site.there, f"Player{number}")
    received = [listener.next("chat", "matched") for _ in range(7)]
    assert [event["seq"] for event in received] == list(
        range(welcome["seq"] + 1, welcome["seq"] + 8)
    )
    stored = rows(site.database_url, "SELECT seq FROM lobby_event WHERE stream_id = 'lobby'")
    assert sorted(seq for (seq,) in stored) == list(range(1, len(stored) + 1))


WRITE = """
from django.db import transaction
from streams.log import Draft, append
with transaction.atomic():
    append("lobby", [Draft("chat", "from the command line")])
"""


def test_what_a_command_changes_is_noticed(site: Site, terminal: Terminal) -> None:
    """A process that serves nobody cannot reach the in-memory layer."""
    lobby, _ = terminal.listen(site.there, "/ws")
    done = run_manage("shell", "-v", "0", "-c", WRITE, DATABASE_URL=site.database_url, **SECRET)
    assert done.returncode == 0, done.stderr
    assert lobby.next("chat", within=NOTICED_SECONDS)["text"] == "from the command line"


def test_presence_counts_those_at_both_doors(site: Site, terminal: Terminal) -> None:
    name = f"Here {secrets.token_hex(3)}"
    ann = terminal.join(site.here, name)
    watcher, _ = terminal.listen(site.there, "/ws")
    while name not in watcher.next("presence")["waiting"]["names"]:
        pass
    visitor, _ = terminal.listen(site.here, "/ws", f"-H=Authorization: Bearer {ann['token']}")
    while name not in _online(watcher):
        pass
    visitor.close()
    while name in _online(watcher):
        pass


def _online(watcher: Websocat) -> list[str]:
    people = watcher.next("presence")["online"]["people"]
    return [person["username"] for person in people]


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
async def test_a_restart_says_so_and_loses_nothing(kind: str) -> None:
    with MatchpointServer(server=kind) as server:
        async with (
            open_socket(f"{server.socket_url}/ws") as socket,
            open_socket(f"{server.socket_url}/matchmaking?username=Ann") as queue,
        ):
            welcome, waiting = await socket.next(), await queue.next()
            await socket.send("before")
            seq = (await socket.next())["seq"]
            server.stop()
            assert await socket.close_code() == 1012
            assert await queue.close_code() == 1012
        run_manage("shell", "-v", "0", "-c", WRITE, DATABASE_URL=server.database_url, **SECRET)
        server.start()
        back = f"{server.socket_url}/ws?epoch={welcome['epoch']}&since={seq}"
        async with open_socket(back) as socket:
            assert (await socket.next())["recent"] == []
            assert (await socket.next())["text"] == "from the command line"
        ticket = f"/matchmaking/tickets/{waiting['ticket']['id']}"
        assert send(server.url, "GET", ticket, token=waiting["token"]).json["status"] == "Waiting"
