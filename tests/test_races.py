"""Many at the same moment, against real servers: nothing is done twice, nothing half."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest

from tests.clients import Json, Reply, send
from tests.server import MatchpointServer, add_pool, new_database, rows
from tests.services import PostgresServer, RedisServer

MATCHED = "SELECT data FROM lobby_event WHERE type = 'matched' ORDER BY seq"
SEATS = """
    SELECT match_id, player_id FROM matchmaking_seat
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}'
"""
OPEN_TICKETS = """
    SELECT matchmaking_ticket.id FROM matchmaking_ticket
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}' AND state = 'waiting'
"""


@dataclass(frozen=True)
class Site:
    """One site, served by one process or several."""

    urls: Sequence[str]
    database_url: str

    def url(self, number: int) -> str:
        """One of its processes: they take turns."""
        return self.urls[number % len(self.urls)]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self.database_url, statement)


@pytest.fixture(scope="module", params=["one process on SQLite", "three processes on PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with ExitStack() as stack:
        if request.param == "one process on SQLite":
            servers = [stack.enter_context(MatchpointServer())]
        else:
            postgres: PostgresServer = request.getfixturevalue("postgres")
            redis: RedisServer = request.getfixturevalue("redis_server")
            database_url = new_database(postgres)
            servers = [
                stack.enter_context(
                    MatchpointServer(server=kind, database_url=database_url, redis_url=redis.url)
                )
                for kind in ("daphne", "uvicorn", "daphne")
            ]
        yield Site([server.url for server in servers], servers[0].database_url)


@pytest.fixture
def pool(site: Site) -> str:
    """A pool of the test's own."""
    slug = f"pool_{secrets.token_hex(4)}"
    add_pool(site.database_url, slug)
    return slug


def at_once(count: int, act: Callable[[int], Reply]) -> list[Reply]:
    """Do something `count` times, each on a thread of its own, all let go together."""
    start = Barrier(count)

    def wait_and_act(number: int) -> Reply:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_act, range(count)))


def statuses(replies: Sequence[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def join_as(site: Site, number: int, pool: str, **body: str) -> Reply:
    return send(site.url(number), "POST", "/matchmaking", {"pool": pool, **body})


def test_fifty_who_come_at_once_make_twenty_five_matches(site: Site, pool: str) -> None:
    def join(number: int) -> Reply:
        return join_as(site, number, pool, username=f"Player {number}")

    replies = at_once(50, join)
    assert statuses(replies) == {200: 50}
    assert Counter(reply.json["status"] for reply in replies) == {"Waiting": 25, "Matched": 25}
    seats = site.rows(SEATS.format(pool))
    assert len({player for _, player in seats}) == len(seats) == 50
    assert Counter(Counter(match for match, _ in seats).values()) == {2: 25}
    told = [read(data)["match"] for (data,) in site.rows(MATCHED)]
    here = [match["id"] for match in told if match["pool"] == pool]
    assert len(here) == len(set(here)) == 25
    assert site.rows(OPEN_TICKETS.format(pool)) == []


def test_two_who_come_at_once_meet(site: Site, pool: str) -> None:
    for turn in range(15):

        def join(number: int, turn: int = turn) -> Reply:
            return join_as(site, number, pool, username=f"Player {turn}-{number}")

        answers = Counter(reply.json["status"] for reply in at_once(2, join))
        assert answers == {"Waiting": 1, "Matched": 1}


def read(data: str | Json) -> Json:
    """A JSON column: text from SQLite, read already from PostgreSQL."""
    found: Json = json.loads(data) if isinstance(data, str) else data
    return found


def test_who_leaves_while_being_matched_is_either_gone_or_matched(site: Site, pool: str) -> None:
    for number in range(12):
        waits = join_as(site, 0, pool, username=f"Waits {number}").json
        path, token = f"/matchmaking/tickets/{waits['ticket']['id']}", waits["token"]

        def act(which: int, path: str = path, token: str = token, number: int = number) -> Reply:
            if which == 0:
                return send(site.url(1), "DELETE", path, token=token)
            return join_as(site, 2, pool, username=f"Comes {number}")

        left, came = at_once(2, act)
        was_matched = came.json["status"] == "Matched"
        assert left.status == (409 if was_matched else 200), (left, came)
        state = send(site.url(0), "GET", path, token=token).json["status"]
        assert state == ("Matched" if was_matched else "Cancelled")
        if not was_matched:
            mine = came.json
            gone = f"/matchmaking/tickets/{mine['ticket']['id']}"
            assert send(site.url(0), "DELETE", gone, token=mine["token"]).status == 200


def test_one_player_who_joins_many_times_has_one_ticket(site: Site, pool: str) -> None:
    first = join_as(site, 0, pool, username="Only").json
    gone = f"/matchmaking/tickets/{first['ticket']['id']}"
    assert send(site.url(0), "DELETE", gone, token=first["token"]).status == 200

    def join(number: int) -> Reply:
        body = {"pool": pool}
        return send(site.url(number), "POST", "/matchmaking", body, token=first["token"])

    replies = at_once(12, join)
    assert statuses(replies) == {200: 12}
    assert len({reply.json["ticket"]["id"] for reply in replies}) == 1
    assert len(site.rows(OPEN_TICKETS.format(pool))) == 1


def test_one_idempotency_key_has_one_effect(site: Site, pool: str) -> None:
    def join(number: int) -> Reply:
        headers = {"Idempotency-Key": "the same"}
        body = {"username": "Retried", "pool": pool}
        return send(site.url(number), "POST", "/matchmaking", body, headers=headers)

    replies = at_once(12, join)
    assert statuses(replies) == {200: 12}
    assert len({json.dumps(reply.json, sort_keys=True) for reply in replies}) == 1
    assert len(site.rows("SELECT id FROM matchmaking_player WHERE name = 'Retried'")) == 1
    assert len(site.rows(OPEN_TICKETS.format(pool))) == 1


def test_one_idempotency_key_makes_one_tournament(site: Site) -> None:
    def create(number: int) -> Reply:
        headers = {"Idempotency-Key": "the same cup"}
        body = {"players": ["Ann", "Bob"], "name": "Retried Cup"}
        return send(site.url(number), "POST", "/tournament", body, headers=headers)

    replies = at_once(12, create)
    assert statuses(replies) == {201: 12}
    assert len({json.dumps(reply.json, sort_keys=True) for reply in replies}) == 1
    made = "SELECT id FROM tournaments_tournament WHERE name = 'Retried Cup'"
    assert len(site.rows(made)) == 1
    told = "SELECT id FROM lobby_event WHERE type = 'bracket' AND text LIKE '%Ann vs Bob'"
    assert len(site.rows(told)) == 2  # the tournament's own stream and the lobby


def cup(site: Site, *names: str) -> tuple[str, str, list[str]]:
    """A tournament: its address, its token and the matches of the first round."""
    made = send(site.url(0), "POST", "/tournament", {"players": list(names)}).json
    path = f"/api/tournaments/{made['tournament']['id']}"
    stages = send(site.url(0), "GET", path).json["stages"]
    first_round = stages[0]["rounds"][0]["pairings"]
    return path, made["token"], [pairing["match"] for pairing in first_round]


def test_one_of_many_results_of_a_match_counts(site: Site) -> None:
    path, token, [match, _] = cup(site, "Ann", "Bob", "Cid", "Dee")

    def report(number: int) -> Reply:
        scores = {"scores": [1, 0] if number % 2 else [0, 1]}
        return send(site.url(number), "POST", f"{path}/matches/{match}/result", scores, token=token)

    replies = at_once(10, report)
    assert statuses(replies) == {200: 1, 409: 9}
    [counted] = [reply.json["pairing"] for reply in replies if reply.status == 200]
    [stage] = send(site.url(0), "GET", path).json["stages"]
    [stored] = [p for p in stage["rounds"][0]["pairings"] if p["match"] == match]
    assert stored["winner"] == counted["winner"]


def test_two_semi_finals_that_end_together_make_one_final(site: Site) -> None:
    for number in range(6):
        names = [f"{name} {number}" for name in ("Ann", "Bob", "Cid", "Dee")]
        path, token, matches = cup(site, *names)

        def report(
            which: int, path: str = path, token: str = token, matches: list[str] = matches
        ) -> Reply:
            address = f"{path}/matches/{matches[which]}/result"
            return send(site.url(which), "POST", address, {"scores": [1, 0]}, token=token)

        assert statuses(at_once(2, report)) == {200: 2}
        [stage] = send(site.url(0), "GET", path).json["stages"]
        [final] = stage["rounds"][1]["pairings"]
        assert final["state"] == "ready"
        assert [side["slot"] for side in final["sides"]] == ["entrant", "entrant"]
        seats = f"SELECT id FROM matchmaking_seat WHERE match_id = '{stored_uuid(site, final)}'"
        assert len(site.rows(seats)) == 2


def stored_uuid(site: Site, pairing: Json) -> str:
    """A match's key as the database has it: SQLite keeps no dashes."""
    match: str = pairing["match"]
    return match if site.database_url.startswith("postgres") else match.replace("-", "")


def test_every_event_has_its_number_whoever_writes(site: Site, pool: str) -> None:
    def act(number: int) -> Reply:
        if number % 3:
            return join_as(site, number, pool, username=f"P{number}")
        players = [f"{name}{number}" for name in "ABCD"]
        return send(site.url(number), "POST", "/tournament", {"players": players})

    assert set(statuses(at_once(30, act))) <= {200, 201}
    in_lobby = "SELECT seq FROM lobby_event WHERE stream_id = 'lobby' ORDER BY id"
    seqs = [seq for (seq,) in site.rows(in_lobby)]
    assert seqs == list(range(1, len(seqs) + 1))
    [(last,)] = site.rows("SELECT seq FROM lobby_stream WHERE name = 'lobby'")
    assert last == len(seqs)
